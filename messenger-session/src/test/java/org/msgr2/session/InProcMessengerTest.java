package org.msgr2.session;

import org.msgr2.session.testing.TestNetwork;

class InProcMessengerTest extends MessengerContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.inProcess();
    }
}
