package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;

/** Which monitors are tried when. */
class HuntTest {
    private static final long BEGIN = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();
    private final ProtocolException wrongKey = new ProtocolException(FaultKind.AUTH, "wrong key");

    private final List<EntityAddr> monitors = TestMonitor.addrs(5);
    private Hunt hunt;
    private long nowNs = BEGIN;

    @BeforeEach
    void begin() {
        hunt = hunt(monitors, 1);
    }

    private Hunt hunt(List<EntityAddr> configured, long seed) {
        Hunt begun = new Hunt(
                HuntConfig.DEFAULTS,
                Limits.defaults().timeouts(),
                new Candidates(configured, TestCluster.seeded(seed)));
        begun.begin(nowNs);
        return begun;
    }

    private List<EntityAddr> dial() {
        List<EntityAddr> dialled = new ArrayList<>();
        for (EntityAddr next = hunt.next(nowNs); next != null; next = hunt.next(nowNs)) {
            dialled.add(next);
        }
        return dialled;
    }

    private List<EntityAddr> dialAfter(Duration wait) {
        nowNs += wait.toNanos();
        return dial();
    }

    private void fail(List<EntityAddr> all) {
        all.forEach(addr -> hunt.failed(addr, null));
    }

    private Duration idle() {
        return hunt.idle(nowNs, Duration.ofHours(1));
    }

    @Scenario("P49")
    @Test
    void dialsThreeAndHangsUpOnTheOthersWhenOneLetsUsIn() {
        List<EntityAddr> dialled = dial();
        assertThat(dialled).hasSize(3).doesNotHaveDuplicates();
        assertThat(hunt.found(dialled.get(1))).containsExactlyInAnyOrder(dialled.get(0), dialled.get(2));
        assertThat(dialAfter(Duration.ofHours(1))).isEmpty();
        assertThat(hunt.expire(nowNs)).isEmpty();
    }

    @Scenario("P49")
    @Test
    void givesUpThoseThatDoNotAnswerAndWaitsLongerForTheNext() {
        double multiple = 1;
        Set<EntityAddr> tried = new HashSet<>();
        for (int i = 0; i < 10; i++) {
            List<EntityAddr> dialled = dial();
            tried.addAll(dialled);
            assertThat(dialled).hasSize(3);
            long interval = (long) (Duration.ofSeconds(3).toNanos() * multiple);
            assertThat(idle().toNanos()).isEqualTo(interval);
            nowNs += interval - 1;
            assertThat(hunt.expire(nowNs)).isEmpty();
            nowNs++;
            assertThat(hunt.expire(nowNs)).containsExactlyInAnyOrderElementsOf(dialled);
            multiple = Math.min(10, multiple * 1.5);
            if (i == 1) {
                assertThat(tried).as("whoever was not tried comes first").hasSize(5);
            }
        }
        assertThat(multiple).isEqualTo(10);
    }

    @Scenario("P49")
    @Test
    void waitsLessLongAfterASuccess() {
        for (int i = 0; i < 10; i++) {
            dial();
            nowNs += idle().toNanos();
            hunt.expire(nowNs);
        }
        List<EntityAddr> dialled = dial();
        for (double multiple : new double[] {10 / 1.5, 10 / 2.25, 10 / 3.375, 10 / 5.0625, 10 / 7.59375, 1, 1}) {
            hunt.found(dialled.get(0));
            hunt.lost(Duration.ofMinutes(1).toNanos(), null, nowNs);
            dialled = dial();
            assertThat(idle().toNanos() / 3e9).isCloseTo(multiple, offset(1e-6));
        }
    }

    @Test
    void dialsTheNextAtOnceInThePlaceOfOneThatFails() {
        List<EntityAddr> first = dial();
        hunt.failed(first.get(0), null);
        List<EntityAddr> second = dial();
        assertThat(second).hasSize(1).doesNotContainAnyElementsOf(first);
    }

    @Test
    void restsLongerEachTimeThatAllHaveFailed() {
        for (long rest : new long[] {200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000}) {
            List<EntityAddr> tried = new ArrayList<>();
            for (List<EntityAddr> some = dial(); !some.isEmpty(); some = dial()) {
                tried.addAll(some);
                fail(some);
            }
            assertThat(tried).hasSize(5).doesNotHaveDuplicates();
            assertThat(idle()).isLessThanOrEqualTo(Duration.ofMillis(rest));
            nowNs += Duration.ofMillis(rest).toNanos() - 1;
            hunt.expire(nowNs);
            assertThat(dial()).isEmpty();
            nowNs++;
        }
    }

