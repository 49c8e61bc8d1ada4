/** Services found in the DNS. Needs Netty's resolver ({@code io.netty:netty-resolver-dns}), which the application adds. */
@NullMarked
package org.msgr2.session.rpc.dns;

import org.jspecify.annotations.NullMarked;
