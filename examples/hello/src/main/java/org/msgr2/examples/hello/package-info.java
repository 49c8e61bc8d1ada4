/** The smallest programs that embed the messenger. */
@NullMarked
package org.msgr2.examples.hello;

import org.jspecify.annotations.NullMarked;
