package org.msgr2.session;

import org.msgr2.session.testing.TestNetwork;

class VirtualLocalOperationsTest extends LocalOperationsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }
}
