package org.msgr2.session.transport;

import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.TestNetwork;

class IoUringSocketsTest extends UnixPathContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.IO_URING);
    }
}
