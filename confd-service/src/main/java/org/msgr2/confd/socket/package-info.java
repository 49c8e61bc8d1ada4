/** The query socket (spec/confd §7) on a messenger's loops: what is between its streams and {@code org.msgr2.confd.luxi}. */
@NullMarked
package org.msgr2.confd.socket;

import org.jspecify.annotations.NullMarked;
