package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Policy;

/** Streams in both directions, on every network. */
abstract class StreamsContractTest extends CallsTestBase {
    private static final Method<String, String> COUNT =
            Method.serverStream("count", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> JOIN =
            Method.clientStream("join", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> TALK =
            Method.bidirectional("talk", Codec.utf8(), Codec.utf8()).open();

    private final AtomicInteger sent = new AtomicInteger();
    private final List<CallContext> contexts = new CopyOnWriteArrayList<>();

    /** Sends 0 to n - 1, as fast as they are taken. */
    private void count(CallContext context, String upTo, ResponseStream<String> items) {
        contexts.add(context);
        int count = Integer.parseInt(upTo);
        AtomicInteger next = new AtomicInteger();
        items.onReady(() -> {
            while (items.isOpen() && next.get() < count && items.offer("" + next.get())) {
                next.incrementAndGet();
                sent.incrementAndGet();
            }
            if (next.get() == count) {
                items.end();
            }
        });
    }

    private static CompletableFuture<String> join(CallContext context, ItemSource<String> items) {
        CompletableFuture<String> answer = new CompletableFuture<>();
        List<String> all = new CopyOnWriteArrayList<>();
        items.onItems(() -> {
            for (String item = items.poll(); item != null; item = items.poll()) {
                all.add(item);
            }
            if (items.isExhausted()) {
                answer.complete(all.size() + ":" + String.join(",", all));
            }
        });
        return answer;
    }

    private static void talk(CallContext context, ItemSource<String> from, ResponseStream<String> to) {
        List<String> unsent = new ArrayList<>();
        Runnable pump = () -> {
            while (true) {
                String item = unsent.isEmpty() ? from.poll() : unsent.remove(0);
                if (item == null) {
                    break;
                }
                if (!to.offer("re " + item)) {
                    unsent.add(0, item);
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

    private CallHandler handler() {
        return CallHandler.builder()
                .serverStream(COUNT, this::count)
                .clientStream(JOIN, StreamsContractTest::join)
                .bidirectional(TALK, StreamsContractTest::talk)
                .build();
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(i -> "" + i).toList();
    }

    /** Takes all that comes. */
    private static List<String> collect(ItemSource<String> items) {
        List<String> all = new CopyOnWriteArrayList<>();
        items.onItems(() -> {
            for (String item = items.poll(); item != null; item = items.poll()) {
                all.add(item);
            }
        });
        return all;
    }

    private static void feed(ItemSink<String> sink, List<String> items, Runnable then) {
        AtomicInteger next = new AtomicInteger();
        sink.onReady(() -> {
            while (next.get() < items.size() && sink.offer(items.get(next.get()))) {
                if (next.incrementAndGet() == items.size()) {
                    then.run();
                }
            }
        });
    }

    @Test
    void aServersItemsComeInOrderAndThenTheEnd() {
        ServiceClient client = open(handler());

        StreamCall<String, String> call = client.open(COUNT, "1000", CallOptions.DEFAULT);
        List<String> items = collect(call.responses());
        get(call.ended());
        network.await("all are taken", () -> items.size() == 1000);

        assertThat(items).isEqualTo(numbers(1000));
        assertThat(call.responses().isExhausted()).isTrue();
    }

    @Test
    void aStreamCanBeReadByAThreadThatWaits() {
        assumeTrue(network.hasThreads(), "virtual time does not wait for a thread");
        ServiceClient client = open(handler());
        AtomicReference<List<String>> read = new AtomicReference<>();
        Thread reader = new Thread(() -> {
            List<String> all = new ArrayList<>();
            try (StreamCall<String, String> call = client.open(COUNT, "300", CallOptions.DEFAULT)) {
                for (String item = call.responses().next();
                        item != null;
                        item = call.responses().next()) {
                    all.add(item);
                }
                read.set(all);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        reader.start();

        network.await("the end", () -> read.get() != null);

        assertThat(read.get()).isEqualTo(numbers(300));
    }

    @Test
    void theSenderWaitsForTheReader() {
        ServiceClient client = open(handler());

        StreamCall<String, String> call = client.open(COUNT, "1000", CallOptions.DEFAULT.withWindow(8));
        network.await("the window is used", () -> sent.get() == 8);
        network.settle();
        assertThat(sent.get()).isEqualTo(8);

        for (int i = 0; i < 4; i++) {
            assertThat(call.responses().poll()).isEqualTo("" + i);
        }
        network.await("half a window more", () -> sent.get() == 12);

        List<String> rest = collect(call.responses());
        network.await("all are taken", () -> rest.size() == 996);
        assertThat(get(call.ended())).isNull();
    }

    @Test
    void aWindowInBytesHoldsToo() {
        Method<String, byte[]> large =
                Method.serverStream("large", Codec.utf8(), Codec.bytes()).open();
        CallHandler handler = CallHandler.builder()
                .serverStream(
                        large,
                        (context, text, items) -> items.onReady(() -> {
                            while (items.isOpen() && items.offer(new byte[1000])) {
                                sent.incrementAndGet();
                            }
                        }))
                .build();
        Limits limits = QUICK.withCalls(QUICK.calls().withWindow(64, 2500));
        ServiceClient client = open(handler, AS_IT_IS, caller -> caller.limits(limits));

        StreamCall<String, byte[]> call = client.open(large, "", CallOptions.DEFAULT);
        network.await("the window is used", () -> sent.get() == 3);
        network.settle();

        assertThat(sent.get()).isEqualTo(3);
        call.close();
        assertThat(failure(call.ended()).status()).isEqualTo(CallStatus.CANCELLED);
    }

    @Test
    void aCallersItemsAreAnsweredOnce() {
        ServiceClient client = open(handler());

        StreamCall<String, String> call = client.open(JOIN, null, CallOptions.DEFAULT);
        feed(call.requests(), numbers(500), call::endRequests);

        assertThat(get(call.ended())).isEqualTo("500:" + String.join(",", numbers(500)));
    }

    @Test
    void bothDirectionsRunAtTheSameTime() {
        ServiceClient client = open(handler());

        StreamCall<String, String> call = client.open(TALK, null, CallOptions.DEFAULT);
        List<String> items = collect(call.responses());
        feed(call.requests(), numbers(500), call::endRequests);
        get(call.ended());
        network.await("all are taken", () -> items.size() == 500);

        assertThat(items).isEqualTo(numbers(500).stream().map(i -> "re " + i).toList());
    }

    @Test
    void closingAStreamTellsTheCallee() {
        ServiceClient client = open(handler());
        StreamCall<String, String> call = client.open(COUNT, "1000", CallOptions.DEFAULT);
        network.await("under way", () -> sent.get() > 0);

        call.close();

        assertThat(failure(call.ended()).status()).isEqualTo(CallStatus.CANCELLED);
        network.await(
                "the callee knows", () -> !contexts.isEmpty() && contexts.get(0).isCancelled());
    }

    @Test
    void aStreamHasADeadlineIfItAsksForOne() {
        ServiceClient client = open(handler());
        network.get("ready", connection.ready());

        StreamCall<String, String> call = client.open(
                COUNT, "1000", CallOptions.within(Duration.ofMillis(300)).withWindow(4));

        assertThat(failure(call.ended()).status()).isEqualTo(CallStatus.DEADLINE_EXCEEDED);
        network.await(
                "the callee knows", () -> !contexts.isEmpty() && contexts.get(0).isCancelled());
        call.close();
    }

    @Test
    void aStreamThatFailsGivesWhatCameBefore() {
        CallHandler failing = CallHandler.builder()
                .serverStream(COUNT, (context, text, items) -> {
                    items.offer("first");
                    throw CallException.failed(9, "and no more");
                })
                .build();
        ServiceClient client = open(failing);

        StreamCall<String, String> call = client.open(COUNT, "", CallOptions.DEFAULT);
        CallException failure = failure(call.ended());

        assertThat(failure.code()).isEqualTo(9);
        assertThat(call.responses().poll()).isEqualTo("first");
        assertThat(call.responses().isExhausted()).isTrue();
    }

    @Test
    void streamsGoOnOverTheConnectionsOfALosslessSession() {
        assumeFalse(toItself());
        ServiceClient client = open(
                handler(),
                callee -> callee.acceptPolicy(Policy.statefulServer()),
                caller -> caller.dialPolicy(Policy.losslessClient()));
        StreamCall<String, String> down = client.open(COUNT, "3000", CallOptions.DEFAULT);
        StreamCall<String, String> both = client.open(TALK, null, CallOptions.DEFAULT);
        List<String> items = collect(down.responses());
        List<String> echoes = collect(both.responses());
        feed(both.requests(), numbers(3000), both::endRequests);

        for (int at = 300; at < 3000; at += 300) {
            int until = at;
            network.await("so far", () -> items.size() >= until);
            cut.cut();
        }
        get(down.ended());
        get(both.ended());
        network.await("all are taken", () -> items.size() == 3000 && echoes.size() == 3000);

        assertThat(items).isEqualTo(numbers(3000));
        assertThat(echoes).isEqualTo(numbers(3000).stream().map(i -> "re " + i).toList());
    }

    @Test
    void aStreamEndsUnknownWhenItsConnectionIsReset() {
        assumeFalse(toItself());
        ServiceClient client = open(handler());
        StreamCall<String, String> call = client.open(COUNT, "1000000", CallOptions.DEFAULT);
        List<String> items = collect(call.responses());
        network.await("under way", () -> items.size() > 100);

        cut.cut();

        assertThat(failure(call.ended()).status()).isEqualTo(CallStatus.OUTCOME_UNKNOWN);
        network.await(
                "the callee knows", () -> !contexts.isEmpty() && contexts.get(0).isCancelled());
        network.await("all that came is taken", call.responses()::isExhausted);
        assertThat(items).isEqualTo(numbers(items.size()));
    }

    @Test
    void whatWaitsToBeReadIsBoundedForTheWholeConnection() {
        Limits tight = QUICK.withCalls(QUICK.calls().withBufferedBytesMax(20));
        ServiceClient client = open(handler(), AS_IT_IS, caller -> caller.limits(tight));

        StreamCall<String, String> call = client.open(COUNT, "1000", CallOptions.DEFAULT);

        CallException failure = failure(call.ended());
        assertThat(failure.status()).isEqualTo(CallStatus.TOO_LARGE);
        assertThat(failure.text()).contains("waits to be read");
        call.close();
    }
}
