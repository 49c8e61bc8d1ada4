package org.msgr2.confd.calls;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.BooleanSupplier;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.testing.VirtualTime;

class VirtualWatchCutsTest extends WatchCutsContractTest {
    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    private VirtualTime time() {
        return ((TestNetwork.Virtual) network).time();
    }

    @Override
    InstantSource clock() {
        return time().wallClock();
    }

    /** Ten times a second, whether it was heard or not. */
    @Override
    void untilNextChange(BooleanSupplier heard) {
        time().advance(Duration.ofMillis(100));
    }
}