    @Test
    void triesThoseThatHaveFailedAgainWhileOthersAreSilent() {
        hunt = hunt(monitors.subList(0, 3), 1);
        List<EntityAddr> dialled = dial();
        fail(dialled.subList(0, 2));
        assertThat(dial()).isEmpty();
        assertThat(idle()).isEqualTo(Duration.ofMillis(200));
        assertThat(dialAfter(Duration.ofMillis(200))).containsExactlyInAnyOrderElementsOf(dialled.subList(0, 2));
        assertThat(idle()).isEqualTo(Duration.ofMillis(2800));
    }

    @Test
    void doesNotSendEveryClientToTheSameMonitorFirst() {
        Set<EntityAddr> first = new HashSet<>();
        for (int seed = 0; seed < 60; seed++) {
            first.add(hunt(monitors, seed).next(nowNs));
        }
        assertThat(first).hasSize(5);
    }

    @Test
    void dialsThoseOfTheNextPriorityOnlyWhenThePreferredHaveFailed() {
        hunt.learned(map(info(0, 1, 0), info(1, 7, 0), info(2, 7, 0)));
        hunt.begin(nowNs);
        assertThat(dial()).containsExactly(monitors.get(0));
        hunt.failed(monitors.get(0), null);
        List<EntityAddr> next = dial();
        assertThat(next).containsExactlyInAnyOrder(monitors.get(1), monitors.get(2));
        // Those that were configured and are not in the map come last.
        fail(next);
        assertThat(dial()).containsExactlyInAnyOrder(monitors.get(3), monitors.get(4));
        // While they are silent the first has another chance, and after it the others.
        assertThat(dialAfter(Duration.ofMillis(200))).containsExactly(monitors.get(0));
        hunt.failed(monitors.get(0), null);
        assertThat(dial()).hasSize(1).isSubsetOf(next);
    }

    private MonInfo info(int index, int priority, int weight) {
        return TestMonitor.info("m" + index, monitors.get(index), priority, weight);
    }

    private static MonMap map(MonInfo... all) {
        return TestMonitor.map(1, List.of(all));
    }

    @Test
    void saysOnceThatSomebodyRefusedWhenEverybodyWasAsked() {
        hunt = hunt(monitors.subList(0, 3), 1);
        List<EntityAddr> dialled = dial();
        hunt.failed(dialled.get(0), wrongKey);
        hunt.failed(dialled.get(1), null);
        assertThat(hunt.takeVerdict()).isNull();
        assertThat(dial()).isEmpty();
        // It refuses again before the last one is heard of.
        assertThat(dialAfter(Duration.ofMillis(200))).contains(dialled.get(0));
        hunt.failed(dialled.get(0), wrongKey);
        assertThat(hunt.takeVerdict()).isNull();
        nowNs = BEGIN + Duration.ofSeconds(3).toNanos();
        assertThat(hunt.expire(nowNs)).contains(dialled.get(2));
        assertThat(hunt.takeVerdict()).isSameAs(wrongKey);
        assertThat(hunt.takeVerdict()).isNull();
        fail(dial());
        assertThat(verdictOf(null)).isNull();
        assertThat(verdictOf(wrongKey)).isSameAs(wrongKey);
    }

    @Test
    void doesNotRememberARefusalBeyondASession() {
        hunt = hunt(monitors.subList(0, 3), 1);
        List<EntityAddr> dialled = dial();
        hunt.failed(dialled.get(0), wrongKey);
        hunt.found(dialled.get(1));
        hunt.opened();
        hunt.lost(1, null, nowNs);
        dial().forEach(addr -> hunt.failed(addr, null));
        for (int i = 0; i < 5; i++) {
            assertThat(verdictOf(null)).isNull();
        }
    }

    /** Of a round in which all fail. */
    private @Nullable ProtocolException verdictOf(@Nullable ProtocolException conclusive) {
        nowNs += Duration.ofSeconds(1).toNanos();
        hunt.expire(nowNs);
        dial().forEach(addr -> hunt.failed(addr, conclusive));
        return hunt.takeVerdict();
    }

