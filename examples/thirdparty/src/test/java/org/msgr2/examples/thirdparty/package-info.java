/** What bad behaviour of one service does to others. */
@NullMarked
package org.msgr2.examples.thirdparty;

import org.jspecify.annotations.NullMarked;
