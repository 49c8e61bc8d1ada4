package org.msgr2.session.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;

/** Whose turn it is when more waits than workers can do. */
class DispatchPriorityTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final Queue<Runnable> workers = new ArrayDeque<>();
    private final List<String> log = Collections.synchronizedList(new ArrayList<>());
    private final Connection connection = new StillConnection();
    private final DispatchScheduler scheduler = new DispatchScheduler(workers::add);
    private final DispatcherChain chain = new DispatcherChain(List.of(new Dispatcher() {
        @Override
        public boolean dispatch(Connection from, Message message) {
            log.add(message.header().priority() + "/" + message.tid());
            return true;
        }

        @Override
        public void onEvent(Connection from, SessionEvent event) {
            log.add("event");
        }
    }));

    private DispatchQueue queue() {
        return new DispatchQueue(chain, scheduler);
    }

    private void add(DispatchQueue queue, int priority, long tid) {
        add(queue, priority, tid, 10);
    }

    private void add(DispatchQueue queue, int priority, long tid, int bytes) {
        queue.message(
                connection,
                Message.builder(1)
                        .tid(tid)
                        .priority(priority)
                        .front(leaks.allocator().buffer(bytes).writeZero(bytes))
                        .build(),
                () -> {});
    }

    private void workAll() {
        for (Runnable task = workers.poll(); task != null; task = workers.poll()) {
            task.run();
        }
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    @Scenario("P35")
    void withinAConnectionTheHighestPriorityGoesFirstAndEachInItsOrder() {
        DispatchQueue queue = queue();
        int[] priorities = {127, 64, 10, 255, 127, 64, 196, 10};
        for (int i = 0; i < priorities.length; i++) {
            add(queue, priorities[i], i);
        }
        workAll();
        assertThat(log).containsExactly("255/3", "196/6", "127/0", "127/4", "64/1", "64/5", "10/2", "10/7");
    }

    @Test
    @Scenario("P35")
    void betweenConnectionsTheHighestPriorityGoesFirstToo() {
        DispatchQueue low = queue();
        DispatchQueue normal = queue();
        DispatchQueue high = queue();
        add(low, 64, 1);
        add(normal, 127, 2);
        add(low, 64, 3);
        add(high, 196, 4);
        add(normal, 127, 5);
        add(low, 200, 6);
        workAll();
        assertThat(log).containsExactly("200/6", "196/4", "127/2", "127/5", "64/1", "64/3");
    }

    @Test
    @Scenario("P35")
    void aWorkerLeavesItsConnectionForSomethingMoreUrgent() {
        DispatchQueue normal = queue();
        DispatchQueue high = queue();
        normal.execute(() -> add(high, 200, 9));
        for (int i = 0; i < 10; i++) {
            add(normal, 127, i);
        }
        workers.remove().run();
        assertThat(log).as("after the task that brought it").isEmpty();
        workAll();
        assertThat(log).hasSize(11).startsWith("200/9", "127/0");
    }

    @Test
    @Scenario("P35")
    void connectionsOfOnePriorityTakeTurns() {
        List<DispatchQueue> queues = List.of(queue(), queue(), queue());
        for (int i = 0; i < 130; i++) {
            for (int q = 0; q < 3; q++) {
                add(queues.get(q), 127, q);
            }
        }
        workAll();
        List<String> turns = new ArrayList<>();
        for (int i = 0; i < log.size(); i++) {
            if (i == 0 || !log.get(i).equals(log.get(i - 1))) {
                turns.add(log.get(i));
            }
        }
        assertThat(log).hasSize(390);
        assertThat(turns)
                .containsExactly("127/0", "127/1", "127/2", "127/0", "127/1", "127/2", "127/0", "127/1", "127/2");
    }

    @Test
    @Scenario("P35")
    void lowPrioritiesShareByWeightAndNoneStarves() {
        DispatchQueue low = queue();
        DispatchQueue lower = queue();
        DispatchQueue lowest = queue();
        for (int i = 0; i < 1000; i++) {
            add(low, 60, i);
            add(lower, 20, i);
            add(lowest, 0, i);
        }
        for (int i = 0; i < 500; i++) {
            workers.remove().run();
        }
        long ofLow = log.stream().filter(entry -> entry.startsWith("60/")).count();
        long ofLower = log.stream().filter(entry -> entry.startsWith("20/")).count();
        long ofLowest = log.stream().filter(entry -> entry.startsWith("0/")).count();
        assertThat(ofLow + ofLower + ofLowest).isEqualTo(500);
        assertThat(ofLow).isBetween(500L * 55 / 83, 500L * 67 / 83);
        assertThat(ofLower).isBetween(500L * 17 / 83, 500L * 25 / 83);
        assertThat(ofLowest).isBetween(3L, 9L);
        workAll();
    }

    @Test
    @Scenario("P35")
    void aLowPriorityPaysForLargeMessages() {
        DispatchQueue small = queue();
        DispatchQueue large = queue();
        for (int i = 0; i < 200; i++) {
            add(small, 30, i);
            add(large, 31, i, 10 * (int) DispatchScheduler.COST_MIN);
        }
        for (int i = 0; i < 110; i++) {
            workers.remove().run();
        }
        long ofLarge = log.stream().filter(entry -> entry.startsWith("31/")).count();
        assertThat(ofLarge).as("ten times the bytes, a tenth of the messages").isBetween(8L, 14L);
        workAll();
    }

    @Test
    @Scenario("P35")
    void strictPrioritiesGoBeforeAllWeightedOnes() {
        DispatchQueue weighted = queue();
        DispatchQueue strict = queue();
        for (int i = 0; i < 100; i++) {
            add(weighted, 63, i);
            add(strict, 64, i);
        }
        workAll();
        assertThat(log.subList(0, 100)).allMatch(entry -> entry.startsWith("64/"));
        assertThat(log).hasSize(200);
    }

    @Test
    @Scenario("P35")
    void anEventIsNotKeptWaitingByOthersAndKeepsItsPlaceAmongItsOwn() {
        DispatchQueue quiet = queue();
        DispatchQueue busy = queue();
        add(busy, 200, 1);
        add(quiet, 5, 2);
        add(quiet, 100, 3);
        quiet.event(connection, new SessionEvent.Writable());
        add(quiet, 255, 4);
        workAll();
        assertThat(log).containsExactly("100/3", "5/2", "event", "255/4", "200/1");
    }

    @Test
    @Scenario("P35")
    void eventsSurviveWhenMessagesAreDropped() {
        DispatchQueue queue = queue();
        add(queue, 127, 1);
        queue.event(connection, new SessionEvent.Writable());
        add(queue, 255, 2);
        queue.dropMessages();
        queue.event(connection, new SessionEvent.RemoteReset());
        add(queue, 64, 3);
        workAll();
        assertThat(log).containsExactly("event", "event", "64/3");
    }

    @Test
    void manyThreadsOneAtATimeAndInOrderOfEachPriority() throws InterruptedException {
        int connections = 5;
        int messages = 4000;
        ExecutorService pool = Executors.newFixedThreadPool(4);
        CountDownLatch done = new CountDownLatch(connections * messages);
        List<String> disorder = Collections.synchronizedList(new ArrayList<>());
        DispatchScheduler shared = new DispatchScheduler(pool);
        ExecutorService producers = Executors.newFixedThreadPool(2);
        try {
            for (int c = 0; c < connections; c++) {
                long[] last = new long[256]; // written by one worker at a time, or the test fails
                DispatchQueue queue = new DispatchQueue(
                        new DispatcherChain(List.of(new Dispatcher() {
                            @Override
                            public boolean dispatch(Connection from, Message message) {
                                int priority = message.header().priority();
                                if (message.tid() <= last[priority]) {
                                    disorder.add(message.toString());
                                }
                                last[priority] = message.tid();
                                return true;
                            }
                        })),
                        shared);
                producers.execute(() -> {
                    for (int i = 1; i <= messages; i++) {
                        Message message =
                                Message.builder(1).tid(i).priority(i * 37 % 200).build();
                        queue.message(connection, message, done::countDown);
                    }
                });
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(disorder).isEmpty();
        } finally {
            producers.shutdownNow();
            pool.shutdownNow();
        }
    }
}
