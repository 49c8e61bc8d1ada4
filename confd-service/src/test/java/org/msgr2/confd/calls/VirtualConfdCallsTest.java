package org.msgr2.confd.calls;

import java.time.Duration;
import org.msgr2.session.testing.TestNetwork;

class VirtualConfdCallsTest extends ConfdCallsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    @Override
    int changes() {
        return 200;
    }

    /** Ten times a second. */
    @Override
    void untilNextChange() {
        ((TestNetwork.Virtual) network).time().advance(Duration.ofMillis(100));
    }
}
