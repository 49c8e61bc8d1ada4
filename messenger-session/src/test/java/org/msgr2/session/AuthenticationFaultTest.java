package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.AuthServerProvider;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.AuthorityOptions;
import org.msgr2.crypto.auth.cephx.AuthorityState;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.StateStore;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.CutTransport;
import org.msgr2.session.testing.CutTransport.Cut;
import org.msgr2.session.testing.CutTransport.Direction;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;

/** A monitor and a client with cephx, whose first connection is lost somewhere in the midst of it, or takes its time. */
class AuthenticationFaultTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final EntityName ADMIN = EntityName.parse("client.admin");
    private static final int BANNER_BYTES = 26;
    private static final int PREAMBLE_BYTES = 32;
    private static final int SECURE_SIGNATURE_BYTES = 96;
    /** Banner, HELLO, two frames of authentication, AUTH_SIGNATURE: by either end. */
    private static final int STEPS = 5;

    /** Which revision in which mode. */
    enum Mode {
        CRC(Revision.MSGR2_1, ConnectionMode.CRC),
        SECURE(Revision.MSGR2_1, ConnectionMode.SECURE),
        CRC_OF_MSGR20(Revision.MSGR2_0, ConnectionMode.CRC),
        SECURE_OF_MSGR20(Revision.MSGR2_0, ConnectionMode.SECURE);

        private final Revision revision;
        private final ConnectionMode mode;

        Mode(Revision revision, ConnectionMode mode) {
            this.revision = revision;
            this.mode = mode;
        }

        BannerFeatures banner() {
            return revision == Revision.MSGR2_1 ? BannerFeatures.REVISION_1 : BannerFeatures.NONE;
        }
    }

    /** Which end loses the connection, and where: behind that many frames of a direction. */
    record Fault(Mode mode, boolean atClient, Direction direction, int frames) {}

    private final Entropy entropy = new SplittableRandom(30)::nextBytes;
    private final RecordingDispatcher heardByClient = new RecordingDispatcher();
    private final RecordingDispatcher heardByMonitor = new RecordingDispatcher();
    private LogCapture log;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void beQuiet() {
        log = LogCapture.of("org.msgr2.session.driver");
    }

    @AfterEach
    void speakAgain() {
        log.close();
    }

    /** Nothing survives, and nothing has to. */
    private static final StateStore FORGETFUL = new StateStore() {
        @Override
        public Optional<AuthorityState> load() {
            return Optional.empty();
        }

        @Override
        public void save(AuthorityState state) {}
    };

    /** A client and a monitor. */
    private final class Pair {
        private final CryptoKey key = CryptoKey.generate(KeyType.AES, UTime.ZERO, entropy);
        private final CephxClient cephx;
        private final CutTransport atClient;
        private final CutTransport atMonitor;
        private final Messenger monitor;
        private final EntityAddr addr;
        private final Messenger client;

        Pair(Mode mode, @Nullable Cut cutAtClient, @Nullable Cut cutAtMonitor, Duration thinking) throws IOException {
            this(mode, cutAtClient, cutAtMonitor, thinking, null);
        }

        /** @param wrongKey the client's, if it is not the one that the monitor knows */
        Pair(
                Mode mode,
                @Nullable Cut cutAtClient,
                @Nullable Cut cutAtMonitor,
                Duration thinking,
                @Nullable CryptoKey wrongKey)
                throws IOException {
            List<ConnectionMode> modes = List.of(mode.mode);
            cephx = new CephxClient(
                    CephxConfig.of(ADMIN, wrongKey == null ? key : wrongKey).withModes(modes, modes),
                    network.time().wallClock(),
                    entropy);
            atMonitor = new CutTransport(network.transport(leaks.allocator()), cutAtMonitor);
            monitor = start(configured(messenger("mon.a"), mode, atMonitor)
                    .service(new EchoService())
                    .dispatcher(heardByMonitor)
                    .auth(self -> new CephxAuth(cephx, slow(monitorAuth(), thinking))));
            addr = bind(monitor);
            atClient = new CutTransport(network.transport(leaks.allocator()), cutAtClient);
            client = start(configured(messenger("client.admin"), mode, atClient)
                    .dispatcher(heardByClient)
                    .auth(self -> new CephxAuth(cephx, type -> {
                        throw new IllegalStateException("nobody dials a client");
                    })));
        }

        private Messenger.Builder configured(Messenger.Builder builder, Mode mode, Transport transport) {
            return builder.transport(transport)
                    .bannerFeatures(mode.banner(), BannerFeatures.NONE)
                    .allowWeakSecureMode(mode == Mode.SECURE_OF_MSGR20);
        }

        private AuthServerProvider monitorAuth() {
            try {
                Keyring keyring = Keyring.EMPTY.with(ADMIN, key, Map.of("mon", "allow *"));
                return CephxServer.monitor(TicketAuthority.open(
                        keyring,
                        AuthorityOptions.DEFAULTS,
                        FORGETFUL,
                        network.time().wallClock(),
                        entropy,
                        LoginListener.NONE));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }

        /** Echo flows, so the session is one. */
        void echo(Connection connection, long tid) {
            connection.send(message(MessageType.ECHO.code(), tid, 1000));
            network.await("the echo", () -> heardByClient.tids().contains(tid));
        }
    }

    /** Each of the monitor's answers takes so long. */
    private AuthServerProvider slow(AuthServerProvider provider, Duration thinking) {
        if (thinking.isZero()) {
            return provider;
        }
        return type -> {
            AuthServer server = provider.server(type);
            return new AuthServer() {
                @Override
                public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) {
                    return later(() -> server.request(method, preferredModes, payload));
                }

                @Override
                public AuthReply requestMore(Opaque payload) {
                    return later(() -> server.requestMore(payload));
                }
            };
        };
    }

    private interface Answer {
        AuthReply get() throws Exception;
    }

    private AuthReply later(Answer answer) {
        CompletableFuture<AuthReply> reply = new CompletableFuture<>();
        waiting.add(() -> {
            try {
                reply.complete(answer.get());
            } catch (Exception e) {
                reply.completeExceptionally(e);
            }
        });
        return new AuthReply.Later(reply);
    }

    private final List<Runnable> waiting = new ArrayList<>();

    private void answerAll() {
        List<Runnable> due = List.copyOf(waiting);
        waiting.clear();
        due.forEach(Runnable::run);
        network.settle();
    }

    @Scenario({"A01", "A10"})
    @ParameterizedTest
    @EnumSource
    void anEntityWithItsKeyIsKnownByNameAndCapabilities(Mode mode) throws IOException {
        Pair pair = new Pair(mode, null, null, Duration.ZERO);
        Connection connection = pair.client.connect(EntityType.MON, pair.addr);
        ConnectionInfo info = network.get("ready", connection.ready());
        pair.echo(connection, 1);

        assertThat(info.mode()).isEqualTo(mode.mode);
        assertThat(info.revision()).isEqualTo(mode.revision);
        assertThat(info.identity().authenticated()).isTrue();
        ConnectionInfo seen =
                heardByMonitor.all(SessionEvent.Accepted.class).get(0).info();
        assertThat(seen.identity().name()).isEqualTo(ADMIN);
        assertThat(seen.identity().globalId()).isEqualTo(pair.cephx.globalId()).isPositive();
        assertThat(seen.identity().capabilities().text("mon")).isEqualTo("allow *");
        assertThat(pair.cephx.hasTicket(EntityType.AUTH)).isTrue();
    }

    /** One attempt after the other, with longer and longer waits. */
    @Scenario("A07")
    @Test
    void aClientWithTheWrongKeyDoesNotHammerAtTheMonitor() throws IOException {
        CryptoKey wrong = CryptoKey.generate(KeyType.AES, UTime.ZERO, entropy);
        Pair pair = new Pair(Mode.SECURE, null, null, Duration.ZERO, wrong);
        Connection connection = pair.client.connect(EntityType.MON, pair.addr);
        network.time().advance(Duration.ofMinutes(1));

        List<SessionEvent.AttemptFailed> failures = heardByClient.all(SessionEvent.AttemptFailed.class);
        assertThat(failures).hasSizeBetween(5, 12);
        assertThat(failures).allSatisfy(failure -> assertThat(failure.cause()).hasMessageContaining("EACCES"));
        for (int i = 1; i < failures.size(); i++) {
            assertThat(failures.get(i).retryIn())
                    .isGreaterThanOrEqualTo(failures.get(i - 1).retryIn());
        }
        assertThat(failures.get(failures.size() - 1).retryIn()).isGreaterThanOrEqualTo(Duration.ofSeconds(10));
        assertThat(connection.ready().toCompletableFuture()).isNotDone();
        assertThat(heardByMonitor.count(SessionEvent.Accepted.class)).isZero();
        assertThat(pair.monitor.stats().connections()).isZero();
    }

    static Stream<Fault> faults() {
        List<Fault> all = new ArrayList<>();
        for (Mode mode : Mode.values()) {
            for (boolean atClient : new boolean[] {true, false}) {
                for (Direction direction : Direction.values()) {
                    // Behind the monitor's signature comes SERVER_IDENT: of another chapter.
                    int last = !atClient && direction == Direction.OUT ? STEPS - 1 : STEPS;
                    for (int frames = 0; frames <= last; frames++) {
                        all.add(new Fault(mode, atClient, direction, frames));
                    }
                }
            }
        }
        return all.stream();
    }

    /** Signatures cover what was said in the second attempt, and nothing of the first; by the same connection's object. */
    @Scenario({"A14", "A30"})
    @ParameterizedTest
    @MethodSource("faults")
    void aConnectionLostAtAnyStepIsEstablishedByTheNextAttempt(Fault fault) throws IOException {
        boolean byClient = fault.atClient() == (fault.direction() == Direction.OUT);
        long at = boundaries(fault.mode(), byClient).get(fault.frames());
        Cut cut = new Cut(fault.direction(), at);
        Pair pair = new Pair(fault.mode(), fault.atClient() ? cut : null, fault.atClient() ? null : cut, Duration.ZERO);

        Connection connection = pair.client.connect(EntityType.MON, pair.addr);
        ConnectionInfo info = network.get("ready", connection.ready());

        assertThat(info.mode()).isEqualTo(fault.mode().mode);
        assertThat(info.revision()).isEqualTo(fault.mode().revision);
        pair.echo(connection, 30);
        assertThat(pair.atClient.streams()).isEqualTo(2);
        assertThat(pair.atMonitor.streams()).isEqualTo(2);
        assertThat(heardByClient.count(SessionEvent.AttemptFailed.class)).isEqualTo(1);
        assertThat(heardByClient.count(SessionEvent.Connected.class)).isEqualTo(1);
        assertThat(heardByClient.count(SessionEvent.Reset.class)).isZero();
        // A client that has read the last signature answers at once: the monitor had a session, and lost it.
        int lost = fault.atClient() && fault.direction() == Direction.IN && fault.frames() == STEPS ? 1 : 0;
        assertThat(heardByMonitor.count(SessionEvent.Accepted.class)).isEqualTo(1 + lost);
        assertThat(heardByMonitor.count(SessionEvent.Reset.class)).isEqualTo(lost);
        assertThat(pair.monitor.stats().connections()).isEqualTo(1);
        assertThat(pair.monitor.stats().handshakes()).isZero();
    }

    /** Where the frames of an undisturbed handshake begin and end, from the banner to the signature. */
    private List<Long> boundaries(Mode mode, boolean sentByClient) throws IOException {
        Pair pair = new Pair(mode, null, null, Duration.ZERO);
        Connection connection = pair.client.connect(EntityType.MON, pair.addr);
        network.get("ready", connection.ready());
        byte[] stream = sentByClient ? pair.atClient.sent() : pair.atClient.received();
        network.close(pair.client);
        network.close(pair.monitor);
        forget();
        List<Long> ends = new ArrayList<>(List.of(0L, (long) BANNER_BYTES));
        ByteBuffer bytes = ByteBuffer.wrap(stream).order(ByteOrder.LITTLE_ENDIAN);
        int at = BANNER_BYTES;
        int tag = 0;
        int lastInTheClear = (sentByClient ? Tag.AUTH_REQUEST_MORE : Tag.AUTH_DONE).code();
        while (tag != lastInTheClear) {
            tag = bytes.get(at);
            at += PREAMBLE_BYTES + bytes.getInt(at + 2) + (mode.revision == Revision.MSGR2_1 ? 4 : 17);
            ends.add((long) at);
        }
        int signature = mode.mode == ConnectionMode.SECURE
                ? SECURE_SIGNATURE_BYTES
                : PREAMBLE_BYTES + 32 + (mode.revision == Revision.MSGR2_1 ? 4 : 17);
        ends.add((long) at + signature);
        assertThat(ends).hasSize(STEPS + 1);
        return ends;
    }

    private void forget() {
        heardByClient.clear();
        heardByMonitor.clear();
    }

    /** Twice two seconds and a half. */
    @Scenario("A29")
    @ParameterizedTest
    @EnumSource
    void aMonitorThatTakesFiveSecondsIsWaitedFor(Mode mode) throws IOException {
        Pair pair = new Pair(mode, null, null, Duration.ofMillis(2500));
        Connection connection = pair.client.connect(EntityType.MON, pair.addr);
        network.settle();
        for (int answers = 0; answers < 2; answers++) {
            assertThat(waiting).hasSize(1);
            network.time().advance(Duration.ofMillis(2500));
            assertThat(connection.ready().toCompletableFuture()).isNotDone();
            answerAll();
        }
        network.get("ready", connection.ready());
        pair.echo(connection, 29);
        assertThat(pair.atClient.streams()).isEqualTo(1);
        assertThat(heardByClient.count(SessionEvent.AttemptFailed.class)).isZero();
    }

    @Scenario("A29")
    @Test
    void aMonitorThatTakesLongerThanTenSecondsIsGivenUpByTheClientsTimer() throws IOException {
        Pair pair = new Pair(Mode.SECURE, null, null, Duration.ofSeconds(11));
        Connection connection = pair.client.connect(EntityType.MON, pair.addr);
        network.settle();
        assertThat(waiting).hasSize(1);
        network.time().advance(Duration.ofMillis(9_900));
        assertThat(heardByClient.count(SessionEvent.AttemptFailed.class)).isZero();
        network.time().advance(Duration.ofMillis(200));
        assertThat(heardByClient.all(SessionEvent.AttemptFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.cause())
                        .hasMessageContaining("not ready within PT10S")
                        .hasMessageContaining("the answer to AUTH_REQUEST"));
        assertThat(pair.monitor.stats().handshakes()).isZero();

        // The late answer is nobody's; the next attempt is answered in time.
        answerAll();
        network.await("the second attempt", () -> !waiting.isEmpty());
        answerAll();
        answerAll();
        network.get("ready", connection.ready());
        pair.echo(connection, 29);
        assertThat(heardByClient.count(SessionEvent.Connected.class)).isEqualTo(1);
    }
}
