package org.msgr2.session.rpc;

import org.msgr2.session.testing.TestNetwork;

class LoopbackCallsTest extends CallsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }

    @Override
    boolean toItself() {
        return true;
    }
}
