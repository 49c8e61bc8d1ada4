package org.msgr2.confd.calls;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.msgr2.session.testing.TestNetwork;

class VirtualConfdCallsTest extends ConfdCallsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    @Override
    int changes() {
        return 1_000;
    }

    /** Ten times a second. */
    @Override
    void untilNextChange(BooleanSupplier heard) {
        ((TestNetwork.Virtual) network).time().advance(Duration.ofMillis(100));
    }
}
