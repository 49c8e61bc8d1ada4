package org.msgr2.session.transport;

import org.msgr2.session.testing.TestNetwork;

class InProcSocketsTest extends SocketsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
