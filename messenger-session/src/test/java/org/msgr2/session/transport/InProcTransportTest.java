package org.msgr2.session.transport;

import org.msgr2.session.testing.TestNetwork;

class InProcTransportTest extends TransportContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
