package org.msgr2.session.transport;

import org.msgr2.session.testing.TestNetwork;

class VirtualSocketsTest extends SocketsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }
}
