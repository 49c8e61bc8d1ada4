package org.msgr2.session;

import org.msgr2.session.testing.TestNetwork;

class VirtualServiceTest extends ServiceContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }
}
