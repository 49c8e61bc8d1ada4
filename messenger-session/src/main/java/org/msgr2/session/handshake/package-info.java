/**
 * From the first byte of a connection to a proven peer: banner, HELLO, AUTH, signatures. Sans-IO: bytes and payloads go
 * in, bytes come out, and at the end there is a {@link org.msgr2.session.handshake.Secured}. Sessions are not known here.
 */
@NullMarked
package org.msgr2.session.handshake;

import org.jspecify.annotations.NullMarked;
