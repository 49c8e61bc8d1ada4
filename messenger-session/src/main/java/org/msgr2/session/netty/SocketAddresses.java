package org.msgr2.session.netty;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import org.msgr2.core.address.EntityAddr;

/** Between the protocol's addresses and the JDK's. */
final class SocketAddresses {
    private SocketAddresses() {}

    static InetSocketAddress of(EntityAddr addr) {
        try {
            byte[] ip = addr.ip();
            InetAddress host = addr.scopeId() != 0
                    ? Inet6Address.getByAddress(null, ip, addr.scopeId())
                    : InetAddress.getByAddress(ip);
            return new InetSocketAddress(host, addr.port());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("not an IP address: " + addr, e);
        }
    }

    /** A v2 address with nonce 0; blank for what is not IP. */
    static EntityAddr toEntityAddr(SocketAddress address) {
        if (!(address instanceof InetSocketAddress inet) || inet.getAddress() == null) {
            return EntityAddr.BLANK;
        }
        int scope = inet.getAddress() instanceof Inet6Address six ? six.getScopeId() : 0;
        return EntityAddr.of(EntityAddr.Type.MSGR2, 0, inet.getAddress().getAddress(), scope, inet.getPort());
    }
}
