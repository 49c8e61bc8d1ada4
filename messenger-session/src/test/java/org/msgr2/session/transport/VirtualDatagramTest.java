package org.msgr2.session.transport;

import org.msgr2.session.testing.TestNetwork;

class VirtualDatagramTest extends DatagramContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }
}
