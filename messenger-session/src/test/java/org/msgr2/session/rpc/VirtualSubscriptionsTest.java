package org.msgr2.session.rpc;

import org.msgr2.session.testing.TestNetwork;

class VirtualSubscriptionsTest extends SubscriptionsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }
}
