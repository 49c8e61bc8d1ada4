package org.msgr2.session;

import org.msgr2.session.testing.TestNetwork;

class InProcServiceIsolationTest extends ServiceIsolationContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
