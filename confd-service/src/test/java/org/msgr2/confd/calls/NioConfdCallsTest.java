package org.msgr2.confd.calls;

import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class NioConfdCallsTest extends ConfdCallsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.NIO);
    }
}
