package org.msgr2.session;

import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class NioServiceTest extends ServiceContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.NIO);
    }
}
