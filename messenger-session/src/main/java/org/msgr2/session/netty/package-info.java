/** Sockets, by Netty: epoll by default, NIO where there is none, io_uring on request; TLS on request, too. */
@NullMarked
package org.msgr2.session.netty;

import org.jspecify.annotations.NullMarked;
