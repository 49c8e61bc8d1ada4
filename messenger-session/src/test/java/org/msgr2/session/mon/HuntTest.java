package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.wire.Limits;

/** Which monitor is tried when. */
class HuntTest {
    private static final List<EntityAddr> MONITORS = List.of(
            EntityAddr.parse("v2:10.0.0.1:3300/0"),
            EntityAddr.parse("v2:10.0.0.2:3300/0"),
            EntityAddr.parse("v2:10.0.0.3:3300/0"));

    private final Hunt hunt = hunt(1);

    private static Hunt hunt(long seed) {
        return new Hunt(MONITORS, Limits.defaults().timeouts(), TestCluster.seeded(seed));
    }

    private static Duration ns(long nanos) {
        return Duration.ofNanos(nanos);
    }

    @Test
    void triesEachOnceARoundAndWaitsBetweenRounds() {
        for (long wait : new long[] {200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000}) {
            Set<EntityAddr> tried = new HashSet<>();
            tried.add(hunt.next());
            assertThat(hunt.failed(null)).isZero();
            tried.add(hunt.next());
            assertThat(hunt.failed(null)).isZero();
            tried.add(hunt.next());
            assertThat(ns(hunt.failed(null))).isEqualTo(Duration.ofMillis(wait));
            assertThat(tried).hasSize(3);
        }
    }

    @Test
    void doesNotSendEveryClientToTheSameMonitorFirst() {
        Set<EntityAddr> first = new HashSet<>();
        for (int seed = 0; seed < 30; seed++) {
            first.add(hunt(seed).next());
        }
        assertThat(first).hasSize(3);
    }

    @Test
    void saysAtTheEndOfARoundThatSomebodyRefused() {
        ProtocolException refusal = new ProtocolException(FaultKind.AUTH, "wrong key");
        hunt.next();
        hunt.failed(refusal);
        assertThat(hunt.refusal()).isNull();
        hunt.next();
        hunt.failed(null);
        hunt.next();
        hunt.failed(null);
        assertThat(hunt.refusal()).isSameAs(refusal);
        hunt.next();
        hunt.failed(null);
        hunt.next();
        hunt.failed(null);
        hunt.next();
        hunt.failed(null);
        assertThat(hunt.refusal()).isNull();
    }

    @Test
    void leavesALongSessionForAnotherMonitorAtOnce() {
        List<EntityAddr> order = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            order.add(hunt.next());
            assertThat(hunt.lost(Duration.ofSeconds(15).toNanos())).isZero();
        }
        for (int i = 1; i < order.size(); i++) {
            assertThat(order.get(i)).isNotEqualTo(order.get(i - 1));
        }
    }

    @Test
    void countsAShortSessionAsAFailure() {
        long waitedNs = 0;
        for (int i = 0; i < 30; i++) {
            hunt.next();
            waitedNs += hunt.lost(Duration.ofSeconds(1).toNanos());
        }
        assertThat(ns(waitedNs)).isGreaterThan(Duration.ofSeconds(50));
    }
}
