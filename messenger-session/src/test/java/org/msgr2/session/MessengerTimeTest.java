package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.TestNetwork;

/** What a messenger does when time passes: to the nanosecond, in virtual time. */
class MessengerTimeTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7d00;
    private static final Duration TICK = Duration.ofNanos(1);

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    private Messenger server() {
        return start(messenger("osd.3").dispatcher(atServer).service(new EchoService()));
    }

    private Messenger client() {
        return start(messenger("client.7").dispatcher(atClient));
    }

    private Connection connect(Messenger client, EntityAddr addr) {
        Connection connection = client.connect(EntityType.OSD, addr);
        network.settle();
        assertThat(connection.ready().toCompletableFuture()).isDone();
        return connection;
    }

    private void advance(Duration by) {
        network.time().advance(by);
    }

    /** Asserts that it is true after that time, and not a nanosecond before. */
    private void becomesTrueAfter(Duration time, BooleanSupplier condition) {
        advance(time.minus(TICK));
        assertThat(condition.getAsBoolean()).as("before " + time).isFalse();
        advance(TICK);
        assertThat(condition.getAsBoolean()).as("at " + time).isTrue();
    }

    // --- Dialling

    @Scenario("P40")
    @Test
    void dialsAgainAfter200MillisecondsDoublingTo15Seconds() {
        EntityAddr addr = freeAddr();
        Connection connection = client().connect(EntityType.OSD, addr);
        network.settle();
        long[] waitsMs = {200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000, 15_000};
        for (int i = 0; i < waitsMs.length; i++) {
            List<SessionEvent.AttemptFailed> failed = atClient.all(SessionEvent.AttemptFailed.class);
            assertThat(failed).hasSize(i + 1);
            assertThat(failed.get(i).attempt()).isEqualTo(i + 1);
            assertThat(failed.get(i).retryIn()).isEqualTo(Duration.ofMillis(waitsMs[i]));
            assertThat(failed.get(i).cause().kind()).isEqualTo(FaultKind.TRANSPORT);
            int attempts = i + 2;
            becomesTrueAfter(
                    Duration.ofMillis(waitsMs[i]), () -> atClient.count(SessionEvent.AttemptFailed.class) == attempts);
        }
        assertThat(connection.ready().toCompletableFuture()).isNotDone();

        connection.send(message(TYPE, 1));
        bind(server(), addr);
        becomesTrueAfter(
                Duration.ofSeconds(15),
                () -> connection.ready().toCompletableFuture().isDone());
        network.settle();
        assertThat(atServer.tids()).containsExactly(1L);
        assertThat(atClient.count(SessionEvent.Connected.class)).isEqualTo(1);
    }

    @Test
    void givesUpAPeerThatDoesNotBecomeReadyWithin10Seconds() {
        EntityAddr silent = RawPeer.listen(network, network.transport(leaks.allocator()), peer -> {})
                .addr();
        Connection connection = client().connect(EntityType.OSD, silent);
        becomesTrueAfter(Duration.ofSeconds(10), () -> atClient.count(SessionEvent.AttemptFailed.class) == 1);
        SessionEvent.AttemptFailed failed =
                atClient.all(SessionEvent.AttemptFailed.class).get(0);
        assertThat(failed.cause().kind()).isEqualTo(FaultKind.TIMEOUT);
        assertThat(failed.cause())
                .hasMessageContaining(silent.toString())
                .hasMessageContaining("PT10S")
                .hasMessageContaining("waiting for the banner");
        assertThat(failed.retryIn()).isEqualTo(Duration.ofMillis(200));
        becomesTrueAfter(Duration.ofMillis(10_200), () -> atClient.count(SessionEvent.AttemptFailed.class) == 2);
        connection.markDown();
    }

    @ParameterizedTest
    @EnumSource(value = RawPeer.Stage.class, names = "READY", mode = EnumSource.Mode.EXCLUDE)
    void saysWhatItWaitedForWhenAPeerFallsSilent(RawPeer.Stage stage) {
        EntityAddr addr = RawPeer.listen(network, network.transport(leaks.allocator()), peer -> peer.reach(stage))
                .addr();
        client().connect(EntityType.OSD, addr);
        becomesTrueAfter(Duration.ofSeconds(10), () -> atClient.count(SessionEvent.AttemptFailed.class) == 1);
        String waitedFor = switch (stage) {
            case BANNER -> "the banner";
            case HELLO -> "HELLO";
            case AUTH -> "the answer to AUTH_REQUEST";
            case SIGNATURE -> "AUTH_SIGNATURE";
            case SESSION -> "SERVER_IDENT";
            case READY -> "nothing";
        };
        assertThat(atClient.all(SessionEvent.AttemptFailed.class).get(0).cause())
                .hasMessageContaining(addr.toString())
                .hasMessageEndingWith("waiting for " + waitedFor);
    }

    @Test
    void startsItsBackOffAnewAfterASuccess() {
        EntityAddr addr = freeAddr();
        Messenger client = client();
        Connection first = client.connect(EntityType.OSD, addr);
        advance(Duration.ofMinutes(1));
        Messenger server = server();
        bind(server, addr);
        advance(Duration.ofSeconds(15));
        assertThat(first.info()).isNotNull();
        network.close(server);
        network.settle();
        int before = atClient.count(SessionEvent.AttemptFailed.class);
        client.connect(EntityType.OSD, addr);
        network.settle();
        assertThat(atClient.all(SessionEvent.AttemptFailed.class).get(before).attempt())
                .isEqualTo(1);
        assertThat(atClient.all(SessionEvent.AttemptFailed.class).get(before).retryIn())
                .isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void dialsNotAgainWhenALossyConnectionHasBroken() {
        Messenger server = server();
        EntityAddr addr = bind(server);
        Messenger client = client();
        connect(client, addr);
        server.connections().forEach(Connection::markDown);
        advance(Duration.ofHours(1));
        assertThat(atClient.count(SessionEvent.Reset.class)).isEqualTo(1);
        assertThat(atClient.count(SessionEvent.AttemptFailed.class)).isZero();
        assertThat(server.stats().accepted()).isEqualTo(1);
        assertThat(client.connections()).isEmpty();
    }

    // --- Staying

    @Scenario("P10")
    @Test
    void endsAConnectionOnWhichNothingIsReceivedFor900Seconds() {
        EntityAddr addr = RawPeer.listen(
                        network, network.transport(leaks.allocator()), peer -> peer.reach(RawPeer.Stage.READY))
                .addr();
        Connection connection = connect(client(), addr);
        advance(Duration.ofSeconds(500));
        connection.send(message(TYPE, 1));
        becomesTrueAfter(Duration.ofSeconds(400), () -> atClient.count(SessionEvent.Reset.class) == 1);
        assertThat(atClient.all(SessionEvent.Reset.class).get(0).cause().kind()).isEqualTo(FaultKind.TIMEOUT);
        assertThat(atClient.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining(addr.toString())
                .hasMessageContaining("PT15M");
        assertThat(connection.closed().toCompletableFuture()).isDone();
    }

    @Test
    void endsAnAcceptedConnectionThatIsIdleToo() {
        EntityAddr addr = bind(server());
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr)
                .reach(RawPeer.Stage.READY);
        network.settle();
        advance(Duration.ofSeconds(800));
        peer.send(peer.message(TYPE, 1, 1, new byte[10]));
        network.settle();
        becomesTrueAfter(Duration.ofMinutes(15), () -> atServer.count(SessionEvent.Reset.class) == 1);
        assertThat(peer.isClosed()).isTrue();
    }

    @Test
    void keepsAConnectionWhosePeersTalk() {
        EntityAddr addr = bind(server());
        Connection connection = connect(client(), addr);
        for (int i = 0; i < 10; i++) {
            advance(Duration.ofSeconds(899));
            network.get("the answer", connection.ping());
        }
        assertThat(atClient.count(SessionEvent.Reset.class)).isZero();
        assertThat(atServer.count(SessionEvent.Reset.class)).isZero();
    }

    @Test
    void keepsAConnectionAliveIfItIsAskedTo() {
        EntityAddr addr = bind(server());
        Messenger client = start(messenger("client.7").dispatcher(atClient).keepaliveInterval(Duration.ofSeconds(10)));
        connect(client, addr);
        advance(Duration.ofHours(2));
        assertThat(atClient.events()).hasSize(1);
        assertThat(atServer.events()).hasSize(1);
    }

    @Test
    void sendsAKeepaliveEachInterval() {
        List<RawPeer> peers = new ArrayList<>();
        EntityAddr addr = RawPeer.listen(network, network.transport(leaks.allocator()), peer -> {
                    peers.add(peer);
                    peer.reach(RawPeer.Stage.READY);
                })
                .addr();
        Messenger client = start(messenger("client.7").dispatcher(atClient).keepaliveInterval(Duration.ofSeconds(10)));
        connect(client, addr);
        int before = peers.get(0).frames().size();
        for (int i = 0; i < 5; i++) {
            int sent = before + i + 1;
            becomesTrueAfter(Duration.ofSeconds(10), () -> peers.get(0).frames().size() == sent);
            ControlFrame frame = peers.get(0).lastFrame().control();
            assertThat(frame).isInstanceOf(ControlFrame.Keepalive2.class);
            assertThat(((ControlFrame.Keepalive2) frame).timestamp().toInstant())
                    .isEqualTo(network.time().wallClock().instant());
            peers.get(0).send(new ControlFrame.Keepalive2Ack(((ControlFrame.Keepalive2) frame).timestamp()));
            network.settle();
        }
    }

    @Scenario("P45")
    @Test
    void endsAConnectionThatDoesNotAnswerAKeepaliveWithin30Seconds() {
        EntityAddr addr = RawPeer.listen(
                        network, network.transport(leaks.allocator()), peer -> peer.reach(RawPeer.Stage.READY))
                .addr();
        Connection connection = connect(client(), addr);
        CompletionStage<Duration> ping = connection.ping();
        network.settle();
        advance(Duration.ofSeconds(20));
        CompletionStage<Duration> second = connection.ping();
        becomesTrueAfter(Duration.ofSeconds(10), () -> atClient.count(SessionEvent.Reset.class) == 1);
        assertThat(atClient.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining("KEEPALIVE2 not answered within PT30S");
        assertThat(ping.toCompletableFuture()).isCompletedExceptionally();
        assertThat(second.toCompletableFuture()).isCompletedExceptionally();
    }

    @Test
    void measuresTheTimeThatAnAnswerTakes() {
        List<RawPeer> peers = new ArrayList<>();
        EntityAddr addr = RawPeer.listen(network, network.transport(leaks.allocator()), peer -> {
                    peers.add(peer);
                    peer.reach(RawPeer.Stage.READY);
                })
                .addr();
        Connection connection = connect(client(), addr);
        CompletionStage<Duration> first = connection.ping();
        advance(Duration.ofMillis(30));
        CompletionStage<Duration> second = connection.ping();
        advance(Duration.ofMillis(4));
        List<RawPeer.In> frames = peers.get(0).frames().stream()
                .filter(frame -> frame.is(Tag.KEEPALIVE2))
                .toList();
        assertThat(frames).hasSize(2);
        for (RawPeer.In frame : frames) {
            peers.get(0).send(peers.get(0).raw(Tag.KEEPALIVE2_ACK.code(), frame.bytes(0)));
        }
        assertThat(network.get("first", first)).isEqualTo(Duration.ofMillis(34));
        assertThat(network.get("second", second)).isEqualTo(Duration.ofMillis(4));
    }

    @Test
    void blamesNoPeerForTheTimeInWhichItDoesNotRead() {
        HeldExecutor busy = new HeldExecutor(network.time().workers());
        Messenger server = start(messenger("osd.3")
                .dispatcher(atServer)
                .workerPool(busy)
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(100, 1))));
        EntityAddr addr = bind(server);
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr)
                .reach(RawPeer.Stage.READY);
        for (int i = 1; i <= 5; i++) {
            peer.send(peer.message(TYPE, i, i, new byte[100]));
        }
        advance(Duration.ofHours(5));
        assertThat(peer.isClosed()).isFalse();
        busy.release();
        network.settle();
        assertThat(atServer.tids()).containsExactly(1L, 2L, 3L, 4L, 5L);
        becomesTrueAfter(Duration.ofMinutes(15), peer::isClosed);
    }

    // --- Closing

    @Test
    void waits5SecondsForWhatIsQueuedWhenItCloses() {
        EntityAddr silent = RawPeer.listen(network, network.transport(leaks.allocator()), peer -> {})
                .addr();
        Connection connection = client().connect(EntityType.OSD, silent);
        connection.send(message(TYPE, 1, 10));
        connection.send(message(TYPE, 2, 10));
        CompletionStage<Void> closed = connection.close();
        network.settle();
        becomesTrueAfter(
                Duration.ofSeconds(5), () -> closed.toCompletableFuture().isDone());
        network.settle();
        assertThat(atClient.all(SessionEvent.Discarded.class))
                .singleElement()
                .satisfies(event -> assertThat(event.messages()).isEqualTo(2));
        assertThat(atClient.count(SessionEvent.Reset.class)).isZero();
    }

    @Test
    void waitsForNoFurtherAttemptWhenItCloses() {
        Connection connection = client().connect(EntityType.OSD, freeAddr());
        connection.send(message(TYPE, 1, 10));
        CompletionStage<Void> closed = connection.close();
        network.settle();
        assertThat(closed.toCompletableFuture()).isDone();
        assertThat(atClient.all(SessionEvent.Discarded.class)).hasSize(1);
        assertThat(atClient.events()).hasSize(1);
    }

    @Test
    void sendsWhatIsQueuedIfItBecomesReadyWhileItCloses() {
        EntityAddr addr = freeAddr();
        Connection connection = client().connect(EntityType.OSD, addr);
        connection.send(message(TYPE, 1, 10));
        network.settle();
        advance(Duration.ofMillis(100));
        CompletionStage<Void> closed = connection.close();
        bind(server(), addr);
        advance(Duration.ofMillis(100));
        assertThat(closed.toCompletableFuture()).isDone();
        assertThat(atServer.count(Received.class)).isEqualTo(1);
        assertThat(atClient.count(SessionEvent.Discarded.class)).isZero();
    }

    // --- Peers that take their time

    @Scenario("B12")
    @Test
    void dropsAPeerThatSaysNothingAfter10Seconds() {
        Messenger server = server();
        EntityAddr addr = bind(server);
        RawPeer silent = RawPeer.dial(network, network.transport(leaks.allocator()), addr);
        network.settle();
        assertThat(server.stats().handshakes()).isEqualTo(1);
        becomesTrueAfter(Duration.ofSeconds(10), silent::isClosed);
        assertThat(server.stats().handshakes()).isZero();
        assertThat(server.stats().handshakesFailed()).isEqualTo(1);
    }

    @Scenario("B12")
    @Test
    void dropsAPeerThatDribblesAfter10Seconds() {
        EntityAddr addr = bind(server());
        RawPeer slow = RawPeer.dial(network, network.transport(leaks.allocator()), addr);
        byte[] all = slow.allSteps();
        for (int i = 0; i < 99; i++) {
            advance(Duration.ofMillis(100));
            slow.send(new byte[] {all[i]});
        }
        network.settle();
        assertThat(slow.isClosed()).isFalse();
        becomesTrueAfter(Duration.ofMillis(100), slow::isClosed);
    }

    @ParameterizedTest
    @EnumSource(value = RawPeer.Stage.class, names = "READY", mode = EnumSource.Mode.EXCLUDE)
    @Scenario("B12")
    void dropsAPeerThatFallsSilentAtAnyStageAfter10Seconds(RawPeer.Stage stage) {
        EntityAddr addr = bind(server());
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr);
        advance(Duration.ofSeconds(3));
        peer.reach(stage);
        becomesTrueAfter(Duration.ofSeconds(7), peer::isClosed);
    }

    @Test
    void keepsAPeerThatBecameReadyInTime() {
        EntityAddr addr = bind(server());
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr);
        advance(Duration.ofSeconds(10).minus(TICK));
        peer.reach(RawPeer.Stage.READY);
        advance(Duration.ofMinutes(14));
        assertThat(peer.isClosed()).isFalse();
        assertThat(peer.lastFrame().is(Tag.SERVER_IDENT)).isTrue();
    }

    @Scenario("B07")
    @Test
    void sendsItsBannerToAPeerThatDelaysItsOwn() {
        EntityAddr addr = bind(server());
        RawPeer late = RawPeer.dial(network, network.transport(leaks.allocator()), addr);
        network.settle();
        assertThat(late.received()).hasSize(26).startsWith("ceph v2\n".getBytes(StandardCharsets.US_ASCII));
        advance(Duration.ofSeconds(9));
        late.reach(RawPeer.Stage.READY);
        network.settle();
        assertThat(late.lastFrame().is(Tag.SERVER_IDENT)).isTrue();
    }

    @Scenario("B07")
    @Test
    void dialsAPeerThatDelaysItsBanner() {
        List<RawPeer> peers = new ArrayList<>();
        EntityAddr addr = RawPeer.listen(network, network.transport(leaks.allocator()), peers::add)
                .addr();
        Connection connection = client().connect(EntityType.OSD, addr);
        network.settle();
        assertThat(peers.get(0).received()).hasSize(26);
        advance(Duration.ofSeconds(9));
        peers.get(0).reach(RawPeer.Stage.READY);
        network.settle();
        assertThat(connection.info()).isNotNull();
    }
}
