package org.msgr2.session;

import org.msgr2.session.testing.TestNetwork;

class InProcLocalOperationsTest extends LocalOperationsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
