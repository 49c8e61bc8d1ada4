/** Keys. */
@NullMarked
package org.msgr2.crypto.key;

import org.jspecify.annotations.NullMarked;
