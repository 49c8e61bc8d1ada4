/** Services of a third party. */
@NullMarked
package org.msgr2.examples.thirdparty;

import org.jspecify.annotations.NullMarked;
