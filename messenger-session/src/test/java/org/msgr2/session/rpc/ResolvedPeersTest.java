package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.Messenger;
import org.msgr2.session.testing.TestNetwork;

/** A service at one of several peers. */
class ResolvedPeersTest extends CallsTestBase {
    private static final Method<String, String> WHO =
            Method.unary("who", Codec.utf8(), Codec.utf8()).open();

    private final List<Messenger> callees = new ArrayList<>();
    private final List<Target> targets = new ArrayList<>();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    private void callees(int count) {
        for (int i = 0; i < count; i++) {
            String name = "osd." + i;
            CallHandler handler =
                    CallHandler.builder().unary(WHO, (context, text) -> name).build();
            Messenger messenger =
                    start(messenger(name).service(service(SERVICE, handler)).limits(QUICK));
            callees.add(messenger);
            targets.add(Target.of(EntityType.OSD, bind(messenger)));
        }
    }

    private ServiceClient client(Resolver resolver, Pick pick) {
        caller = start(messenger("client.1").limits(QUICK));
        return caller.calls().service(SERVICE, resolver, pick);
    }

    private String who(ServiceClient client) {
        return get(client.callAsync(WHO, ""));
    }

    @Test
    void theFirstIsCalledAsLongAsItCanBeAndThenTheNext() {
        callees(3);
        ServiceClient client = client(Resolver.fixed(targets), Pick.FIRST);
        assertThat(IntStream.range(0, 5).mapToObj(i -> who(client))).containsOnly("osd.0");

        network.close(callees.get(0));
        network.settle();

        assertThat(IntStream.range(0, 5).mapToObj(i -> who(client))).containsOnly("osd.1");
    }

    @Test
    void allTakeTurnsAndWhoIsGoneIsLeftOut() {
        callees(3);
        ServiceClient client = client(Resolver.fixed(targets), Pick.ROUND_ROBIN);
        who(client);
        network.settle();
        Set<String> all = new TreeSet<>();
        for (int i = 0; i < 9; i++) {
            all.add(who(client));
        }

        network.close(callees.get(1));
        network.settle();
        Set<String> rest = new TreeSet<>();
        for (int i = 0; i < 9; i++) {
            rest.add(who(client));
        }

        assertThat(all).containsExactly("osd.0", "osd.1", "osd.2");
        assertThat(rest).containsExactly("osd.0", "osd.2");
    }

    @Test
    void aCallWaitsUntilThereIsAPeerAndTheResolverIsAskedAgain() {
        callees(1);
        EntityAddr nobody = freeAddr();
        AtomicInteger asked = new AtomicInteger();
        Resolver resolver = () -> switch (asked.incrementAndGet()) {
            case 1 -> CompletableFuture.failedStage(new IllegalStateException("no DNS today"));
            case 2 -> CompletableFuture.completedStage(List.of(Target.of(EntityType.OSD, nobody)));
            default -> CompletableFuture.completedStage(targets);
        };

        assertThat(who(client(resolver, Pick.FIRST))).isEqualTo("osd.0");
        assertThat(asked).hasValue(3);
    }

    @Test
    void whoNeverGetsAPeerHasCertainlySentNothing() {
        ServiceClient client = client(Resolver.fixed(List.of(Target.of(EntityType.OSD, freeAddr()))), Pick.FIRST);

        CallException failure = failure(client.callAsync(WHO, "", CallOptions.within(Duration.ofSeconds(2))));

        assertThat(failure.status()).isEqualTo(CallStatus.DEADLINE_EXCEEDED);
        assertThat(failure.neverSent()).isTrue();
    }

    @Test
    void thoseThatWaitAreBounded() {
        ServiceClient client = client(Resolver.fixed(List.of(Target.of(EntityType.OSD, freeAddr()))), Pick.FIRST);
        List<CompletableFuture<String>> waiting = IntStream.range(
                        0, QUICK.calls().waitingMax())
                .mapToObj(i -> client.callAsync(WHO, ""))
                .toList();

        CallException failure = failure(client.callAsync(WHO, ""));

        assertThat(failure.status()).isEqualTo(CallStatus.BACK_PRESSURED);
        waiting.forEach(call -> call.cancel(false));
        assertThat(waiting).allMatch(CompletableFuture::isDone);
    }
}
