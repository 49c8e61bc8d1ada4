package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.DrainReport;
import org.msgr2.session.Messenger;
import org.msgr2.session.ServiceOptions;
import org.msgr2.session.testing.TestNetwork;

/** A node that is drained while it is called: what can end does, what cannot is ended, and nothing begins. */
class DrainingTest extends CallsTestBase {
    private static final Duration LONG = Duration.ofSeconds(5);

    private static final Method<String, String> LATER =
            Method.unary("later", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> STREAM =
            Method.serverStream("stream", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> WATCH =
            Method.subscription("watch", Codec.utf8(), Codec.utf8()).open();

    private final CompletableFuture<String> answer = new CompletableFuture<>();
    private final List<ResponseStream<String>> streams = new CopyOnWriteArrayList<>();
    private final List<CallContext> watchers = new CopyOnWriteArrayList<>();
    private final List<String> journal = new ArrayList<>();
    private final List<Runnable> pumps = new CopyOnWriteArrayList<>();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    private CallHandler handler() {
        return CallHandler.builder()
                .async(LATER, (context, text) -> answer)
                .serverStream(STREAM, (context, text, items) -> streams.add(items))
                .subscription(WATCH, this::watch)
                .build();
    }

    /** Tells the journal, from behind the token on. */
    private void watch(CallContext context, String request, Opaque token, ResponseStream<Push<String>> items) {
        int[] next = {token.isEmpty() ? 0 : Integer.parseInt(new String(token.toByteArray(), StandardCharsets.UTF_8))};
        Runnable pump = () -> {
            while (items.isOpen() && next[0] < journal.size()) {
                Opaque behind = Opaque.copyOf(("" + (next[0] + 1)).getBytes(StandardCharsets.UTF_8));
                if (!items.offer(Push.of(journal.get(next[0]), behind))) {
                    return;
                }
                next[0]++;
            }
        };
        watchers.add(context);
        pumps.add(pump);
        context.onCancel(() -> pumps.remove(pump));
        items.onReady(pump);
    }

    private void append(int from, int to) {
        IntStream.range(from, to).forEach(i -> {
            journal.add("" + i);
            pumps.forEach(Runnable::run);
        });
    }

    private CompletableFuture<DrainReport> drain(Messenger messenger) {
        CompletableFuture<DrainReport> report = messenger.drain(LONG).toCompletableFuture();
        network.settle();
        return report;
    }

    private void assertRefused(CallException failure) {
        assertThat(failure.status()).isEqualTo(CallStatus.UNAVAILABLE);
        assertThat(failure.text()).isEqualTo("service 'test' is being drained");
        assertThat(failure.neverSent()).isTrue();
    }

    @Test
    void waitsForAHandlerThatAnswersLaterAndRefusesWhatIsNew() {
        ServiceClient client = open(handler());
        CompletableFuture<String> under = client.callAsync(LATER, "");
        network.settle();

        CompletableFuture<DrainReport> report = drain(callee);
        assertThat(report).isNotDone();
        assertRefused(failure(client.callAsync(LATER, "too late")));
        assertThat(callee.serviceStats().get(SERVICE).overloaded()).isEqualTo(1);
        assertThat(report).isNotDone();

        answer.complete("at last");

        assertThat(get(under)).isEqualTo("at last");
        assertThat(get(report).drained()).containsExactly(SERVICE);
    }

    @Test
    void waitsForAStreamWhichGoesOn() throws InterruptedException {
        ServiceClient client = open(handler());
        StreamCall<String, String> stream = client.open(STREAM, "", CallOptions.DEFAULT);
        network.await("it is served", () -> streams.size() == 1);

        CompletableFuture<DrainReport> report = drain(callee);
        assertThat(report).isNotDone();
        assertThat(streams.get(0).offer("one more")).isTrue();
        network.settle();
        assertThat(stream.responses().next()).isEqualTo("one more");
        assertThat(report).isNotDone();

        streams.get(0).end();

        assertThat(get(report).complete()).isTrue();
        get(stream.ended());
    }

    @Test
    void waitsForACallWhoseCallerGoesAwayNoLonger() {
        ServiceClient client = open(handler());
        StreamCall<String, String> stream = client.open(STREAM, "", CallOptions.DEFAULT);
        CompletableFuture<String> under = client.callAsync(LATER, "");
        network.await("it is served", () -> streams.size() == 1);
        CompletableFuture<DrainReport> report = drain(callee);
        assertThat(report).isNotDone();

        connection.markDown();

        assertThat(get(report).complete()).isTrue();
        assertThat(failure(stream.ended()).status()).isEqualTo(CallStatus.OUTCOME_UNKNOWN);
        assertThat(failure(under).status()).isEqualTo(CallStatus.OUTCOME_UNKNOWN);
    }

    @Test
    void waitsNoLongerThanItsDeadlineAndSaysWhatHasNotEnded() {
        ServiceClient client = open(handler());
        StreamCall<String, String> stream = client.open(STREAM, "", CallOptions.DEFAULT);
        CompletableFuture<String> under = client.callAsync(LATER, "");
        network.await("it is served", () -> streams.size() == 1);
        long startNs = callee.loop().nanoTime();

        DrainReport report = get(drain(callee));

        assertThat(Duration.ofNanos(callee.loop().nanoTime() - startNs)).isEqualTo(LONG);
        assertThat(report.unfinished())
                .containsOnlyKeys(SERVICE)
                .containsValue("not within PT5S: 0 messages and calls are not handled, 2 calls have not ended");
        assertThat(stream.ended()).isNotDone();
        assertThat(under).isNotDone();
        stream.close();
        under.cancel(false);
    }

    @Test
    void aSubscriptionIsEndedWithAStatusOfItsOwnAndItsHandlerIsTold() {
        ServiceClient client = open(handler());
        Heard heard = new Heard();
        append(0, 3);
        Subscription subscription = client.subscribe(WATCH, "", Opaque.EMPTY, CallOptions.DEFAULT, heard);
        network.await("heard", () -> heard.items.size() == 3);

        DrainReport report = get(drain(callee));

        assertThat(report.complete()).isTrue();
        assertThat(watchers.get(0).isCancelled()).isTrue();
        assertThat(pumps).isEmpty();
        network.await("interrupted", () -> heard.interruptions.contains(CallStatus.UNAVAILABLE));
        assertThat(heard.interruptions.get(0)).isEqualTo(CallStatus.DRAINING);
        assertThat(heard.ends).isEmpty();
        subscription.close();
        network.await("the end", () -> heard.ends.size() == 1);
    }

    @ParameterizedTest
    @EnumSource(Pick.class)
    void aSubscriptionGoesOnAtAnotherPeerAndLosesAndRepeatsNothing(Pick pick) {
        List<Messenger> callees = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            callees.add(start(messenger("osd." + i)
                    .limits(QUICK)
                    .service(service(SERVICE, handler()), ServiceOptions.defaults())));
            targets.add(Target.of(EntityType.OSD, bind(callees.get(i))));
        }
        caller = start(messenger("client.1").limits(QUICK));
        ServiceClient client = caller.calls().service(SERVICE, Resolver.fixed(targets), pick);
        Heard heard = new Heard();
        Subscription subscription = client.subscribe(WATCH, "", Opaque.EMPTY, CallOptions.DEFAULT, heard);
        append(0, 10);
        network.await("heard", () -> heard.items.size() == 10);

        List<Messenger> left = new ArrayList<>(callees);
        for (int round = 1; round < 3; round++) {
            Messenger serving = serving(left);
            left.remove(serving);
            append(10 * round, 10 * round + 5); // some of it may be under way
            CompletableFuture<DrainReport> report = serving.drain(LONG).toCompletableFuture();
            append(10 * round + 5, 10 * round + 10);
            assertThat(get(report).complete()).isTrue();
            int until = 10 * round + 10;
            network.await("heard elsewhere", () -> heard.items.size() == until);
        }

        assertThat(heard.items)
                .isEqualTo(IntStream.range(0, 30).mapToObj(i -> "" + i).toList());
        assertThat(heard.interruptions)
                .as("none was refused elsewhere")
                .containsExactly(CallStatus.DRAINING, CallStatus.DRAINING);
        assertThat(subscription.resumptions()).isEqualTo(2);
        subscription.close();
        network.await("the end", () -> heard.ends.size() == 1);
    }

    /** The one at which the last watcher is. */
    private Messenger serving(List<Messenger> callees) {
        CallContext last = watchers.get(watchers.size() - 1);
        return callees.stream()
                .filter(callee -> callee.connections().contains(last.connection()))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @EnumSource(Pick.class)
    void theNextCallGoesToAnotherPeer(Pick pick) {
        Method<String, String> who =
                Method.unary("who", Codec.utf8(), Codec.utf8()).open();
        List<Messenger> callees = new ArrayList<>();
        List<Target> targets = new ArrayList<>();
        for (String name : List.of("osd.0", "osd.1")) {
            CallHandler handler =
                    CallHandler.builder().unary(who, (context, text) -> name).build();
            callees.add(start(messenger(name).limits(QUICK).service(service(SERVICE, handler))));
            targets.add(Target.of(EntityType.OSD, bind(callees.get(callees.size() - 1))));
        }
        caller = start(messenger("client.1").limits(QUICK));
        ServiceClient client = caller.calls().service(SERVICE, Resolver.fixed(targets), pick);
        get(client.callAsync(who, ""));
        network.settle();
        assertThat(get(drain(callees.get(0))).complete()).isTrue();

        List<String> answers = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 10; i++) {
            CompletableFuture<String> call = client.callAsync(who, "");
            network.await("an end", call::isDone);
            if (call.isCompletedExceptionally()) {
                assertRefused(failure(call));
                refused++;
            } else {
                answers.add(call.join());
            }
        }

        assertThat(refused).as("once is enough to know").isEqualTo(1);
        assertThat(answers).hasSize(9).containsOnly("osd.1");
    }

    @Test
    void whatAHandlerPassesOnOfAnotherNodeIsNotTakenForItsOwn() {
        Method<String, String> relay =
                Method.unary("relay", Codec.utf8(), Codec.utf8()).open();
        CallHandler handler = CallHandler.builder()
                .unary(relay, (context, text) -> {
                    if (text.isEmpty()) {
                        return "here";
                    }
                    throw new CallException(CallStatus.valueOf(text), "somebody else");
                })
                .build();
        callee = start(messenger("osd.0").limits(QUICK).service(service(SERVICE, handler)));
        Target only = Target.of(EntityType.OSD, bind(callee));
        caller = start(messenger("client.1").limits(QUICK));
        ServiceClient client = caller.calls().service(SERVICE, Resolver.fixed(List.of(only)), Pick.FIRST);

        for (CallStatus said : List.of(CallStatus.UNAVAILABLE, CallStatus.DRAINING)) {
            CallException failure = failure(client.callAsync(relay, said.name()));
            assertThat(failure.status()).isEqualTo(CallStatus.FAILED);
            assertThat(failure.text()).isEqualTo("somebody else");
            assertThat(failure.neverSent()).isFalse();
            assertThat(get(client.callAsync(relay, ""))).isEqualTo("here");
        }
    }

    @Test
    void whoFindsOnlyPeersThatAreBeingDrainedWaitsForOneThatIsNot() {
        callee = start(messenger("osd.0").limits(QUICK).service(service(SERVICE, handler())));
        List<Target> targets = new CopyOnWriteArrayList<>(List.of(Target.of(EntityType.OSD, bind(callee))));
        caller = start(messenger("client.1").limits(QUICK));
        ServiceClient client = caller.calls()
                .service(SERVICE, () -> CompletableFuture.completedStage(List.copyOf(targets)), Pick.FIRST);
        answer.complete("there");
        assertThat(get(client.callAsync(LATER, ""))).isEqualTo("there");
        assertThat(get(drain(callee)).complete()).isTrue();
        assertRefused(failure(client.callAsync(LATER, "")));

        CompletableFuture<String> waiting = client.callAsync(LATER, "");
        network.settle();
        assertThat(waiting).isNotDone();
        Messenger successor = start(messenger("osd.1").limits(QUICK).service(service(SERVICE, handler())));
        targets.set(0, Target.of(EntityType.OSD, bind(successor)));

        assertThat(get(waiting)).isEqualTo("there");
    }

    private static final class Heard implements Subscription.Listener<String> {
        private final List<String> items = new CopyOnWriteArrayList<>();
        private final List<CallStatus> interruptions = new CopyOnWriteArrayList<>();
        private final List<String> ends = new CopyOnWriteArrayList<>();

        @Override
        public void onPush(Push<String> push) {
            items.add(push.item());
        }

        @Override
        public void onInterrupted(CallException why) {
            interruptions.add(why.status());
        }

        @Override
        public void onEnd(@Nullable CallException why) {
            ends.add(why == null ? "well" : why.status().name());
        }
    }
}
