package org.msgr2.session.rpc;

import org.msgr2.session.testing.TestNetwork;

class InProcCallsTest extends CallsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
