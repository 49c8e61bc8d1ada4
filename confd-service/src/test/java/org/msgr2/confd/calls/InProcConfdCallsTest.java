package org.msgr2.confd.calls;

import org.msgr2.session.testing.TestNetwork;

class InProcConfdCallsTest extends ConfdCallsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
