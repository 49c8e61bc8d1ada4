package org.msgr2.session.rpc;

import org.msgr2.session.testing.TestNetwork;

class VirtualStreamsTest extends StreamsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }
}
