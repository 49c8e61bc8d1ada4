package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Connection;
import org.msgr2.session.testing.TestNetwork;

/** A client that is closed while its messenger goes on. */
class ClosedClientTest extends CallsTestBase {
    private static final Method<String, String> HANG =
            Method.unary("hang", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> ECHO =
            Method.unary("echo", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> STREAM =
            Method.serverStream("stream", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> WATCH =
            Method.subscription("watch", Codec.utf8(), Codec.utf8()).open();

    private final List<CallContext> hanging = new CopyOnWriteArrayList<>();
    private final List<String> ends = new CopyOnWriteArrayList<>();

    private final Subscription.Listener<String> listener = new Subscription.Listener<>() {
        @Override
        public void onPush(Push<String> push) {}

        @Override
        public void onEnd(@Nullable CallException why) {
            ends.add(why == null ? "well" : why.status() + " " + why.text());
        }
    };

    private final CallHandler handler = CallHandler.builder()
            .async(HANG, (context, text) -> {
                hanging.add(context);
                return new CompletableFuture<>();
            })
            .unary(ECHO, (context, text) -> text)
            .serverStream(STREAM, (context, text, items) -> hanging.add(context))
            .subscription(WATCH, (context, text, token, items) -> hanging.add(context))
            .build();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    private ServiceClient resolved(EntityAddr at) {
        return caller.calls().service(SERVICE, Resolver.fixed(List.of(Target.of(EntityType.OSD, at))), Pick.FIRST);
    }

    /** Without a connection of the application's own. */
    private void start() {
        callee = start(messenger("osd.1").limits(QUICK).service(service(SERVICE, handler)));
        addr = bind(callee);
        caller = start(messenger("client.1").limits(QUICK));
    }

    private static void assertClosed(CallException failure, CallStatus status, boolean neverSent) {
        assertThat(failure.status()).isEqualTo(status);
        assertThat(failure.text()).isEqualTo("the client is closed");
        assertThat(failure.neverSent()).isEqualTo(neverSent);
    }

    private void assertEverythingEnds(ServiceClient client, ServiceClient intercepted) {
        CompletableFuture<String> call = client.callAsync(HANG, "");
        CompletableFuture<String> other = intercepted.callAsync(HANG, "");
        StreamCall<String, String> stream = client.open(STREAM, "", CallOptions.DEFAULT);
        Subscription subscription = client.subscribe(WATCH, "", Opaque.EMPTY, CallOptions.DEFAULT, listener);
        network.await("the callee has them", () -> hanging.size() == 4);

        client.close();
        client.close();

        assertClosed(failure(call), CallStatus.CANCELLED, false);
        assertClosed(failure(other), CallStatus.CANCELLED, false);
        assertClosed(failure(stream.ended()), CallStatus.CANCELLED, false);
        network.await("the subscription ends", () -> !ends.isEmpty());
        network.await("the callee knows", () -> hanging.stream().allMatch(CallContext::isCancelled));
        assertClosed(failure(client.callAsync(ECHO, "late")), CallStatus.NOT_SENT, true);
        assertClosed(failure(intercepted.callAsync(ECHO, "late")), CallStatus.NOT_SENT, true);
        client.subscribe(WATCH, "", Opaque.EMPTY, CallOptions.DEFAULT, listener).close();
        subscription.close();
        network.settle();
        assertThat(ends).containsExactly("CANCELLED the client is closed", "NOT_SENT the client is closed");
    }

    @Test
    void endsWhatItHasUnderWayAndTheConnectionThatItHasDialled() {
        start();
        ServiceClient client = resolved(addr);

        assertEverythingEnds(client, client.intercept(new CallerInterceptor() {}));

        network.await("nobody needs it", () -> caller.connections().isEmpty());
        assertThat(get(resolved(addr).callAsync(ECHO, "another goes on"))).isEqualTo("another goes on");
    }

    @Test
    void aConnectionThatWasGivenStays() {
        ServiceClient client = open(handler);

        assertEverythingEnds(client, client.intercept(new CallerInterceptor() {}));

        assertThat(get(caller.calls().service(SERVICE, connection).callAsync(ECHO, "still there")))
                .isEqualTo("still there");
        assertThat(caller.connections()).containsExactly(connection);
    }

    @Test
    void aConnectionThatWasThereBeforeStays() {
        ServiceClient own = open(handler);
        get(own.callAsync(ECHO, ""));
        ServiceClient client = resolved(addr);
        assertThat(get(client.callAsync(ECHO, "the same"))).isEqualTo("the same");
        assertThat(caller.connections()).hasSize(1);

        client.close();
        network.settle();

        assertThat(get(own.callAsync(ECHO, "still there"))).isEqualTo("still there");
    }

    @Test
    void aConnectionThatTwoHaveDialledEndsWithTheSecond() {
        start();
        ServiceClient first = resolved(addr);
        ServiceClient second = resolved(addr);
        get(first.callAsync(ECHO, ""));
        get(second.callAsync(ECHO, ""));
        Connection shared = caller.connections().iterator().next();

        first.close();
        network.settle();
        assertThat(get(second.callAsync(ECHO, "still there"))).isEqualTo("still there");
        assertThat(caller.connections()).containsExactly(shared);
        second.close();

        network.await("nobody needs it", () -> caller.connections().isEmpty());
    }

    @Test
    void whatWaitsForAPeerEndsAndTheResolverIsNotAskedAgain() {
        start();
        AtomicInteger asked = new AtomicInteger();
        EntityAddr nobody = freeAddr();
        ServiceClient client = caller.calls()
                .service(
                        SERVICE,
                        () -> asked.incrementAndGet() % 2 == 0
                                ? CompletableFuture.completedStage(List.of(Target.of(EntityType.OSD, nobody)))
                                : CompletableFuture.failedStage(new IllegalStateException("no DNS today")),
                        Pick.FIRST);
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            waiting.add(client.callAsync(ECHO, ""));
        }
        network.await("it is asked again and again", () -> asked.get() == 3);

        client.close();

        waiting.forEach(call -> assertClosed(failure(call), CallStatus.NOT_SENT, true));
        ((TestNetwork.Virtual) network).time().advance(Duration.ofMinutes(1));
        assertThat(asked).hasValue(3);
        network.await("nobody is dialled any more", () -> caller.connections().isEmpty());
    }

    @Test
    void anAnswerOfTheResolverThatComesTooLateDialsNobody() {
        start();
        CompletableFuture<List<Target>> answer = new CompletableFuture<>();
        ServiceClient client = caller.calls().service(SERVICE, () -> answer, Pick.FIRST);
        CompletableFuture<String> call = client.callAsync(ECHO, "");
        network.settle();

        client.close();
        answer.complete(List.of(Target.of(EntityType.OSD, addr)));
        network.settle();

        assertClosed(failure(call), CallStatus.NOT_SENT, true);
        assertThat(caller.connections()).isEmpty();
    }
}
