package org.msgr2.session.rpc;

import org.msgr2.session.testing.TestNetwork;

class LoopbackSubscriptionsTest extends SubscriptionsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }

    @Override
    boolean toItself() {
        return true;
    }
}
