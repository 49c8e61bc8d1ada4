package org.msgr2.session;

import org.msgr2.session.testing.TestNetwork;

class InProcSurvivalTest extends SurvivalContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
