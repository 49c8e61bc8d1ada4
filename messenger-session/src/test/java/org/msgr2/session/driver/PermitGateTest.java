package org.msgr2.session.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.PolicyThrottle;
import org.msgr2.session.machine.Throttle;

class PermitGateTest {
    private final List<Long> granted = new ArrayList<>();

    @Test
    @Scenario("P31")
    void aMessageNeedsAPlaceAndItsBytes() {
        Throttle bytes = new Throttle(100);
        PermitGate gate = new PermitGate(2, null, bytes);
        assertThat(gate.acquire(60, granted::add)).isTrue();
        assertThat(gate.acquire(50, granted::add)).as("no bytes").isFalse();
        gate.release(60);
        assertThat(granted).containsExactly(50L);
        assertThat(gate.acquire(10, granted::add)).isTrue();
        assertThat(gate.acquire(1, granted::add)).as("no place").isFalse();
        assertThat(bytes.taken()).as("no bytes without a place").isEqualTo(60);
        gate.release(50);
        assertThat(granted).containsExactly(50L, 1L);
        assertThat(bytes.taken()).isEqualTo(11);
        gate.release(10);
        gate.release(1);
        assertThat(bytes.taken()).isZero();
    }

    @Test
    @Scenario("P31")
    void aPlaceAloneIsNotEnough() {
        Throttle bytes = new Throttle(100);
        PermitGate one = new PermitGate(1, null, bytes);
        PermitGate other = new PermitGate(1, null, bytes);
        assertThat(one.acquire(10, granted::add)).isTrue();
        assertThat(other.acquire(90, granted::add)).isTrue();
        assertThat(one.acquire(20, granted::add)).isFalse();
        // The place comes, the bytes do not: they are waited for in turn.
        one.release(10);
        assertThat(granted).isEmpty();
        other.release(90);
        assertThat(granted).containsExactly(20L);
        one.release(20);
        assertThat(bytes.taken()).isZero();
    }

    @Test
    void oneConnectionDoesNotTakeTheOthersPlaces() {
        Throttle bytes = new Throttle(0);
        PermitGate one = new PermitGate(1, null, bytes);
        PermitGate other = new PermitGate(1, null, bytes);
        assertThat(one.acquire(1, granted::add)).isTrue();
        assertThat(one.acquire(1, granted::add)).isFalse();
        assertThat(other.acquire(1, granted::add)).isTrue();
    }

    private final PolicyPermits policy = new PolicyPermits(new PolicyThrottle("client", 2, 100));

    private void assertTaken(Throttle dispatchBytes, long messages, long bytes, long dispatch) {
        assertThat(policy.taken()).isEqualTo(new PolicyThrottle.Taken(messages, bytes));
        assertThat(dispatchBytes.taken()).isEqualTo(dispatch);
    }

    @Test
    @Scenario("P31")
    void thePolicysPermitsAreTakenBeforeTheMessengersAndReleasedWithTheMessage() {
        Throttle bytes = new Throttle(0);
        PermitGate one = new PermitGate(9, policy, bytes);
        PermitGate other = new PermitGate(9, policy, bytes);
        assertThat(one.acquire(60, granted::add)).isTrue();
        assertThat(other.acquire(50, granted::add)).as("no bytes").isFalse();
        assertTaken(bytes, 2, 60, 60);
        one.release(60);
        assertThat(granted).as("it is handled, and kept").isEmpty();
        assertTaken(bytes, 2, 60, 0);
        one.released(60);
        assertThat(granted).containsExactly(50L);
        assertTaken(bytes, 1, 50, 50);
        assertThat(one.acquire(1, granted::add)).isTrue();
        assertThat(one.acquire(1, granted::add)).as("no place").isFalse();
        other.release(50);
        other.released(50);
        assertThat(granted).containsExactly(50L, 1L);
        for (int i = 0; i < 2; i++) {
            one.release(1);
            one.released(1);
        }
        assertTaken(bytes, 0, 0, 0);
    }

    /** At which throttle a request waits. */
    enum Wait {
        OWN_MESSAGES(0, 0),
        POLICY_MESSAGES(0, 0),
        POLICY_BYTES(1, 0),
        DISPATCH_BYTES(1, 10);

        private final int messages;
        private final long bytes;

        Wait(int messages, long bytes) {
            this.messages = messages;
            this.bytes = bytes;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whoIsAbandonedHoldsNothingAndIsInNobodysWay(Wait at) {
        Throttle bytes = new Throttle(100);
        PermitGate gate = new PermitGate(at == Wait.OWN_MESSAGES ? 1 : 9, policy, bytes);
        PermitGate other = new PermitGate(9, policy, bytes);
        switch (at) {
            case OWN_MESSAGES -> assertThat(gate.acquire(0, granted::add)).isTrue();
            case POLICY_MESSAGES -> {
                assertThat(other.acquire(0, granted::add)).isTrue();
                assertThat(other.acquire(0, granted::add)).isTrue();
            }
            case POLICY_BYTES ->
                assertThat(policy.bytes().acquire(95, () -> {})).isTrue();
            case DISPATCH_BYTES -> assertThat(bytes.acquire(95, () -> {})).isTrue();
        }
        PolicyThrottle.Taken before = policy.taken();
        long dispatch = bytes.taken();

        assertThat(gate.acquire(10, granted::add)).isFalse();
        assertThat(policy.taken())
                .isEqualTo(new PolicyThrottle.Taken(before.messages() + at.messages, before.bytes() + at.bytes));
        gate.abandon();
        assertThat(policy.taken()).isEqualTo(before);
        assertThat(bytes.taken()).isEqualTo(dispatch);
        assertThat(granted).isEmpty();
        if (at != Wait.POLICY_MESSAGES) {
            assertThat(other.acquire(1, granted::add)).isTrue();
        }
    }

    @Test
    void whoIsGrantedAllAtThisMomentIsToldThoughItIsAbandoned() {
        Throttle bytes = new Throttle(1);
        PermitGate gate = new PermitGate(9, null, bytes);
        assertThat(gate.acquire(1, granted::add)).isTrue();
        assertThat(gate.acquire(1, granted::add)).isFalse();
        gate.release(1);
        gate.abandon();
        assertThat(granted).containsExactly(1L);
        assertThat(bytes.taken()).isEqualTo(1);
    }

    @Test
    void nothingIsLeftWhenRequestsAreAbandonedWhileTheyAreGranted() throws InterruptedException {
        Throttle bytes = new Throttle(10);
        PolicyPermits few = new PolicyPermits(new PolicyThrottle("few", 2, 5));
        AtomicInteger running = new AtomicInteger(3);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            PermitGate gate = new PermitGate(2, few, bytes);
            SplittableRandom random = new SplittableRandom(t);
            Thread thread = new Thread(() -> {
                for (int i = 0; i < 20_000; i++) {
                    long size = random.nextInt(7);
                    LongConsumer giveBack = permits -> {
                        gate.release(permits);
                        gate.released(permits);
                    };
                    if (gate.acquire(size, giveBack)) {
                        giveBack.accept(size);
                    } else {
                        gate.abandon();
                    }
                }
                running.decrementAndGet();
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(30_000);
        }
        assertThat(running).hasValue(0);
        assertThat(few.taken()).isEqualTo(new PolicyThrottle.Taken(0, 0));
        assertThat(bytes.taken()).isZero();
    }
}
