/**
 * The words every module shares: how a peer can fail us ({@link org.msgr2.core.ProtocolException}) and where random
 * bytes come from. Nothing in {@code messenger-core} owns a thread, a socket, a clock or a random source.
 */
@NullMarked
package org.msgr2.core;

import org.jspecify.annotations.NullMarked;
