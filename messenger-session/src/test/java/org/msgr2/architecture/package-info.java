/** What the rules of the architecture forbid, as classes that they have to find. */
@NullMarked
package org.msgr2.architecture;

import org.jspecify.annotations.NullMarked;
