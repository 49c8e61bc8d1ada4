package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.message.Priority;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.SendResult.Outcome;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.TestNetwork;

/** What a messenger promises its users, on every network. */
public abstract class MessengerContractTest extends NetworkTestBase<TestNetwork> {
    private static final int TYPE = 0x7d00;
    private static final int OTHER_TYPE = 0x7d01;
    private static final int KIB = 1024;
    private static final int MIB = 1024 * KIB;

    /** Retries at once, so that a test does not wait. */
    private static final Limits QUICK = Limits.defaults()
            .withTimeouts(Limits.defaults().timeouts().withBackoff(Duration.ofMillis(10), Duration.ofMillis(20)));

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();

    private Messenger server(String name) {
        return start(messenger(name).dispatcher(atServer).service(new EchoService()));
    }

    private Messenger client(String name) {
        return start(messenger(name).dispatcher(atClient).limits(QUICK));
    }

    private Connection connect(Messenger client, EntityAddr addr) {
        Connection connection = client.connect(EntityType.OSD, addr);
        network.get("the connection is ready", connection.ready());
        return connection;
    }

    /** A ready connection between a client and a server that records. */
    private Connection pair() {
        return connect(client("client.7"), bind(server("osd.3")));
    }

    // --- Becoming ready

    @Test
    void tellsBothEndsWhoTheOtherIs() {
        Messenger server = server("osd.3");
        EntityAddr addr = bind(server);
        Messenger client = client("client.7");
        Connection connection = client.connect(EntityType.OSD, addr);
        assertThat(connection.peerType()).isEqualTo(EntityType.OSD);
        assertThat(connection.peerAddr()).isEqualTo(addr);

        ConnectionInfo info = network.get("ready", connection.ready());
        assertThat(info.peerName()).isEqualTo(EntityName.parse("osd.3"));
        assertThat(info.peerAddrs()).isEqualTo(EntityAddrVec.of(addr)).isEqualTo(server.addresses());
        assertThat(info.localAddrs()).isEqualTo(client.addresses());
        assertThat(info.localAddrs().first().toString()).startsWith("any:127.0.0.1:0/");
        assertThat(info.revision()).isEqualTo(Revision.MSGR2_1);
        assertThat(info.mode()).isEqualTo(ConnectionMode.CRC);
        assertThat(info.peerBanner()).isEqualTo(BannerFeatures.REVISION_1);
        assertThat(info.features()).isEqualTo(CephFeatures.MESSENGER);
        assertThat(info.lossy()).isTrue();
        assertThat(connection.info()).isEqualTo(info);
        network.await("the event", () -> atClient.count(SessionEvent.Connected.class) == 1);
        assertThat(atClient.all(SessionEvent.Connected.class).get(0).info()).isEqualTo(info);

        network.await("accepted", () -> atServer.count(SessionEvent.Accepted.class) == 1);
        ConnectionInfo theirs = atServer.all(SessionEvent.Accepted.class).get(0).info();
        assertThat(theirs.peerName()).isEqualTo(EntityName.parse("client.7"));
        assertThat(theirs.identity().name()).isEqualTo(EntityName.parse("client.7"));
        assertThat(theirs.identity().method()).isEqualTo(AuthMethod.NONE);
        assertThat(theirs.identity().authenticated()).isFalse();
        assertThat(theirs.peerAddrs()).isEqualTo(client.addresses());
        assertThat(theirs.localAddrs()).isEqualTo(server.addresses());
        assertThat(theirs.revision()).isEqualTo(Revision.MSGR2_1);
        assertThat(theirs.features()).isEqualTo(CephFeatures.MESSENGER);
        assertThat(server.connections()).hasSize(1);
        assertThat(client.connections()).containsExactly(connection);
        Connection accepted = atServer.log().get(0).connection();
        assertThat(accepted.peerType()).isEqualTo(EntityType.CLIENT);
        assertThat(accepted.info()).isEqualTo(theirs);
    }

    @Test
    void agreesOnTheFeaturesThatBothEndsHave() {
        CephFeatures ours = CephFeatures.MESSENGER.or(CephFeatures.of(CephFeature.SERVER_KRAKEN, CephFeature.PGID64));
        CephFeatures theirs = CephFeatures.MESSENGER.or(CephFeatures.of(CephFeature.PGID64, CephFeature.OSDENC));
        Messenger server = start(messenger("osd.3")
                .acceptPolicy(Policy.statelessServer().withFeatures(theirs, CephFeatures.of(CephFeature.UID)))
                .dispatcher(atServer));
        Messenger client =
                start(messenger("client.7").dialPolicy(Policy.lossyClient().withFeatures(ours, CephFeatures.NONE)));
        Connection connection = connect(client, bind(server));
        assertThat(network.get("ready", connection.ready()).features()).isEqualTo(ours.and(theirs));
        network.await("accepted", () -> atServer.count(SessionEvent.Accepted.class) == 1);
        assertThat(atServer.all(SessionEvent.Accepted.class).get(0).info().features())
                .isEqualTo(ours.and(theirs));
    }

    @Scenario("B06")
    @ParameterizedTest
    @CsvSource({"true, false", "false, true", "false, false"})
    void speaksMsgr20IfOneEndDoesNotOfferMsgr21(boolean serverOffers, boolean clientOffers) {
        Messenger server = start(messenger("osd.3")
                .bannerFeatures(serverOffers ? BannerFeatures.REVISION_1 : BannerFeatures.NONE, BannerFeatures.NONE)
                .dispatcher(atServer)
                .service(new EchoService()));
        Messenger client = start(messenger("client.7")
                .bannerFeatures(clientOffers ? BannerFeatures.REVISION_1 : BannerFeatures.NONE, BannerFeatures.NONE)
                .dispatcher(atClient));
        Connection connection = connect(client, bind(server));
        assertThat(network.get("ready", connection.ready()).revision()).isEqualTo(Revision.MSGR2_0);
        Message request = Message.builder(MessageType.ECHO)
                .front(random(10, 1))
                .middle(random(20_000, 2))
                .data(random(300_000, 3))
                .build();
        assertEchoed(connection, request);
        assertEchoed(connection, Message.builder(MessageType.ECHO).build());
    }