    @Test
    void leavesALongSessionForTheOthersAtOnce() {
        hunt = hunt(monitors.subList(0, 4), 1);
        for (int i = 0; i < 20; i++) {
            EntityAddr had = dial().get(0);
            hunt.found(had);
            hunt.lost(Duration.ofSeconds(15).toNanos(), null, nowNs);
            List<EntityAddr> others = dial();
            assertThat(others).hasSize(3).doesNotContain(had);
            hunt.found(others.get(0));
            hunt.lost(Duration.ofSeconds(15).toNanos(), null, nowNs);
        }
    }

    @Test
    void triesTheOthersAfterAShortSessionAndThenRests() {
        hunt = hunt(monitors.subList(0, 3), 1);
        Set<EntityAddr> had = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            List<EntityAddr> dialled = dial();
            assertThat(dialled).hasSize(3 - i);
            had.add(dialled.get(0));
            hunt.found(dialled.get(0));
            hunt.lost(Duration.ofSeconds(1).toNanos(), null, nowNs);
        }
        assertThat(had).hasSize(3);
        assertThat(dial()).isEmpty();
        assertThat(idle()).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void countsAShortSessionAsAFailure() {
        hunt = hunt(monitors.subList(0, 1), 1);
        for (int i = 0; i < 10; i++) {
            List<EntityAddr> dialled = dial();
            while (dialled.isEmpty()) {
                nowNs += idle().toNanos();
                hunt.expire(nowNs);
                dialled = dial();
            }
            hunt.found(dialled.get(0));
            hunt.lost(Duration.ofSeconds(1).toNanos(), null, nowNs);
        }
        assertThat(Duration.ofNanos(nowNs - BEGIN)).isGreaterThan(Duration.ofSeconds(50));
    }

    @Test
    void refusesNonsense() {
        HuntConfig good = HuntConfig.DEFAULTS;
        assertThatThrownBy(() -> good.withParallel(0)).hasMessage("parallel must be 1 to 16: 0");
        assertThatThrownBy(() -> good.withParallel(17)).hasMessage("parallel must be 1 to 16: 17");
        assertThatThrownBy(() -> good.withInterval(Duration.ZERO)).hasMessageContaining("1 ms to 1 day");
        assertThatThrownBy(() -> good.withInterval(Duration.ofDays(2))).hasMessageContaining("1 ms to 1 day");
        assertThatThrownBy(() -> good.withBackoff(0.9, 1, 10))
                .hasMessageContaining("backoff must be 1.0 to 1000.0: 0.9");
        assertThatThrownBy(() -> good.withBackoff(Double.NaN, 1, 10)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> good.withBackoff(1.5, 0, 10)).hasMessageContaining("multipleMin must be 1.0");
        assertThatThrownBy(() -> good.withBackoff(1.5, 4, 3))
                .hasMessageContaining("multipleMax must be 4.0 to 1000.0: 3.0");
    }

    @Test
    void neverSpinsWhateverBefallsIt() {
        SplittableRandom dice = new SplittableRandom(7);
        List<EntityAddr> out = new ArrayList<>();
        int dials = 0;
        for (int i = 0; i < 20_000; i++) {
            out.removeAll(hunt.expire(nowNs));
            List<EntityAddr> dialled = dial();
            dials += dialled.size();
            out.addAll(dialled);
            assertThat(out).hasSizeLessThanOrEqualTo(3).doesNotHaveDuplicates();
            if (!out.isEmpty() && dice.nextInt(3) == 0) {
                EntityAddr one = out.remove(dice.nextInt(out.size()));
                if (dice.nextInt(8) == 0) {
                    assertThat(hunt.found(one)).containsExactlyInAnyOrderElementsOf(out);
                    out.clear();
                    hunt.lost(dice.nextLong(Duration.ofSeconds(10).toNanos()), null, nowNs);
                } else {
                    hunt.failed(one, dice.nextBoolean() ? wrongKey : null);
                }
            } else {
                Duration idle = idle();
                assertThat(idle).as("nothing is due any more").isPositive();
                nowNs += idle.toNanos();
            }
        }
        Duration elapsed = Duration.ofNanos(nowNs - BEGIN);
        assertThat(elapsed).isGreaterThan(Duration.ofHours(1));
        // Five a round; an interval is at least 3 s, and soon a rest is, too.
        assertThat(dials).isLessThan(3 * (int) elapsed.toSeconds());
    }
}
