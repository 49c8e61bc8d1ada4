package org.msgr2.session.transport;

import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class NioDatagramTest extends DatagramContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.NIO);
    }
}
