package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.msgr2.core.testing.Scenario;

class ThrottleTest {
    private final List<String> granted = new ArrayList<>();

    private boolean acquire(Throttle throttle, String name, long permits) {
        return throttle.acquire(permits, () -> granted.add(name));
    }

    @Test
    @Scenario("P31")
    void permitsAreTakenWhileTheyLast() {
        Throttle throttle = new Throttle(10);
        assertThat(acquire(throttle, "a", 4)).isTrue();
        assertThat(acquire(throttle, "b", 6)).isTrue();
        assertThat(throttle.taken()).isEqualTo(10);
        assertThat(acquire(throttle, "c", 1)).isFalse();
        assertThat(throttle.taken()).isEqualTo(10);
        throttle.release(4);
        assertThat(granted).containsExactly("c");
        assertThat(throttle.taken()).isEqualTo(7);
    }

    @Test
    void whoWaitsIsServedInOrderEvenIfALaterOneWouldFit() {
        Throttle throttle = new Throttle(10);
        acquire(throttle, "first", 8);
        assertThat(acquire(throttle, "large", 9)).isFalse();
        assertThat(acquire(throttle, "small", 1))
                .as("there is room, but another was first")
                .isFalse();
        throttle.release(3);
        assertThat(granted).isEmpty();
        throttle.release(5);
        assertThat(granted).containsExactly("large", "small");
        assertThat(throttle.taken()).isEqualTo(10);
    }

    @Test
    void oneReleaseGrantsAsManyAsFit() {
        Throttle throttle = new Throttle(10);
        acquire(throttle, "all", 10);
        for (String name : List.of("a", "b", "c", "d")) {
            acquire(throttle, name, 3);
        }
        throttle.release(10);
        assertThat(granted).containsExactly("a", "b", "c");
        throttle.release(9);
        assertThat(granted).containsExactly("a", "b", "c", "d");
        throttle.release(3);
        assertThat(throttle.taken()).isZero();
    }

    @Test
    @Scenario("P32")
    void aRequestLargerThanTheBudgetIsGrantedWhenItIsNotOverdrawn() {
        Throttle throttle = new Throttle(10);
        acquire(throttle, "a", 10);
        assertThat(acquire(throttle, "huge", 1000))
                .as("Ceph's rule: 10 of 10 is within the limit")
                .isTrue();
        assertThat(acquire(throttle, "huger", 2000)).isFalse();
        assertThat(acquire(throttle, "small", 1)).isFalse();
        throttle.release(1000);
        assertThat(granted).containsExactly("huger");
        throttle.release(2000);
        assertThat(granted).containsExactly("huger");
        throttle.release(10);
        assertThat(granted).containsExactly("huger", "small");
    }

    @Test
    void whoWaitsNoMoreIsInNobodysWay() {
        Throttle throttle = new Throttle(10);
        Throttle.Waiter large = () -> granted.add("large");
        acquire(throttle, "first", 8);
        assertThat(throttle.acquire(9, large)).isFalse();
        assertThat(acquire(throttle, "small", 1)).isFalse();
        assertThat(throttle.cancel(large)).isTrue();
        assertThat(granted).containsExactly("small");
        assertThat(throttle.taken()).isEqualTo(9);
        assertThat(throttle.cancel(large)).as("it waits no more").isFalse();
    }

    @Test
    void aBudgetOfZeroIsUnlimited() {
        Throttle throttle = new Throttle(0);
        for (int i = 0; i < 10; i++) {
            assertThat(acquire(throttle, "a", Long.MAX_VALUE / 16)).isTrue();
        }
        throttle.release(10 * (Long.MAX_VALUE / 16));
        assertThat(throttle.taken()).isZero();
        assertThat(granted).isEmpty();
    }

    @Test
    void nothingFitsBesidesNothing() {
        Throttle throttle = new Throttle(1);
        assertThat(acquire(throttle, "a", 1)).isTrue();
        assertThat(acquire(throttle, "nothing", 0)).isTrue();
        assertThat(acquire(throttle, "b", 1)).isFalse();
        assertThat(acquire(throttle, "nothing more", 0)).as("waits in line").isFalse();
        throttle.release(1);
        assertThat(granted).containsExactly("b", "nothing more");
    }

    @Test
    void givingBackMoreThanWasTakenIsFoundOut() {
        Throttle throttle = new Throttle(10);
        acquire(throttle, "a", 3);
        assertThatThrownBy(() -> throttle.release(4))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("released 1 permits more than were taken");
    }

    @Test
    void aWaiterMayReleaseAndAcquireAtOnce() {
        Throttle throttle = new Throttle(1);
        acquire(throttle, "a", 1);
        // Each one gives back when it is granted, as a stale connection does: the whole line moves.
        for (int i = 0; i < 1000; i++) {
            int number = i;
            throttle.acquire(1, () -> {
                granted.add(String.valueOf(number));
                throttle.release(1);
            });
        }
        throttle.release(1);
        assertThat(granted).hasSize(1000).startsWith("0", "1", "2").endsWith("999");
        assertThat(throttle.taken()).isZero();
    }

    @Test
    void theBalanceIsZeroWhenManyThreadsAreThrough() throws InterruptedException {
        int threads = 4;
        int rounds = 20_000;
        long max = 100;
        Throttle throttle = new Throttle(max);
        AtomicLong held = new AtomicLong();
        AtomicLong most = new AtomicLong();
        CountDownLatch done = new CountDownLatch(threads * rounds);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            for (int t = 0; t < threads; t++) {
                SplittableRandom random = new SplittableRandom(t);
                pool.execute(() -> {
                    for (int i = 0; i < rounds; i++) {
                        long permits = random.nextInt(1, 41);
                        Throttle.Waiter use = () -> {
                            most.accumulateAndGet(held.addAndGet(permits), Math::max);
                            held.addAndGet(-permits);
                            pool.execute(() -> {
                                throttle.release(permits);
                                done.countDown();
                            });
                        };
                        if (throttle.acquire(permits, use)) {
                            use.granted();
                        }
                    }
                });
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        } finally {
            pool.shutdownNow();
        }
        assertThat(throttle.taken()).isZero();
        assertThat(held).hasValue(0);
        assertThat(most).hasValueBetween(1L, max);
    }
}
