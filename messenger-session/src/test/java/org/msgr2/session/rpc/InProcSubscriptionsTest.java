package org.msgr2.session.rpc;

import org.msgr2.session.testing.TestNetwork;

class InProcSubscriptionsTest extends SubscriptionsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
