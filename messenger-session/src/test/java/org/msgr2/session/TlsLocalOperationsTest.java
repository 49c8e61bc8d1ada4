package org.msgr2.session;

import org.msgr2.crypto.tls.TlsProvider;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class TlsLocalOperationsTest extends LocalOperationsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.tls(NettyIo.best(), TlsProvider.best());
    }
}
