package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.Service;
import org.msgr2.session.testing.FlakyTransport;
import org.msgr2.session.testing.TestNetwork;

/** One schedule of {@link CallsSimulationTest}. Everything runs on the thread that moves the clock. */
final class CallsSchedule {
    private static final Method<String, String> WORK =
            Method.unary("work", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> TALK =
            Method.bidirectional("talk", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> WATCH =
            Method.subscription("watch", Codec.utf8(), Codec.utf8()).open();

    private static final int STEPS = 40;
    private static final int TALK_ITEMS = 200;

    /** A call with one answer, at its caller. */
    private final class Asked implements CallCallback<String> {
        private final String what;
        private final List<String> ends = new ArrayList<>();

        Asked(String what) {
            this.what = what;
        }

        @Override
        public void answered(String answer) {
            ends.add("OK");
            count(CallStatus.OK);
            assertThat(answer).isEqualTo("done " + what);
            assertThat(handled.get(what)).as("an answer to %s", what).isEqualTo(1);
        }

        @Override
        public void failed(CallException why) {
            ends.add(why.status().name());
            count(why.status());
            statuses.add(why.status());
            if (why.neverSent()) {
                assertThat(handled).as("%s, never sent", why).doesNotContainKey(what);
            }
        }
    }

    /** A stream in both directions, at its caller. */
    private static final class Talk {
        private final StreamCall<String, String> call;
        private final List<String> heard = new ArrayList<>();
        private int said;

        Talk(ServiceClient client) {
            call = client.open(TALK, null, CallOptions.DEFAULT);
            call.requests().onReady(() -> {
                while (said < TALK_ITEMS
                        && call.requests().isOpen()
                        && call.requests().offer("" + said)) {
                    if (++said == TALK_ITEMS) {
                        call.endRequests();
                    }
                }
            });
            call.responses().onItems(() -> {
                for (String item = call.responses().poll();
                        item != null;
                        item = call.responses().poll()) {
                    heard.add(item);
                }
            });
        }
    }

    private final SplittableRandom random;
    private Messenger callee;
    private Messenger caller;
    private EntityAddr addr;
    private final LeakCheck leaks = new LeakCheck();
    private final TestNetwork.Virtual network = TestNetwork.virtual();
    private final boolean lossless;
    private final Map<String, Integer> handled = new HashMap<>();
    private final Map<CallStatus, Integer> counts = new EnumMap<>(CallStatus.class);
    private final List<CallStatus> statuses = new ArrayList<>();
    private final List<Asked> asked = new ArrayList<>();
    private final List<Talk> talks = new ArrayList<>();
    private final List<String> journal = new ArrayList<>();
    private final List<Runnable> watchers = new ArrayList<>();
    private final List<String> watched = new ArrayList<>();
    private final List<String> watchEnds = new ArrayList<>();
    private int cuts;
    private int resumed;

    CallsSchedule(long seed) {
        random = new SplittableRandom(seed);
        lossless = random.nextBoolean();
    }

    int cuts() {
        return cuts;
    }

    int resumptions() {
        return resumed;
    }

    int ended(CallStatus status) {
        return counts.getOrDefault(status, 0);
    }

    Duration elapsed() {
        return network.time().elapsed();
    }

    private void count(CallStatus status) {
        counts.merge(status, 1, Integer::sum);
    }

    // --- The callee

    private CompletableFuture<String> work(CallContext context, String what) {
        assertThat(handled.merge(what, 1, Integer::sum)).as("handled: %s", what).isEqualTo(1);
        CompletableFuture<String> answer = new CompletableFuture<>();
        later(Duration.ofMillis(random.nextInt(30)), () -> answer.complete("done " + what));
        return answer;
    }

    private void later(Duration delay, Runnable task) {
        var loop = callee.loop();
        loop.schedule(task, loop.nanoTime() + delay.toNanos());
    }

    private static void talk(CallContext context, ItemSource<String> from, ResponseStream<String> to) {
        List<String> unsent = new ArrayList<>();
        Runnable pump = () -> {
            while (to.isOpen()) {
                String item = unsent.isEmpty() ? from.poll() : unsent.remove(0);
                if (item == null) {
                    break;
                }
                if (!to.offer(item)) {
                    unsent.add(item);
                    return;
                }
            }
            if (from.isExhausted()) {
                to.end();
            }
        };
        from.onItems(pump);
        to.onReady(pump);
    }

    private void watch(CallContext context, String request, Opaque token, ResponseStream<Push<String>> items) {
        int[] next = {token.isEmpty() ? 0 : Integer.parseInt(new String(token.toByteArray(), StandardCharsets.UTF_8))};
        Runnable pump = () -> {
            while (items.isOpen() && next[0] < journal.size()) {
                Opaque at = Opaque.copyOf(Integer.toString(next[0] + 1).getBytes(StandardCharsets.UTF_8));
                if (!items.offer(Push.of(journal.get(next[0]), at))) {
                    return;
                }
                next[0]++;
            }
        };
        watchers.add(pump);
        context.onCancel(() -> watchers.remove(pump));
        items.onReady(pump);
    }

    // --- The run

    void run() throws IOException {
        Limits limits = limits();
        FlakyTransport flaky = new FlakyTransport(network.transport(leaks.allocator()));
        callee = network.messenger("osd.1", leaks.allocator())
                .limits(limits)
                .acceptPolicy(lossless ? Policy.statefulServer() : Policy.statelessServer())
                .service(new Service() {
                    @Override
                    public String name() {
                        return "sim";
                    }

                    @Override
                    public CallHandler calls() {
                        return CallHandler.builder()
                                .async(WORK, CallsSchedule.this::work)
                                .bidirectional(TALK, CallsSchedule::talk)
                                .subscription(WATCH, CallsSchedule.this::watch)
                                .build();
                    }
                })
                .build();
        addr = callee.bind(network.anyPort());
        caller = network.messenger("client.1", leaks.allocator(), flaky)
                .limits(limits)
                .dialPolicy(lossless ? Policy.losslessClient() : Policy.lossyClient())
                .build();
        ServiceClient client =
                caller.calls().service("sim", Resolver.fixed(List.of(Target.of(EntityType.OSD, addr))), Pick.FIRST);
        Subscription subscription = client.subscribe(WATCH, "", Opaque.EMPTY, CallOptions.DEFAULT, watcher());
        for (int step = 0; step < STEPS; step++) {
            step(client, flaky);
        }
        flaky.refuse(false);
        settle();
        check();
        resumed = subscription.resumptions();
        subscription.close();
        network.await("the subscription ends", () -> !watchEnds.isEmpty());
        talks.forEach(talk -> talk.call.close());
        network.settle();
        network.close(caller);
        network.close(callee);
        network.close();
        assertThat(watchEnds).containsExactly("CANCELLED");
        leaks.check();
    }

    private Limits limits() {
        Limits.Timeouts timeouts =
                Limits.defaults().timeouts().withBackoff(Duration.ofMillis(5), Duration.ofMillis(40));
        return Limits.defaults()
                .withTimeouts(timeouts)
                .withQueues(Limits.defaults().queues().withSend(2 + random.nextInt(100), 1 << 20))
                .withCalls(Limits.defaults()
                        .calls()
                        .withCallsMax(4 + random.nextInt(60))
                        .withWindow(1 + random.nextInt(20), 1 + random.nextInt(200)));
    }

    private Subscription.Listener<String> watcher() {
        return new Subscription.Listener<>() {
            @Override
            public void onPush(Push<String> push) {
                assertThat(push.item()).isEqualTo("" + watched.size());
                watched.add(push.item());
            }

            @Override
            public void onEnd(@Nullable CallException why) {
                watchEnds.add(why == null ? "well" : why.status().name());
            }
        };
    }

    private void step(ServiceClient client, FlakyTransport flaky) {
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> ask(client, 1 + random.nextInt(10));
            case 3 -> talks.add(new Talk(client));
            case 4 -> publish(1 + random.nextInt(20));
            case 5 -> {
                flaky.cut();
                cuts++;
            }
            case 6 -> {
                if (talks.isEmpty() || random.nextBoolean()) {
                    flaky.refuse(random.nextBoolean());
                } else {
                    talks.get(random.nextInt(talks.size())).call.close();
                }
            }
            default -> {
                if (lossless || random.nextBoolean()) {
                    cancelOne(client);
                } else {
                    // Not through the client, which would wait for a peer that is ready.
                    ask(caller.calls().service("sim", caller.connect(EntityType.OSD, addr)), 1 + random.nextInt(5));
                    if (random.nextBoolean()) {
                        network.time().advance(Duration.ofNanos(random.nextInt(100_000)));
                    }
                    caller.markDownAll();
                }
            }
        }
        // Often in the middle of what is under way.
        network.time()
                .advance(Duration.ofNanos(
                        1000L * (random.nextInt(3) == 0 ? random.nextInt(40_000) : random.nextInt(300))));
    }

    private void ask(ServiceClient client, int count) {
        for (int i = 0; i < count; i++) {
            Asked one = new Asked("" + asked.size());
            asked.add(one);
            client.call(WORK, one.what, CallOptions.within(Duration.ofMillis(1 + random.nextInt(3000))), one);
        }
    }

    private void cancelOne(ServiceClient client) {
        CompletableFuture<String> answer = client.callAsync(WORK, "cancelled " + random.nextLong());
        network.time().advance(Duration.ofNanos(random.nextInt(100_000)));
        answer.cancel(false);
    }

    private void publish(int count) {
        for (int i = 0; i < count; i++) {
            journal.add("" + journal.size());
        }
        List.copyOf(watchers).forEach(Runnable::run);
    }

    /** Without faults everything comes to its end. */
    private void settle() {
        network.await("calls end", () -> asked.stream().noneMatch(one -> one.ends.isEmpty()));
        network.await(
                "streams end",
                () -> talks.stream()
                        .allMatch(talk -> talk.call.ended().isDone()
                                && talk.call.responses().isExhausted()));
        network.await("everything published is heard", () -> watched.size() == journal.size());
        network.time().advance(Duration.ofSeconds(5)); // what would come a second time comes now
    }

    private void check() {
        assertThat(asked).allSatisfy(one -> assertThat(one.ends).hasSize(1));
        if (lossless) {
            assertThat(statuses).doesNotContain(CallStatus.OUTCOME_UNKNOWN);
        }
        assertThat(statuses).doesNotContain(CallStatus.INTERNAL, CallStatus.PROTOCOL, CallStatus.INVALID);
        for (Talk talk : talks) {
            assertThat(talk.heard)
                    .isEqualTo(IntStream.range(0, talk.heard.size())
                            .mapToObj(i -> "" + i)
                            .toList());
            assertThat(talk.heard.size()).isLessThanOrEqualTo(talk.said);
            if (!talk.call.ended().isCompletedExceptionally()) {
                assertThat(talk.heard).hasSize(TALK_ITEMS);
            }
        }
        assertThat(watched).isEqualTo(journal);
    }
}