    @Scenario("B06")
    @Test
    void refusesAPeerWithoutARequiredRevisionForGood() {
        Messenger server = start(messenger("osd.3")
                .bannerFeatures(BannerFeatures.NONE, BannerFeatures.NONE)
                .dispatcher(atServer));
        Messenger client = start(messenger("client.7")
                .bannerFeatures(BannerFeatures.REVISION_1, BannerFeatures.REVISION_1)
                .dispatcher(atClient));
        Connection connection = client.connect(EntityType.OSD, bind(server));
        network.get("the end", connection.closed());
        network.await("the event", () -> atClient.count(SessionEvent.Reset.class) == 1);
        assertThat(atClient.events()).hasSize(1);
        assertThat(atClient.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining("REVISION_1")
                .extracting(ProtocolException::kind)
                .isEqualTo(FaultKind.FEATURE);
    }

    @Test
    void returnsTheConnectionThatExists() {
        EntityAddr addr = bind(server("osd.3"));
        Messenger client = client("client.7");
        Connection connection = client.connect(EntityType.OSD, addr);
        assertThat(client.connect(EntityType.OSD, addr)).isSameAs(connection);
        network.get("ready", connection.ready());
        assertThat(client.connect(EntityType.OSD, addr)).isSameAs(connection);
        assertThat(client.connect(
                        EntityType.OSD,
                        EntityAddrVec.of(addr.withType(EntityAddr.Type.LEGACY).withPort(6789), addr)))
                .isSameAs(connection);
        connection.markDown();
        Connection next = client.connect(EntityType.OSD, addr);
        assertThat(next).isNotSameAs(connection);
        network.get("ready again", next.ready());
        network.get("the first has ended", connection.closed());
        assertThat(client.connections()).containsExactly(next);
    }

    @Test
    void refusesToDialWhatCannotBeDialled() {
        Messenger client = client("client.7");
        for (String addr :
                List.of("v1:127.0.0.1:6789/0", "any:127.0.0.1:3300/0", "v2:0.0.0.0:3300/0", "v2:127.0.0.1:0/0", "-")) {
            assertThatThrownBy(() -> client.connect(EntityType.OSD, EntityAddr.parse(addr)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(addr);
        }
        assertThatThrownBy(() -> client.connect(EntityType.OSD, EntityAddrVec.parse("v1:127.0.0.1:6789/0")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(client.connections()).isEmpty();
    }

    @Test
    void refusesToListenWhereItCannot() throws IOException {
        Messenger server = server("osd.3");
        EntityAddr addr = bind(server);
        Messenger other = server("osd.4");
        assertThatThrownBy(() -> other.bind(addr))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on " + addr)
                .hasMessageContaining("in use");
        assertThatThrownBy(() -> other.bind(EntityAddr.parse("v1:127.0.0.1:0/0")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("not a v2 address");
        assertThat(other.addresses()).isEqualTo(EntityAddrVec.EMPTY);
        network.close(other);
        assertThatThrownBy(() -> other.bind(network.anyPort()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(() -> other.connect(EntityType.OSD, addr)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void listensInSeveralPlaces() {
        Messenger server = server("osd.3");
        EntityAddr first = bind(server);
        EntityAddr second = bind(server, network.anyPort().withNonce(17));
        assertThat(second.nonce()).isEqualTo(17);
        assertThat(server.addresses()).isEqualTo(EntityAddrVec.of(first, second));
        Messenger client = client("client.7");
        assertThat(network.get("ready", client.connect(EntityType.OSD, first).ready())
                        .peerAddrs())
                .isEqualTo(EntityAddrVec.of(first, second));
        assertThat(network.get("ready", client.connect(EntityType.ANY, second).ready())
                        .peerAddrs())
                .isEqualTo(EntityAddrVec.of(first, second));
        assertThat(client.connections()).hasSize(2);
    }

    @Test
    void servesManyClientsAtOnce() {
        Messenger server = server("osd.3");
        EntityAddr addr = bind(server);
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Connection connection = client("client." + i).connect(EntityType.OSD, addr);
            connections.add(connection);
            for (int n = 0; n < 10; n++) {
                assertThat(connection
                                .send(message(MessageType.ECHO.code(), i * 100L + n, 100))
                                .accepted())
                        .isTrue();
            }
        }
        network.await("every client is answered", () -> atClient.count(Received.class) == 200);
        assertThat(server.stats().connections()).isEqualTo(20);
        assertThat(server.stats().accepted()).isEqualTo(20);
        assertThat(server.stats().handshakes()).isZero();
        assertThat(server.stats().handshakesFailed()).isZero();
        for (int i = 0; i < 20; i++) {
            Connection connection = connections.get(i);
            long first = i * 100L;
            assertThat(atClient.log(connection).stream()
                            .filter(Received.class::isInstance)
                            .map(what -> ((Received) what).tid()))
                    .containsExactlyElementsOf(
                            LongStream.range(first, first + 10).boxed().toList());
        }
    }

    // --- Messages

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 64 * KIB, 8 * MIB})
    void echoesEverySegmentOfEverySize(int bytes) {
        Connection connection = pair();
        assertEchoed(
                connection,
                Message.builder(MessageType.ECHO).front(random(bytes, 1)).build());
        assertEchoed(
                connection,
                Message.builder(MessageType.ECHO).middle(random(bytes, 2)).build());
        assertEchoed(
                connection,
                Message.builder(MessageType.ECHO).data(random(bytes, 3)).build());
        assertEchoed(
                connection,
                Message.builder(MessageType.ECHO)
                        .front(random(bytes, 4))
                        .middle(random(17, 5))
                        .data(random(bytes / 2, 6))
                        .build());
    }

    /** Takes the message over. */
    private void assertEchoed(Connection connection, Message request) {
        Opaque front = Opaque.copyOf(ByteBufUtil.getBytes(request.front()));
        Opaque middle = Opaque.copyOf(ByteBufUtil.getBytes(request.middle()));
        Opaque data = Opaque.copyOf(ByteBufUtil.getBytes(request.data()));
        int before = atClient.count(Received.class);
        assertThat(connection.send(request).outcome()).isEqualTo(Outcome.ACCEPTED);
        network.await("the echo", () -> atClient.count(Received.class) > before);
        Received reply = atClient.messages().get(before);
        assertThat(reply.type()).isEqualTo(MessageType.ECHO_REPLY.code());
        assertThat(reply.front()).isEqualTo(front);
        assertThat(reply.middle()).isEqualTo(middle);
        assertThat(reply.data()).isEqualTo(data);
    }

    @Test
    void keepsWhatTheSenderSaidInTheHeader() {
        CompletableFuture<Message> received = new CompletableFuture<>();
        Messenger server = start(messenger("osd.3").dispatcher(new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                return received.complete(message.retain());
            }
        }));
        Connection connection = connect(client("client.7"), bind(server));
        connection.send(Message.builder(TYPE)
                .tid(0x1234_5678_9abc_def0L)
                .priority(Priority.HIGH)
                .version(7, 3)
                .dataPlacement(100, 512)
                .data(random(5, 1))
                .build());
        Message message = network.get("the message", received);
        assertThat(message.tid()).isEqualTo(0x1234_5678_9abc_def0L);
        assertThat(message.header().seq()).isEqualTo(1);
        assertThat(message.header().priority()).isEqualTo(Priority.HIGH);
        assertThat(message.header().version()).isEqualTo(7);
        assertThat(message.header().compatVersion()).isEqualTo(3);
        assertThat(message.header().dataOffset()).isEqualTo(100);
        assertThat(message.dataAlignment()).isEqualTo(512);
        assertThat(message.refCnt()).as("the dispatcher's own reference").isPositive();
        network.await("ours is the last", () -> message.refCnt() == 1);
        message.release();
    }

    @Test
    void keepsTheOrderOfTenThousandMessages() {
        Connection connection = pair();
        int count = 10_000;
        for (int i = 1; i <= count; i++) {
            SendResult result = connection.send(message(TYPE, i));
            assertThat(result.accepted()).isTrue();
            assertThat(result.number()).isEqualTo(i);
        }
        network.await("all arrive", () -> atServer.count(Received.class) == count);
        assertThat(atServer.tids())
                .containsExactlyElementsOf(
                        LongStream.rangeClosed(1, count).boxed().toList());
        network.await("nothing waits", () -> connection.queuedMessages() == 0);
        assertThat(connection.queuedBytes()).isZero();
    }

    @Test
    void keepsTheOrderOfEachOfSeveralSenders() {
        Connection connection = pair();
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (int sender = 0; sender < 4; sender++) {
            long first = sender * 1000L;
            senders.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 1000; i++) {
                            connection.send(message(TYPE, first + i, 10));
                        }
                    },
                    network.workers()));
        }
        senders.forEach(sender -> network.get("a sender", sender));
        network.await("all arrive", () -> atServer.count(Received.class) == 4000);
        for (int sender = 0; sender < 4; sender++) {
            long first = sender * 1000L;
            assertThat(atServer.tids().stream().filter(tid -> tid / 1000 * 1000 == first))
                    .containsExactlyElementsOf(
                            LongStream.range(first, first + 1000).boxed().toList());
        }
    }

    @Scenario("P33")
    @Test
    void sendsWhatWasQueuedBeforeItWasReadyByPriority() {
        EntityAddr addr = freeAddr();
        Connection connection = client("client.7").connect(EntityType.OSD, addr);
        for (int i = 0; i < 5; i++) {
            connection.send(
                    Message.builder(TYPE).tid(100 + i).priority(Priority.LOW).build());
            connection.send(Message.builder(TYPE)
                    .tid(200 + i)
                    .priority(Priority.DEFAULT)
                    .build());
            connection.send(Message.builder(TYPE)
                    .tid(300 + i)
                    .priority(Priority.HIGHEST)
                    .build());
        }
        network.settle();
        assertThat(connection.queuedMessages()).isEqualTo(15);

        bind(server("osd.3"), addr);
        network.await("all arrive", () -> atServer.count(Received.class) == 15);
        assertThat(atServer.tids())
                .containsExactly(
                        300L, 301L, 302L, 303L, 304L, 200L, 201L, 202L, 203L, 204L, 100L, 101L, 102L, 103L, 104L);
        assertThat(connection.queuedMessages()).isZero();
    }

    @Test
    void sendsBothWays() {
        Messenger server = start(messenger("osd.3").dispatcher(new Dispatcher() {
            @Override
            public void onEvent(Connection connection, SessionEvent event) {
                if (event instanceof SessionEvent.Accepted) {
                    for (int i = 0; i < 100; i++) {
                        connection.send(message(TYPE, i, 1000));
                    }
                }
            }
        }));
        connect(client("client.7"), bind(server));
        network.await("the server's messages arrive", () -> atClient.count(Received.class) == 100);
        assertThat(atClient.tids())
                .containsExactlyElementsOf(LongStream.range(0, 100).boxed().toList());
    }

    @Test
    void measuresARoundTrip() {
        Connection connection = pair();
        Duration first = network.get("the answer", connection.ping());
        assertThat(first).isGreaterThanOrEqualTo(Duration.ZERO).isLessThan(Duration.ofSeconds(10));
        List<CompletionStage<Duration>> more = new ArrayList<>();
        for (int i = 0; i < 32; i++) {
            more.add(connection.ping());
        }
        more.forEach(ping -> network.get("the answer", ping));
    }

    @Test
    void pingsFailWithTheirConnection() {
        Connection connection = client("client.7").connect(EntityType.OSD, freeAddr());
        CompletionStage<Duration> waiting = connection.ping();
        network.settle();
        assertThat(waiting.toCompletableFuture()).isNotDone();
        connection.markDown();
        assertThat(failure("the ping", waiting)).isInstanceOf(ProtocolException.class);
        assertThat(failure("a late ping", connection.ping())).isInstanceOf(ProtocolException.class);
    }

    @Test
    void refusesMorePingsThanItCanKeepTrackOf() {
        Connection connection = client("client.7").connect(EntityType.OSD, freeAddr());
        List<CompletionStage<Duration>> pings = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            pings.add(connection.ping());
        }
        assertThat(failure("too many", pings.get(99)))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT));
        assertThat(pings.get(0).toCompletableFuture()).isNotDone();
        connection.markDown();
        pings.forEach(ping -> failure("the ping", ping));
    }

    private Throwable failure(String what, CompletionStage<?> stage) {
        Throwable failure = catchThrowable(() -> network.get(what, stage));
        assertThat(failure).isNotNull();
        return failure.getCause();
    }

    // --- Dispatch

    @Test
    void dispatchesFastOnTheLoopAndOtherwiseOnAWorker() {
        atServer.fast(TYPE);
        Connection connection = pair();
        for (int i = 0; i < 100; i++) {
            connection.send(message(TYPE, i));
            connection.send(message(OTHER_TYPE, i));
        }
        network.await("all arrive", () -> atServer.count(Received.class) == 200);
        List<Received> fast =
                atServer.messages().stream().filter(m -> m.type() == TYPE).toList();
        List<Received> queued =
                atServer.messages().stream().filter(m -> m.type() == OTHER_TYPE).toList();
        assertThat(fast).hasSize(100).allMatch(Received::fast);
        assertThat(queued).hasSize(100).noneMatch(Received::fast);
        assertThat(fast).extracting(Received::tid).isSorted();
        assertThat(queued).extracting(Received::tid).isSorted();
        if (!isVirtual()) {
            Set<Thread> loop = Set.of(fast.get(0).thread());
            assertThat(fast).allMatch(m -> loop.contains(m.thread()));
            assertThat(queued).noneMatch(m -> loop.contains(m.thread()));
        }
    }

    private boolean isVirtual() {
        return network instanceof TestNetwork.Virtual;
    }

    @Test
    void tellsAConnectionsEventsInOrderWithItsMessages() {
        Messenger server = server("osd.3");
        Messenger client = client("client.7");
        Connection connection = client.connect(EntityType.OSD, bind(server));
        for (int i = 0; i < 50; i++) {
            connection.send(message(TYPE, i));
            connection.send(message(MessageType.ECHO.code(), i));
        }
        network.await("all arrive", () -> atServer.count(Received.class) == 50 && atClient.count(Received.class) == 50);
        connection.markDown();
        network.await("the server notices", () -> atServer.count(SessionEvent.Reset.class) == 1);

        List<Object> atServerInOrder = atServer.log(atServer.log().get(0).connection());
        assertThat(atServerInOrder).hasSize(52);
        assertThat(atServerInOrder.get(0)).isInstanceOf(SessionEvent.Accepted.class);
        assertThat(atServerInOrder.subList(1, 51)).allMatch(Received.class::isInstance);
        assertThat(atServerInOrder.get(51))
                .isInstanceOfSatisfying(
                        SessionEvent.Reset.class,
                        reset -> assertThat(reset.cause().kind()).isEqualTo(FaultKind.TRANSPORT));
        assertThat(atClient.log(connection).get(0)).isInstanceOf(SessionEvent.Connected.class);
        network.settle();
        assertThat(atClient.count(SessionEvent.Reset.class))
                .as("the application itself closed it")
                .isZero();
    }

    @Test
    void survivesWhateverADispatcherThrows() {
        AtomicInteger asked = new AtomicInteger();
        Dispatcher throwing = new Dispatcher() {
            @Override
            public boolean canFastDispatch(int messageType) {
                if (messageType == 0x7d10) {
                    throw new IllegalStateException("canFastDispatch");
                }
                return messageType == 0x7d11 || messageType == 0x7d12;
            }

            @Override
            public void fastDispatch(Connection connection, Message message) {
                fail(message.type() == 0x7d12, "fastDispatch");
            }

            @Override
            public boolean dispatch(Connection connection, Message message) {
                if (message.type() == 0x7d13 || message.type() == 0x7d14) {
                    fail(message.type() == 0x7d14, "dispatch");
                }
                return false;
            }

            @Override
            public void onEvent(Connection connection, SessionEvent event) {
                fail(asked.getAndIncrement() % 2 == 0, "onEvent");
            }

            private void fail(boolean error, String where) {
                if (error) {
                    throw new AssertionError(where);
                }
                throw new IllegalStateException(where);
            }
        };
        try (LogCapture log = LogCapture.of("org.msgr2.session.dispatch")) {
            Messenger server = start(
                    messenger("osd.3").dispatcher(throwing).dispatcher(atServer).service(new EchoService()));
            Connection connection = connect(client("client.7"), bind(server));
            for (int round = 0; round < 3; round++) {
                for (int type = 0x7d10; type <= 0x7d14; type++) {
                    connection.send(message(type, type, 100));
                    connection.send(message(TYPE, type, 100));
                }
            }
            // A dispatcher that cannot say whether it is fast is not: the message goes the ordinary way.
            network.await("the rest arrives", () -> atServer.count(Received.class) == 15 + 3);
            assertThat(atServer.messages()).filteredOn(m -> m.type() == TYPE).hasSize(15);
            assertThat(atServer.messages()).filteredOn(m -> m.type() == 0x7d10).hasSize(3);
            assertThat(atServer.count(SessionEvent.Accepted.class)).isEqualTo(1);
            network.await("everything is handled", () -> server.stats().dispatchBytes() == 0);
            assertEchoed(connection, message(MessageType.ECHO.code(), 1, 10));
            assertThat(log.lines())
                    .filteredOn(line -> line.contains("ispatch") && line.contains("type 32"))
                    .hasSize(3 * 5);
        }
    }

    @Test
    void asksDispatchersInOrderAndServicesLast() {
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        RecordingDispatcher last = new RecordingDispatcher().leaving(OTHER_TYPE);
        AtomicInteger served = new AtomicInteger();
        Messenger server = start(messenger("osd.3")
                .dispatcher(new Dispatcher() {
                    @Override
                    public boolean dispatch(Connection connection, Message message) {
                        calls.add("first " + message.tid());
                        return message.tid() == 1;
                    }
                })
                .dispatcher(last)
                .service(service("counter", Set.of(OTHER_TYPE, TYPE), served)));
        Connection connection = connect(client("client.7"), bind(server));
        connection.send(message(TYPE, 1));
        connection.send(message(TYPE, 2));
        connection.send(message(OTHER_TYPE, 3));
        network.await("the service is asked", () -> served.get() == 1);
        assertThat(calls).containsExactly("first 1", "first 2", "first 3");
        assertThat(last.tids()).containsExactly(2L);
        assertThat(server.stats().messagesUnclaimed()).isZero();
    }

    @Test
    void countsAndDropsWhatNobodyOwns() {
        Messenger server = start(messenger("osd.3").service(new EchoService()));
        Connection connection = connect(client("client.7"), bind(server));
        try (LogCapture log = LogCapture.of("org.msgr2.session.dispatch")) {
            for (int i = 0; i < 10; i++) {
                connection.send(message(i % 2 == 0 ? TYPE : MessageType.PING.code(), i, 1000));
            }
            assertEchoed(connection, message(MessageType.ECHO.code(), 1, 10));
            network.await("they are counted", () -> server.stats().messagesUnclaimed() == 10);
            network.await("and dropped", () -> server.stats().dispatchBytes() == 0);
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(0)).startsWith("nobody handles type " + TYPE + ": ");
            assertThat(log.lines().get(1)).startsWith("nobody handles ping (2): ");
        }
    }

    // --- SendResult

    @Test
    void pushesASenderBackAtTheBoundOfMessages() {
        EntityAddr addr = freeAddr();
        Messenger client = start(messenger("client.7")
                .dispatcher(atClient)
                .limits(QUICK.withQueues(QUICK.queues().withSend(10, MIB))));
        Connection connection = client.connect(EntityType.OSD, addr);
        for (int i = 1; i <= 10; i++) {
            assertThat(connection.send(message(TYPE, i)).number()).isEqualTo(i);
        }
        Message refused = message(TYPE, 11, 100);
        SendResult result = connection.send(refused);
        assertThat(result.outcome()).isEqualTo(Outcome.BACK_PRESSURED);
        assertThat(result.accepted()).isFalse();
        assertThat(result.number()).isZero();
        assertThat(refused.refCnt()).isEqualTo(1);
        assertThat(connection.queuedMessages()).isEqualTo(10);
        network.settle();
        assertThat(atClient.count(SessionEvent.Writable.class)).isZero();

        bind(server("osd.3"), addr);
        network.await("the sender may go on", () -> atClient.count(SessionEvent.Writable.class) == 1);
        assertThat(connection.send(refused).number()).isEqualTo(11);
        network.await("all arrive", () -> atServer.count(Received.class) == 11);
        assertThat(atServer.tids()).isSorted();
        network.settle();
        assertThat(atClient.count(SessionEvent.Writable.class)).isEqualTo(1);
    }

    @Test
    void pushesASenderBackAtTheBoundOfBytes() {
        EntityAddr addr = freeAddr();
        Messenger client = start(messenger("client.7")
                .dispatcher(atClient)
                .limits(QUICK.withQueues(QUICK.queues().withSend(1000, 10_000))));
        Connection connection = client.connect(EntityType.OSD, addr);
        assertThat(connection.send(message(TYPE, 1, 100_000)).outcome())
                .as("a message larger than the bound is accepted alone")
                .isEqualTo(Outcome.ACCEPTED);
        Message refused = message(TYPE, 2, 1);
        assertThat(connection.send(refused).outcome()).isEqualTo(Outcome.BACK_PRESSURED);
        assertThat(connection.queuedBytes()).isEqualTo(100_000);
        assertThat(connection.queuedMessages()).isEqualTo(1);

        bind(server("osd.3"), addr);
        network.await("the sender may go on", () -> atClient.count(SessionEvent.Writable.class) == 1);
        assertThat(connection.send(refused).outcome()).isEqualTo(Outcome.ACCEPTED);
        network.await("all arrive", () -> atServer.count(Received.class) == 2);
        assertThat(connection.queuedBytes()).isZero();
    }

    @Test
    void refusesWhatIsTooLarge() {
        Messenger server = server("osd.3");
        Messenger client = start(messenger("client.7")
                .dispatcher(atClient)
                .limits(QUICK.withFrames(QUICK.frames().withMessageBytesMax(1000))));
        Connection connection = connect(client, bind(server));
        for (Message large : List.of(
                Message.builder(TYPE).front(random(1001, 1)).build(),
                Message.builder(TYPE).middle(random(1001, 1)).build(),
                Message.builder(TYPE).data(random(1001, 1)).build(),
                Message.builder(TYPE)
                        .front(random(400, 1))
                        .middle(random(300, 1))
                        .data(random(301, 1))
                        .build())) {
            SendResult result = connection.send(large);
            assertThat(result.outcome()).isEqualTo(Outcome.TOO_LARGE);
            assertThat(result.number()).isZero();
            assertThat(large.refCnt()).isEqualTo(1);
            large.release();
        }
        assertThat(connection.send(message(TYPE, 1, 1000)).number()).isEqualTo(1);
        network.await("the one that fits arrives", () -> atServer.count(Received.class) == 1);
    }

    @Test
    void refusesWhatComesAfterTheEnd() {
        Connection connection = pair();
        connection.markDown();
        Message late = message(TYPE, 1, 10);
        SendResult result = connection.send(late);
        assertThat(result.outcome()).isEqualTo(Outcome.CLOSED);
        assertThat(result.number()).isZero();
        assertThat(late.refCnt()).isEqualTo(1);
        network.get("closed", connection.closed());
        assertThat(connection.send(late).outcome()).isEqualTo(Outcome.CLOSED);
        late.release();
        network.settle();
        assertThat(atServer.count(Received.class)).isZero();
    }

    // --- The end of a connection

    @Test
    void namesEveryMessageThatIsDiscardedOnce() {
        Connection connection = client("client.7").connect(EntityType.OSD, freeAddr());
        AtomicLong accepted = new AtomicLong();
        List<CompletableFuture<Void>> senders = new ArrayList<>();
        for (int sender = 0; sender < 4; sender++) {
            senders.add(CompletableFuture.runAsync(
                    () -> {
                        for (int i = 0; i < 3000; i++) {
                            Message message = message(TYPE, i, 10);
                            if (connection.send(message).accepted()) {
                                accepted.incrementAndGet();
                            } else {
                                message.release();
                            }
                        }
                    },
                    network.workers()));
        }
        network.await("some are queued", () -> connection.queuedMessages() > 100);
        connection.markDown();
        senders.forEach(sender -> network.get("a sender", sender));
        network.get("closed", connection.closed());
        network.await(
                "all are named",
                () -> atClient.all(SessionEvent.Discarded.class).stream()
                                .mapToLong(SessionEvent.Discarded::messages)
                                .sum()
                        >= accepted.get());
        network.settle();
        List<SessionEvent.Discarded> discarded = atClient.all(SessionEvent.Discarded.class);
        assertThat(discarded.stream()
                        .mapToLong(SessionEvent.Discarded::messages)
                        .sum())
                .isEqualTo(accepted.get());
        for (SessionEvent.Discarded event : discarded) {
            // Numbers are given out in one order and queued in another if several threads send at once.
            assertThat(event.firstNumber()).isBetween(1L, event.lastNumber());
            assertThat(event.lastNumber()).isLessThanOrEqualTo(accepted.get());
            assertThat((long) event.messages()).isBetween(1L, event.lastNumber() - event.firstNumber() + 1);
            assertThat(event.reason()).isNotBlank();
        }
        assertThat(connection.queuedMessages()).isZero();
        assertThat(connection.queuedBytes()).isZero();
        assertThat(atClient.count(SessionEvent.Reset.class)).isZero();
    }

    @Test
    void namesTheMessagesThatWereNotSentWhenAPeerGoesAway() {
        HeldExecutor busy = new HeldExecutor(network.workers());
        Messenger server = start(messenger("osd.3")
                .dispatcher(atServer)
                .workerPool(busy)
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(1000, 10))));
        Connection connection = connect(client("client.7"), bind(server));
        ByteBuf data = random(256 * KIB, 1);
        for (int i = 0; i < 200; i++) {
            connection.send(
                    Message.builder(TYPE).tid(i).data(data.retainedSlice()).build());
        }
        data.release();
        network.await("the server is busy", () -> server.stats().dispatchBytes() > 0);
        network.settle();
        server.connections().forEach(Connection::markDown);
        network.get("the end", connection.closed());
        busy.release();
        network.await("the reset", () -> atClient.count(SessionEvent.Reset.class) == 1);
        assertThat(atClient.all(SessionEvent.Discarded.class)).hasSize(1);
        SessionEvent.Discarded discarded =
                atClient.all(SessionEvent.Discarded.class).get(0);
        assertThat(discarded.lastNumber()).isEqualTo(200);
        assertThat(discarded.messages()).isEqualTo((int) (200 - discarded.firstNumber() + 1));
        assertThat(connection.queuedMessages()).isZero();
        List<Object> log = atClient.log(connection);
        assertThat(log.get(log.size() - 1)).isInstanceOf(SessionEvent.Reset.class);
        network.await("permits come back", () -> server.stats().dispatchBytes() == 0);
    }

    @Test
    void sendsWhatIsQueuedBeforeItCloses() {
        Connection connection = pair();
        for (int i = 0; i < 1000; i++) {
            connection.send(message(TYPE, i, 10_000));
        }
        CompletionStage<Void> closed = connection.close();
        Message late = message(TYPE, 1000);
        assertThat(connection.send(late).outcome()).isEqualTo(Outcome.CLOSED);
        late.release();
        network.get("closed", closed);
        network.await("all arrive", () -> atServer.count(Received.class) == 1000);
        network.await("the server notices", () -> atServer.count(SessionEvent.Reset.class) == 1);
        assertThat(atServer.tids())
                .containsExactlyElementsOf(LongStream.range(0, 1000).boxed().toList());
        assertThat(atClient.count(SessionEvent.Reset.class)).isZero();
        assertThat(atClient.count(SessionEvent.Discarded.class)).isZero();
        network.get("closed again", connection.close());
    }

    @Test
    void sendsWhatWasQueuedBeforeItWasReadyBeforeItCloses() {
        Messenger server = server("osd.3");
        Connection connection = client("client.7").connect(EntityType.OSD, bind(server));
        for (int i = 0; i < 10; i++) {
            connection.send(message(TYPE, i));
        }
        network.get("closed", connection.close());
        network.await("all arrive", () -> atServer.count(Received.class) == 10);
        assertThat(atClient.count(SessionEvent.Discarded.class)).isZero();
    }

    @Test
    void closesAtOnceWhatHasNothingToSend() {
        Connection connection = client("client.7").connect(EntityType.OSD, freeAddr());
        network.get("closed", connection.close());
        assertThat(failure("ready", connection.ready())).isInstanceOf(ProtocolException.class);
        assertThat(atClient.count(SessionEvent.Reset.class)).isZero();
    }

    @Test
    void resetsOnceAndDialsNotAgainWhenThePeerGoesAway() {
        Messenger server = server("osd.3");
        EntityAddr addr = bind(server);
        Messenger client = client("client.7");
        Connection connection = connect(client, addr);
        network.await("accepted", () -> server.connections().size() == 1);
        server.connections().forEach(Connection::close);
        network.get("the end", connection.closed());
        network.await("the reset", () -> atClient.count(SessionEvent.Reset.class) == 1);
        network.settle();
        assertThat(atClient.events()).hasSize(2);
        assertThat(atClient.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining(addr.toString())
                .hasMessageContaining("closed the connection");
        assertThat(connection.info()).isNotNull();
        assertThat(client.connections()).isEmpty();
        assertThat(server.stats().accepted()).isEqualTo(1);
        network.get("another one", client.connect(EntityType.OSD, addr).ready());
    }

    @Test
    void keepsTheApplicationsOwnData() {
        Connection connection = pair();
        assertThat(connection.attachment()).isNull();
        connection.attach("mine");
        assertThat(connection.attachment()).isEqualTo("mine");
        connection.attach(null);
        assertThat(connection.attachment()).isNull();
    }

    // --- Dialling again

    @Scenario("P40")
    @Test
    void dialsUntilSomebodyListens() {
        EntityAddr addr = freeAddr();
        Connection connection = client("client.7").connect(EntityType.OSD, addr);
        network.await("it tries again and again", () -> atClient.count(SessionEvent.AttemptFailed.class) >= 3);
        List<SessionEvent.AttemptFailed> failures = atClient.all(SessionEvent.AttemptFailed.class);
        for (int i = 0; i < 3; i++) {
            assertThat(failures.get(i).attempt()).isEqualTo(i + 1);
            assertThat(failures.get(i).retryIn()).isEqualTo(Duration.ofMillis(i == 0 ? 10 : 20));
            assertThat(failures.get(i).cause().kind()).isEqualTo(FaultKind.TRANSPORT);
            assertThat(failures.get(i).refused()).isTrue();
            assertThat(failures.get(i).cause())
                    .hasMessageContaining(addr.toString())
                    .hasMessageContaining("refused");
        }
        assertThat(connection.ready().toCompletableFuture()).isNotDone();
        assertThat(connection.info()).isNull();

        bind(server("osd.3"), addr);
        network.get("ready", connection.ready());
        assertThat(atClient.count(SessionEvent.Reset.class)).isZero();
    }

    @Scenario("B08")
    @Test
    void doesNotDialAPeerOfAnotherTypeAgain() {
        Messenger server = server("osd.3");
        EntityAddr addr = bind(server);
        Connection connection = client("client.7").connect(EntityType.MON, addr);
        network.get("the end", connection.closed());
        assertThat(failure("ready", connection.ready()))
                .isInstanceOf(ProtocolException.class)
                .hasMessageContaining(addr.toString())
                .hasMessageContaining("HELLO")
                .hasMessageContaining("the peer is of type osd, expected mon");
        network.await("the reset", () -> atClient.count(SessionEvent.Reset.class) == 1);
        network.settle();
        assertThat(atClient.events()).hasSize(1);
        network.await("the server notices", () -> server.stats().handshakesFailed() == 1);
        assertThat(server.stats().accepted()).isEqualTo(1);
    }

    // --- Dispatch throttle

    @Scenario("P31")
    @Test
    void pushesSendersBackWhileItsWorkersAreBusy() {
        HeldExecutor busy = new HeldExecutor(network.workers());
        Messenger server = start(messenger("osd.3")
                .dispatcher(atServer)
                .service(new EchoService())
                .workerPool(busy)
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(300 * KIB, 4096))));
        EntityAddr addr = bind(server);
        Connection connection = connect(client("client.7"), addr);
        int count = 240;
        ByteBuf data = random(100 * KIB, 1);
        for (int i = 0; i < count; i++) {
            assertThat(connection
                            .send(Message.builder(TYPE)
                                    .tid(i)
                                    .data(data.retainedSlice())
                                    .build())
                            .accepted())
                    .isTrue();
        }
        network.await("the budget is used up", () -> server.stats().dispatchBytes() == 300 * KIB);
        network.settle();
        assertThat(server.stats().dispatchBytes()).isEqualTo(300 * KIB);
        assertThat(connection.queuedMessages())
                .as("24 MB are more than the network takes")
                .isPositive();

        busy.release();
        network.await("nothing is lost", () -> atServer.count(Received.class) == count);
        assertThat(atServer.tids())
                .containsExactlyElementsOf(LongStream.range(0, count).boxed().toList());
        assertThat(atServer.messages().get(count - 1).data()).isEqualTo(Opaque.copyOf(ByteBufUtil.getBytes(data)));
        data.release();
        network.await("every permit is back", () -> server.stats().dispatchBytes() == 0);
        assertThat(connection.queuedMessages()).isZero();
    }

    @Test
    void holdsNotMoreMessagesOfAConnectionThanItsBound() {
        HeldExecutor busy = new HeldExecutor(network.workers());
        Messenger server = start(messenger("osd.3")
                .dispatcher(atServer)
                .service(new EchoService())
                .workerPool(busy)
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(MIB, 3))));
        EntityAddr addr = bind(server);
        Connection busyOne = connect(client("client.7"), addr);
        Connection other = connect(client("client.8"), addr);
        for (int i = 0; i < 100; i++) {
            busyOne.send(message(TYPE, i, 100));
        }
        network.await("three are held", () -> server.stats().dispatchBytes() == 300);
        network.settle();
        assertThat(server.stats().dispatchBytes()).isEqualTo(300);
        // The bound is each connection's own.
        assertEchoed(other, message(MessageType.ECHO.code(), 1, 10));

        busy.release();
        network.await("all arrive", () -> atServer.count(Received.class) == 100);
        assertThat(atServer.tids()).isSorted();
        network.await("every permit is back", () -> server.stats().dispatchBytes() == 0);
    }

    @Scenario("P32")
    @Test
    void passesAMessageLargerThanTheWholeBudgetAlone() {
        HeldExecutor busy = new HeldExecutor(network.workers());
        Messenger server = start(messenger("osd.3")
                .dispatcher(atServer)
                .workerPool(busy)
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(1000, 4096))));
        Connection connection = connect(client("client.7"), bind(server));
        for (int i = 0; i < 5; i++) {
            connection.send(message(TYPE, i, 200_000));
        }
        network.await("the first is let in", () -> server.stats().dispatchBytes() == 200_000);
        network.settle();
        assertThat(server.stats().dispatchBytes()).isEqualTo(200_000);

        busy.release();
        network.await("all arrive", () -> atServer.count(Received.class) == 5);
        assertThat(atServer.tids()).isSorted();
        network.await("every permit is back", () -> server.stats().dispatchBytes() == 0);
    }

    @Test
    void givesPermitsBackWhenAConnectionEndsThatWaitsForThem() {
        HeldExecutor busy = new HeldExecutor(network.workers());
        Messenger server = start(messenger("osd.3")
                .dispatcher(atServer)
                .workerPool(busy)
                .limits(Limits.defaults().withQueues(Limits.defaults().queues().withDispatch(1000, 4096))));
        EntityAddr addr = bind(server);
        List<Connection> connections = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Connection connection = connect(client("client." + i), addr);
            connections.add(connection);
            for (int n = 0; n < 4; n++) {
                connection.send(message(TYPE, n, 800));
            }
        }
        network.await("one is let in", () -> server.stats().dispatchBytes() == 800);
        network.settle();
        server.connections().forEach(Connection::markDown);
        connections.forEach(connection -> network.get("the end", connection.closed()));
        assertThat(server.stats().dispatchBytes()).isEqualTo(800);
        busy.release();
        network.await("every permit is back", () -> server.stats().dispatchBytes() == 0);

        Connection next = connect(client("client.9"), addr);
        int before = atServer.count(Received.class);
        next.send(message(TYPE, 1, 1000));
        network.await("the next one is let in", () -> atServer.count(Received.class) == before + 1);
    }

    // --- The end of a messenger

    @Test
    void sendsWhatIsQueuedBeforeTheMessengerCloses() {
        Messenger server = server("osd.3");
        Messenger client = client("client.7");
        Connection connection = connect(client, bind(server));
        for (int i = 0; i < 500; i++) {
            connection.send(message(TYPE, i, 10_000));
        }
        network.close(client);
        assertThat(connection.closed().toCompletableFuture()).isDone();
        assertThat(client.connections()).isEmpty();
        network.await("all arrive", () -> atServer.count(Received.class) == 500);
        assertThat(atClient.count(SessionEvent.Discarded.class)).isZero();
        network.close(client);
    }

    @Test
    void tellsItsPeersWhenTheMessengerCloses() {
        Messenger server = server("osd.3");
        EntityAddr addr = bind(server);
        Connection connection = connect(client("client.7"), addr);
        network.close(server);
        network.get("the end", connection.closed());
        network.await("the reset", () -> atClient.count(SessionEvent.Reset.class) == 1);
        // The port is free again.
        bind(server("osd.4"), addr);
    }

    @Scenario("P22")
    @Test
    void closesInTheMiddleOfAFlood() {
        for (int round = 0; round < 2; round++) {
            RecordingDispatcher replies = new RecordingDispatcher();
            Messenger server = start(messenger("osd.3").service(new EchoService()));
            EntityAddr addr = bind(server);
            Messenger client = start(messenger("client.7").dispatcher(replies));
            List<CompletableFuture<Void>> senders = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Connection connection = client.connect(EntityType.OSD, addr);
                senders.add(CompletableFuture.runAsync(
                        () -> {
                            Outcome outcome = Outcome.ACCEPTED;
                            for (int n = 0; n < 3000 && outcome == Outcome.ACCEPTED; n++) {
                                Message message = message(MessageType.ECHO.code(), n, n % 10 == 0 ? 20_000 : 100);
                                outcome = connection.send(message).outcome();
                                if (outcome != Outcome.ACCEPTED) {
                                    message.release();
                                }
                            }
                        },
                        network.workers()));
            }
            network.await("messages flow", () -> replies.count(Received.class) > 100);
            network.close(round % 2 == 0 ? server : client);
            senders.forEach(sender -> network.get("a sender", sender));
            network.close(round % 2 == 0 ? client : server);
            assertThat(server.connections()).isEmpty();
            assertThat(client.connections()).isEmpty();
            network.await("every permit is back", () -> server.stats().dispatchBytes() == 0);
        }
    }

    @Test
    void callsNobodyBackOnceTheMessengerIsClosed() {
        AtomicBoolean over = new AtomicBoolean();
        List<String> late = new CopyOnWriteArrayList<>();
        Messenger server = start(messenger("osd.3").dispatcher(new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                note("message " + message.tid());
                return true;
            }

            @Override
            public void onEvent(Connection connection, SessionEvent event) {
                note(event.toString());
            }

            private void note(String what) {
                if (over.get()) {
                    late.add(what);
                }
            }
        }));
        EntityAddr addr = bind(server);
        Connection connection = connect(client("client.7"), addr);
        for (int i = 0; i < 2000; i++) {
            connection.send(message(TYPE, i, 100));
        }
        network.close(server);
        over.set(true);
        network.settle();
        assertThat(late).isEmpty();
        assertThat(server.connections()).isEmpty();
    }

    // --- Services

    @Test
    void refusesTwoServicesOfOneNameOrType() {
        AtomicInteger count = new AtomicInteger();
        assertThatThrownBy(() -> messenger("osd.3")
                        .service(service("echo", Set.of(TYPE), count))
                        .service(new EchoService()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'echo'");
        assertThatThrownBy(() -> messenger("osd.3")
                        .service(service("one", Set.of(TYPE, OTHER_TYPE), count))
                        .service(service("two", Set.of(OTHER_TYPE), count))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'one'")
                .hasMessageContaining("'two'")
                .hasMessageContaining(Integer.toString(OTHER_TYPE));
    }

    @Test
    void startsServicesBeforeTheFirstMessageAndStopsThemBehindTheLast() {
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        Messenger server = start(messenger("osd.3")
                .service(new LoggedService("one", TYPE, calls))
                .service(new LoggedService("two", OTHER_TYPE, calls)));
        assertThat(calls).containsExactly("one starts on osd.3", "two starts on osd.3");
        assertThat(server.health()).containsEntry("one", Health.OK).containsEntry("two", Health.OK);
        Connection connection = connect(client("client.7"), bind(server));
        for (int i = 0; i < 100; i++) {
            connection.send(message(i % 2 == 0 ? TYPE : OTHER_TYPE, i));
        }
        network.await("all are handled", () -> calls.size() == 102);
        network.close(server);
        assertThat(calls).hasSize(104);
        assertThat(List.copyOf(calls).subList(102, 104)).containsExactlyInAnyOrder("one stops", "two stops");
    }

    @Test
    void stopsTheServicesThatHaveStartedIfOneDoesNot() {
        Queue<String> calls = new ConcurrentLinkedQueue<>();
        Messenger.Builder builder = messenger("osd.3")
                .service(new LoggedService("one", TYPE, calls))
                .service(new LoggedService("two", OTHER_TYPE, calls) {
                    @Override
                    public void start(ServiceContext context) {
                        throw new IllegalStateException("two cannot start");
                    }
                })
                .service(new LoggedService("three", OTHER_TYPE + 1, calls));
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("two cannot start");
        assertThat(calls).containsExactly("one starts on osd.3", "one stops");
    }

    private static class LoggedService implements Service {
        private final String name;
        private final int type;
        private final Queue<String> calls;

        LoggedService(String name, int type, Queue<String> calls) {
            this.name = name;
            this.type = type;
            this.calls = calls;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Set<Integer> messageTypes() {
            return Set.of(type);
        }

        @Override
        public void start(ServiceContext context) {
            calls.add(name + " starts on " + context.node());
        }

        @Override
        public void stop() {
            calls.add(name + " stops");
        }

        @Override
        public void handle(Connection connection, Message message) {
            calls.add(name + " handles " + message.tid());
        }
    }

    private static Service service(String name, Set<Integer> types, AtomicInteger handled) {
        return new Service() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public Set<Integer> messageTypes() {
                return types;
            }

            @Override
            public void handle(Connection connection, Message message) {
                handled.incrementAndGet();
            }
        };
    }
}
