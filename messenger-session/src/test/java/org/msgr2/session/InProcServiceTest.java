package org.msgr2.session;

import org.msgr2.session.testing.TestNetwork;

class InProcServiceTest extends ServiceContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
