package org.msgr2.confd.calls;

import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class NioWatchCutsTest extends WatchCutsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.NIO);
    }
}
