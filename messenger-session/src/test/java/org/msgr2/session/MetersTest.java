package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.MessageType;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.Codec;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.Pick;
import org.msgr2.session.rpc.Resolver;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.StreamCall;
import org.msgr2.session.rpc.Target;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.CephxRealm;
import org.msgr2.session.testing.FlakyTransport;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** What a messenger tells of itself in numbers, and of its connections one by one. */
class MetersTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7c05;

    private final SimpleMeterRegistry server = new SimpleMeterRegistry();
    private final SimpleMeterRegistry client = new SimpleMeterRegistry();
    private final RecordingDispatcher atServer = new RecordingDispatcher();

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    /** The sum over all meters of that name with these tags. */
    private static double value(SimpleMeterRegistry registry, String name, String... tags) {
        double sum = 0;
        for (Meter meter : registry.get(name).tags(tags).meters()) {
            sum += meter.measure().iterator().next().getValue();
        }
        return sum;
    }

    private Connection connect(Messenger from, EntityAddr addr) {
        Connection connection = from.connect(EntityType.OSD, addr);
        network.get("ready", connection.ready());
        network.settle();
        return connection;
    }

    private void send(Connection connection, int messages, int bytes) {
        for (int i = 1; i <= messages; i++) {
            assertThat(connection.send(message(TYPE, i, bytes)).accepted()).isTrue();
        }
        network.settle();
    }

    @Test
    void bothEndsCountMessagesAndTheBytesThatCarryThem() {
        Messenger osd = start(messenger("osd.3").meters(server).dispatcher(atServer));
        Messenger from = start(messenger("client.7").meters(client));
        Connection connection = connect(from, bind(osd));
        double before = value(client, "msgr2.send.bytes");
        send(connection, 10, 1000);

        assertThat(value(client, "msgr2.send.messages")).isEqualTo(10);
        assertThat(value(server, "msgr2.recv.messages")).isEqualTo(10);
        assertThat(value(client, "msgr2.send.bytes") - before).isBetween(10_000.0, 12_000.0);
        assertThat(value(server, "msgr2.recv.bytes")).isLessThanOrEqualTo(value(client, "msgr2.send.bytes"));
        assertThat(value(server, "msgr2.recv.bytes")).isGreaterThan(10_000);
        assertThat(value(server, "msgr2.recv.encrypted.bytes")).isZero();
        assertThat(value(server, "msgr2.dispatch")).isEqualTo(10);
        assertThat(value(server, "msgr2.created.connections")).isEqualTo(1);
        assertThat(value(server, "msgr2.active.connections", "state", "ready")).isEqualTo(1);
        assertThat(value(server, "msgr2.handshakes", "outcome", "new")).isEqualTo(1);
        assertThat(value(server, "msgr2.accept.decisions", "rule", "IDENT_ANONYMOUS"))
                .isEqualTo(1);
        assertThat(value(server, "msgr2.running.total")).isPositive();
        assertThat(value(server, "msgr2.dispatch.queue.messages")).isZero();
        assertThat(value(server, "msgr2.dispatch.queue.bytes")).isZero();
    }

    @Test
    void largeMessagesAreCountedOnceThoughTheyAreWrittenInPieces() {
        Messenger osd = start(messenger("osd.3").meters(server).dispatcher(atServer));
        Connection connection = connect(start(messenger("client.7").meters(client)), bind(osd));
        send(connection, 2, 3 << 20);
        network.await("both came", () -> atServer.messages().size() == 2);

        assertThat(value(client, "msgr2.send.messages")).isEqualTo(2);
        assertThat(value(server, "msgr2.recv.messages")).isEqualTo(2);
        assertThat(value(client, "msgr2.send.bytes")).isGreaterThan(6 << 20);
    }

    @Test
    void inSecureModeEveryByteOfASessionIsAnEncryptedOne() {
        CephxRealm realm = new CephxRealm(InstantSource.system(), new Random(1)::nextBytes);
        List<ConnectionMode> secure = List.of(ConnectionMode.SECURE);
        Messenger osd = start(messenger("osd.3")
                .auth(self -> realm.auth("osd.3", secure))
                .meters(server)
                .dispatcher(atServer));
        Messenger from = start(messenger("client.7")
                .auth(self -> realm.auth("client.7", secure))
                .meters(client));
        send(connect(from, bind(osd)), 3, 100);

        assertThat(value(server, "msgr2.recv.messages")).isEqualTo(3);
        assertThat(value(server, "msgr2.recv.encrypted.bytes"))
                .isPositive()
                .isEqualTo(value(server, "msgr2.recv.bytes"));
        assertThat(value(client, "msgr2.send.encrypted.bytes"))
                .isPositive()
                .isEqualTo(value(client, "msgr2.send.bytes"));
    }

    @Test
    void aBrokenConnectionIsAFaultAReconnectAndReplayedMessages() {
        Messenger osd = start(messenger("osd.3")
                .acceptPolicy(Policy.statefulServer())
                .meters(server)
                .dispatcher(atServer));
        FlakyTransport breaking = new FlakyTransport(network.transport(leaks.allocator()));
        Messenger from = start(network.messenger("client.7", leaks.allocator(), breaking)
                .dialPolicy(Policy.losslessClient())
                .meters(client));
        Connection connection = connect(from, bind(osd));
        breaking.cut();
        connection.send(message(TYPE, 1, 10));
        network.await("the message comes", () -> atServer.messages().size() == 1);

        assertThat(value(client, "msgr2.reconnects")).isEqualTo(1);
        assertThat(value(server, "msgr2.reconnects")).isEqualTo(1);
        assertThat(value(client, "msgr2.faults", "kind", "transport", "during", "session"))
                .isEqualTo(1);
        assertThat(value(server, "msgr2.handshakes", "outcome", "taken_over")).isEqualTo(1);
        assertThat(value(client, "msgr2.replayed.messages"))
                .isEqualTo((double) from.stats().messagesReplayed());
        assertThat(value(client, "msgr2.created.connections")).isEqualTo(1);
    }

    @Test
    void failuresAreCountedByKindAndByWhatTheyEnded() {
        Messenger osd = start(messenger("osd.3").meters(server));
        EntityAddr addr = bind(osd);
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr)
                .reach(RawPeer.Stage.SESSION);
        peer.close();
        network.settle();
        assertThat(value(server, "msgr2.faults", "kind", "transport", "during", "accepting"))
                .isEqualTo(1);
        assertThat(value(server, "msgr2.handshakes", "outcome", "failed")).isEqualTo(1);
        assertThat(value(server, "msgr2.accepted.streams")).isEqualTo(1);

        Messenger from = start(messenger("client.7").meters(client));
        Connection nobody = from.connect(EntityType.OSD, freeAddr());
        network.await(
                "two attempts fail",
                () -> value(client, "msgr2.faults", "kind", "transport", "during", "dialling") == 2);
        assertThat(value(client, "msgr2.active.connections", "state", "backoff"))
                .isEqualTo(1);
        nobody.markDown();
        assertThat(nobody.send(message(TYPE, 1)).accepted()).isFalse();
        assertThat(value(client, "msgr2.refused.messages", "reason", "closed")).isEqualTo(1);
    }

    @Test
    void keepalivesTellTheRoundTrip() {
        Messenger osd = start(messenger("osd.3").meters(server));
        Connection connection = connect(start(messenger("client.7").meters(client)), bind(osd));
        network.get("an answer", connection.ping());

        Timer timer = client.get("msgr2.keepalive.rtt").timer();
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isLessThan(1);
    }

    @Test
    void everyConnectionIsListedWithWhatWasAgreedAndWhatItHasCarried() {
        Messenger osd =
                start(messenger("osd.3").acceptPolicy(Policy.statefulServer()).dispatcher(atServer));
        EntityAddr addr = bind(osd);
        Messenger from = start(messenger("client.7").dialPolicy(Policy.losslessClient()));
        send(connect(from, addr), 2, 100);
        osd.connect(EntityType.OSD, addr);
        network.settle();

        assertThat(from.listConnections()).singleElement().satisfies(one -> {
            assertThat(one.peerType()).isEqualTo(EntityType.OSD);
            assertThat(one.peerAddr()).isEqualTo(addr);
            assertThat(one.policy()).isEqualTo(Policy.losslessClient());
            assertThat(one.state()).isEqualTo(ConnectionState.READY);
            assertThat(one.info()).isNotNull();
            assertThat(one.traffic().messagesSent()).isEqualTo(2);
            assertThat(one.traffic().bytesSent()).isGreaterThan(200);
            assertThat(one.stats().established()).isEqualTo(1);
            assertThat(one.readingPaused()).isFalse();
            assertThat(one.ourselves()).isFalse();
        });
        assertThat(osd.listConnections()).hasSize(2).anySatisfy(one -> {
            assertThat(one.ourselves()).isTrue();
            assertThat(one.state()).isEqualTo(ConnectionState.READY);
        });
    }

    @Test
    void eachServiceHasItsOwn() {
        Messenger osd = start(messenger("osd.3").meters(server).service(new EchoService()));
        Connection connection = connect(start(messenger("client.7").dispatcher(atServer)), bind(osd));
        assertThat(connection.send(message(MessageType.ECHO.code(), 1, 10)).accepted())
                .isTrue();
        network.await("an answer", () -> atServer.messages().size() == 1);

        String[] echo = {"service", "echo"};
        assertThat(value(server, "msgr2.service.handled.messages", echo)).isEqualTo(1);
        assertThat(value(server, "msgr2.service.work", echo)).isEqualTo(1);
        assertThat(value(server, "msgr2.service.failures", echo)).isZero();
        assertThat(value(server, "msgr2.service.queue.messages", echo)).isZero();
        assertThat(value(server, "msgr2.service.healthy", echo)).isEqualTo(1);
    }

    private static final Method<String, String> LATER =
            Method.unary("later", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> GUARDED = Method.unary("guarded", Codec.utf8(), Codec.utf8());
    private static final Method<String, String> DOUBLE =
            Method.bidirectional("double", Codec.utf8(), Codec.utf8()).open();

    private final CompletableFuture<String> later = new CompletableFuture<>();
    private EntityAddr addr;

    /** A client of a service with these. */
    private ServiceClient called() {
        Service names = new Service() {
            @Override
            public String name() {
                return "names";
            }

            @Override
            public CallHandler calls() {
                return CallHandler.builder()
                        .async(LATER, (context, text) -> later)
                        .unary(GUARDED, (context, text) -> text)
                        .bidirectional(
                                DOUBLE,
                                (context, from, to) -> from.onItems(() -> {
                                    for (String item = from.poll(); item != null; item = from.poll()) {
                                        to.offer(item);
                                        to.offer(item);
                                    }
                                    if (from.isExhausted()) {
                                        to.end();
                                    }
                                }))
                        .build();
            }
        };
        Messenger osd = start(messenger("osd.3").meters(server).service(names));
        Messenger from = start(messenger("client.7").meters(client));
        addr = bind(osd);
        return from.calls().service("names", connect(from, addr));
    }

    private static void assertEnded(
            SimpleMeterRegistry registry, String end, String method, String outcome, int calls) {
        assertThat(value(registry, end + ".ended.calls", "method", method, "outcome", outcome))
                .isEqualTo(calls);
        assertThat(value(registry, end + ".ended.calls", "method", method)).isEqualTo(calls);
        assertThat(value(registry, end + ".started.calls", "method", method)).isEqualTo(calls);
        assertThat(value(registry, end + ".active.calls", "method", method)).isZero();
    }

    @Test
    void callsAreCountedAndTimedAtBothEnds() {
        ServiceClient names = called();
        CompletableFuture<String> call = names.callAsync(LATER, "");
        network.settle();
        for (SimpleMeterRegistry registry : List.of(client, server)) {
            String end = registry == client ? "msgr2.client" : "msgr2.service";
            assertThat(value(registry, end + ".started.calls", "service", "names", "method", "later"))
                    .isEqualTo(1);
            assertThat(value(registry, end + ".active.calls", "service", "names", "method", "later"))
                    .isEqualTo(1);
            assertThat(value(registry, end + ".ended.calls")).isZero();
        }
        network.time().advance(Duration.ofSeconds(3));
        later.complete("now");
        network.get("an answer", call);

        for (SimpleMeterRegistry registry : List.of(client, server)) {
            String end = registry == client ? "msgr2.client" : "msgr2.service";
            assertEnded(registry, end, "later", "ok", 1);
            FunctionTimer timer =
                    registry.get(end + ".calls").tag("method", "later").functionTimer();
            assertThat(timer.count()).isEqualTo(1);
            assertThat(timer.totalTime(TimeUnit.SECONDS)).isBetween(3.0, 4.0);
        }
    }

    @Test
    void refusedCallsAreCountedByTheirReason() {
        ServiceClient names = called();
        CompletableFuture<String> call = names.callAsync(GUARDED, "");
        network.await("refused", call::isCompletedExceptionally);

        assertEnded(server, "msgr2.service", "guarded", "permission_denied", 1);
        assertEnded(client, "msgr2.client", "guarded", "permission_denied", 1);
        assertThat(value(server, "msgr2.service.calls", "method", "guarded"))
                .as("nothing to be timed")
                .isZero();
    }

    @Test
    void namesThatAPeerMakesUpMakeNoMeters() {
        ServiceClient names = called();
        ServiceClient nobody = start(messenger("client.8").meters(client))
                .calls()
                .service("made-up", Resolver.fixed(List.of(Target.of(EntityType.OSD, addr))), Pick.FIRST);
        int before = server.getMeters().size();
        for (int i = 0; i < 5; i++) {
            Method<String, String> madeUp = Method.unary("made-up-" + i, Codec.utf8(), Codec.utf8());
            CompletableFuture<String> unknownMethod = names.callAsync(madeUp, "");
            CompletableFuture<String> unknownService = nobody.callAsync(madeUp, "");
            network.await("refused", () -> unknownMethod.isDone() && unknownService.isDone());
        }

        assertThat(server.getMeters()).hasSize(before);
        assertThat(value(
                        server,
                        "msgr2.service.ended.calls",
                        "service",
                        "names",
                        "method",
                        "_unknown",
                        "outcome",
                        "unknown_method"))
                .isEqualTo(5);
        assertThat(value(server, "msgr2.service.ended.calls", "service", "_unknown", "outcome", "unknown_service"))
                .isEqualTo(5);
        assertThat(value(client, "msgr2.client.ended.calls", "method", "made-up-3", "outcome", "unknown_method"))
                .isEqualTo(1);
    }

    @Test
    void itemsOfStreamsAreCountedInBothDirections() {
        ServiceClient names = called();
        StreamCall<String, String> stream = names.open(DOUBLE, null, CallOptions.DEFAULT);
        for (int i = 0; i < 5; i++) {
            network.await("taken", () -> stream.requests().offer("item"));
        }
        stream.endRequests();
        network.get("the end", stream.ended());

        String[] method = {"service", "names", "method", "double"};
        assertThat(value(client, "msgr2.client.send.items", method)).isEqualTo(5);
        assertThat(value(server, "msgr2.service.recv.items", method)).isEqualTo(5);
        assertThat(value(server, "msgr2.service.send.items", method)).isEqualTo(10);
        assertThat(value(client, "msgr2.client.recv.items", method)).isEqualTo(10);
        stream.close();
    }

    @Test
    void aClosedMessengerLeavesNoMeter() {
        Messenger osd = start(messenger("osd.3").meters(server).service(new EchoService()));
        assertThat(value(server, "msgr2.service.healthy", "service", "echo")).isEqualTo(1);
        network.close(osd);
        assertThat(server.getMeters()).isEmpty();
        assertThat(server.isClosed()).isFalse();
    }

    @Test
    void twoMessengersOfOneNameDoNotShareARegistry() {
        start(messenger("osd.3").meters(server));
        int meters = server.getMeters().size();
        assertThatThrownBy(() -> messenger("osd.3").meters(server).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("give each messenger");
        assertThat(server.getMeters()).hasSize(meters);
        start(messenger("osd.4").meters(server));
        assertThat(server.getMeters()).hasSize(2 * meters);
    }
}
