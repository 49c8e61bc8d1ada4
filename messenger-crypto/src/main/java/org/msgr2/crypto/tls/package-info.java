/**
 * TLS: keys and certificates from PEM files, development certificates, and the contexts that a transport makes its engines
 * of. For links between nodes that are all ours: Ceph has no TLS, and protects its frames itself. Contexts are Netty's, PEM
 * is Bouncy Castle's.
 *
 * <p>The wall clock, the dice and the file system are those of the JDK here: certificates end by the time of day. Sockets and
 * threads stay out; {@code session.netty} owns those.
 */
@NullMarked
package org.msgr2.crypto.tls;

import org.jspecify.annotations.NullMarked;
