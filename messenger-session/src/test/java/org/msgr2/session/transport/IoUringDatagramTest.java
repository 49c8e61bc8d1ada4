package org.msgr2.session.transport;

import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class IoUringDatagramTest extends DatagramContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.IO_URING);
    }

    /** Netty's channel says after each datagram that it has read everything. */
    @Override
    protected boolean tellsTogether() {
        return false;
    }
}
