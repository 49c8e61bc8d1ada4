/** The {@code msgr} command. */
@NullMarked
package org.msgr2.examples.msgr;

import org.jspecify.annotations.NullMarked;
