package org.msgr2.session.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;
import org.slf4j.LoggerFactory;

class DispatchQueueTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final Queue<Runnable> workers = new ArrayDeque<>();
    private final List<String> log = new ArrayList<>();
    private final Connection connection = new StillConnection();
    private final DispatcherChain chain = new DispatcherChain(List.of(new Dispatcher() {
        @Override
        public boolean canFastDispatch(int messageType) {
            return messageType == 99;
        }

        @Override
        public void fastDispatch(Connection from, Message message) {
            log.add("fast " + message.tid());
        }

        @Override
        public boolean dispatch(Connection from, Message message) {
            log.add("message " + message.tid());
            if (message.tid() < 0) {
                throw new IllegalStateException("as the test wants it");
            }
            return true;
        }

        @Override
        public void onEvent(Connection from, SessionEvent event) {
            log.add("event");
        }
    }));

    private final DispatchQueue queue = new DispatchQueue(chain, new DispatchScheduler(workers::add));

    private final Logger logger = (Logger) LoggerFactory.getLogger(DispatchQueue.class.getPackageName());

    @BeforeEach
    void muteWhatFailsOnPurpose() {
        logger.setLevel(Level.OFF);
    }

    @AfterEach
    void unmute() {
        logger.setLevel(null);
    }

    private Message message(long tid) {
        return Message.builder(1)
                .tid(tid)
                .front(leaks.allocator().buffer(10).writeZero(10))
                .build();
    }

    private void work() {
        workers.remove().run();
    }

    @Test
    void everythingRunsInTheOrderInWhichItCame() {
        queue.message(connection, message(1), () -> log.add("handled 1"));
        queue.event(connection, new SessionEvent.Writable());
        queue.execute(() -> log.add("task"));
        queue.message(connection, message(2), () -> log.add("handled 2"));
        assertThat(log).isEmpty();
        assertThat(workers).as("one worker for all of it").hasSize(1);
        work();
        assertThat(log).containsExactly("message 1", "handled 1", "event", "task", "message 2", "handled 2");
        assertThat(workers).isEmpty();
        queue.execute(() -> log.add("later"));
        work();
        assertThat(log).endsWith("later");
    }

    @Test
    void aMessageIsReleasedAndHandledEvenIfTheDispatcherFails() {
        queue.message(connection, message(-1), () -> log.add("handled"));
        queue.message(connection, message(2), () -> log.add("handled"));
        work();
        assertThat(log).containsExactly("message -1", "handled", "message 2", "handled");
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void aMessageForAFastDispatcherIsHandledOnTheSpot() {
        queue.execute(() -> log.add("task"));
        new ConnectionQueues(chain, new DispatchScheduler(workers::add), false)
                .fast(chain.fast(99), connection, message(5));
        assertThat(log).containsExactly("fast 5");
        assertThat(leaks.heldBytes()).isZero();
        work();
    }

    @Test
    void aConnectionWithMuchToDoLetsOthersWorkInBetween() {
        AtomicInteger ran = new AtomicInteger();
        for (int i = 0; i < 200; i++) {
            queue.execute(ran::incrementAndGet);
        }
        for (int expected : new int[] {64, 128, 192, 200}) {
            assertThat(workers).hasSize(1);
            work();
            assertThat(ran).hasValue(expected);
        }
        assertThat(workers).isEmpty();
    }

    @Test
    void exactlyOneBatchLeavesNoWorkerBehind() {
        for (int i = 0; i < 64; i++) {
            queue.execute(() -> log.add("task"));
        }
        work();
        assertThat(log).hasSize(64);
        assertThat(workers).isEmpty();
    }

    @Test
    void whatATaskAddsRunsBehindIt() {
        queue.execute(() -> {
            queue.execute(() -> log.add("inner"));
            log.add("outer");
        });
        work();
        assertThat(log).containsExactly("outer", "inner");
        assertThat(workers).isEmpty();
    }

    @Test
    void aTaskThatFailsDoesNotStopTheQueue() {
        queue.execute(() -> {
            throw new IllegalStateException("as the test wants it");
        });
        queue.execute(() -> log.add("next"));
        queue.execute(() -> {
            throw new LinkageError("as the test wants it");
        });
        queue.execute(() -> log.add("last"));
        work();
        assertThat(log).containsExactly("next", "last");
        assertThat(workers).isEmpty();
    }

    @Test
    void whatIsLeftRunsOnTheSpotWhenTheWorkersAreGone() {
        Executor closed = task -> {
            throw new RejectedExecutionException("closed");
        };
        DispatchQueue orphan = new DispatchQueue(chain, new DispatchScheduler(closed));
        orphan.message(connection, message(1), () -> log.add("handled 1"));
        orphan.execute(() -> orphan.execute(() -> log.add("inner")));
        assertThat(log).containsExactly("message 1", "handled 1", "inner");
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void aLongQueueIsFinishedOnTheSpotWhenTheWorkersGoAwayInBetween() {
        AtomicInteger allowed = new AtomicInteger(2);
        DispatchQueue orphan = new DispatchQueue(chain, new DispatchScheduler(task -> {
            if (allowed.getAndDecrement() <= 0) {
                throw new RejectedExecutionException("closed");
            }
            workers.add(task);
        }));
        // As many as one connection may have waiting, and more.
        for (int i = 0; i < 10_000; i++) {
            orphan.execute(() -> log.add("task"));
        }
        work();
        work();
        assertThat(log).hasSize(10_000);
    }

    @Test
    void twoTasksNeverRunAtOnceAndEachProducersOrderIsKept() throws InterruptedException {
        int producers = 3;
        int tasks = 10_000;
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            DispatchQueue shared = new DispatchQueue(chain, new DispatchScheduler(pool));
            AtomicInteger inside = new AtomicInteger();
            AtomicInteger collisions = new AtomicInteger();
            int[] next = new int[producers]; // written by one task at a time, or the test fails
            AtomicInteger disorder = new AtomicInteger();
            CountDownLatch done = new CountDownLatch(producers * tasks);
            ExecutorService senders = Executors.newFixedThreadPool(producers);
            IntStream.range(0, producers)
                    .forEach(producer -> senders.execute(() -> IntStream.range(0, tasks)
                            .forEach(number -> shared.execute(() -> {
                                if (inside.incrementAndGet() != 1) {
                                    collisions.incrementAndGet();
                                }
                                if (next[producer]++ != number) {
                                    disorder.incrementAndGet();
                                }
                                inside.decrementAndGet();
                                done.countDown();
                            }))));
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            senders.shutdown();
            assertThat(collisions).hasValue(0);
            assertThat(disorder).hasValue(0);
            assertThat(next).containsOnly(tasks);
        } finally {
            pool.shutdownNow();
        }
    }
}
