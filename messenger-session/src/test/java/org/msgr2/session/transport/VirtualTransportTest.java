package org.msgr2.session.transport;

import org.msgr2.session.testing.TestNetwork;

class VirtualTransportTest extends TransportContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }
}
