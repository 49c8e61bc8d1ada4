package org.msgr2.session.rpc;

import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class EpollSubscriptionsTest extends SubscriptionsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.EPOLL);
    }
}
