package org.msgr2.session.rpc;

import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class EpollStreamsTest extends StreamsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.EPOLL);
    }
}
