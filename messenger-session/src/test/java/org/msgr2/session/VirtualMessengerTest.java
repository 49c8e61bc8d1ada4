package org.msgr2.session;

import org.msgr2.session.testing.TestNetwork;

class VirtualMessengerTest extends MessengerContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }
}
