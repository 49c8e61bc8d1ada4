/**
 * What the messenger needs of a network: event loops, byte streams, listeners. {@code netty} and {@code inproc} implement
 * it, and so does the simulator of the tests; one contract test runs against all of them.
 */
@NullMarked
package org.msgr2.session.transport;

import org.jspecify.annotations.NullMarked;
