package org.msgr2.session.transport;

import org.msgr2.crypto.tls.TlsProvider;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class TlsEpollTransportTest extends TransportContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.tls(NettyIo.EPOLL, TlsProvider.OPENSSL);
    }
}
