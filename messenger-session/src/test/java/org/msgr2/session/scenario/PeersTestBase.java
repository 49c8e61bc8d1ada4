package org.msgr2.session.scenario;

import java.time.Duration;
import java.util.List;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.testing.FaultStream;
import org.msgr2.session.testing.SessionMode;

/** Two equals, one of which has the smaller address, and what they do to meet. */
abstract class PeersTestBase extends ScenarioTestBase {
    static final EntityAddr SMALLER = EntityAddr.parse("v2:127.0.0.1:6800/1");
    static final EntityAddr LARGER = EntityAddr.parse("v2:127.0.0.1:6801/2");
    /** Nobody waits for a back-off, and nobody for {@code ms_max_backoff}. */
    static final Duration AT_ONCE = Duration.ofMillis(1);

    Actor smaller;
    Actor larger;
    Connection fromSmaller;
    Connection fromLarger;

    /** A race in which one end is held up. */
    record Race(boolean smallerIsHeld, Case held) {
        @Override
        public String toString() {
            return (smallerIsHeld ? "the smaller" : "the larger") + " at " + held;
        }
    }

    void meet(SessionMode mode) {
        meet(mode, SMALLER, LARGER);
    }

    void meet(SessionMode mode, EntityAddr smallerAddr, EntityAddr largerAddr) {
        smaller = actor("osd.3", mode, Policy.losslessPeer());
        larger = actor("osd.7", mode, Policy.losslessPeer());
        bind(smaller.messenger, smallerAddr);
        bind(larger.messenger, largerAddr);
    }

    void smallerDials() {
        fromSmaller = smaller.dial(EntityType.OSD, larger.messenger.addresses().first());
        smaller.send(fromSmaller, 3);
        network.settle();
    }

    void largerDials() {
        fromLarger = larger.dial(EntityType.OSD, smaller.messenger.addresses().first());
        larger.send(fromLarger, 3);
        network.settle();
    }

    static long openOf(List<FaultStream> streams) {
        return streams.stream().filter(FaultStream::isOpen).count();
    }
}
