package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.netty.NettyTransport;
import org.msgr2.session.testing.FlakyTransport;

/** A stateful session with a real metadata server, whose connection is lost again and again. */
@RequiresCeph({CephProgram.OSD, CephProgram.MDS})
@Timeout(120)
final class MdsSessionIT {
    private static final int OPEN = 1;
    private static final int REQUEST_OPEN = 0;
    private static final int REQUEST_RENEWCAPS = 4;
    private static final int RENEWCAPS = 5;
    private static final int ROUNDS = 20;
    private static final String FAILURES = "ms_inject_socket_failures";
    private static final int FAILURE_IN = 40;
    private static final long RECONNECTS_MIN = 20;
    private static final int WINDOW = 5;
    private static final long RENEWALS_MAX = 20_000;
    private static final Duration WAIT = Duration.ofSeconds(20);

    /** Short, since some attempts are made to fail. */
    private static final Duration BACKOFF = Duration.ofMillis(20);

    private static final Duration BACKOFF_MAX = Duration.ofMillis(200);

    private static ThrowAwayCeph ceph;

    /** One that the metadata server has sent. */
    private record Answer(int op, long seq) {}

    private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
    private final Queue<SessionEvent> events = new ConcurrentLinkedQueue<>();

    private final Dispatcher recorder = new Dispatcher() {
        @Override
        public boolean dispatch(Connection connection, Message message) {
            if (message.is(MessageType.CLIENT_SESSION)) {
                WireReader in = new WireReader(message.front().duplicate());
                try {
                    answers.add(new Answer(in.s32("op"), in.u64("seq")));
                } catch (WireException e) {
                    throw new AssertionError(e);
                }
            }
            return true;
        }

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            if (connection.peerType() == EntityType.MDS) {
                events.add(event);
            }
        }
    };

    @BeforeAll
    static void startCluster() {
        ceph = LocalCeph.start(CephSettings.defaults().withOsds(1).withMds(true));
    }

    @AfterAll
    static void stopCluster() {
        if (ceph != null) {
            ceph.close();
        }
    }

    /** Opens the session, or renews it: {@code op u32 | seq u64 | stamp 8 | max_caps u32 | max_leases u32}. */
    private static Message session(int op, long seq) {
        ByteBuf front = Unpooled.buffer();
        new WireWriter(front).u32(op).u64(seq).u64(0).u32(0).u32(0);
        return Message.builder(MessageType.CLIENT_SESSION)
                .version(1, 1)
                .front(front)
                .build();
    }

    private void await(String what, BooleanSupplier condition) {
        Awaitility.await(what + "; " + answers.size() + " answers; events " + kinds())
                .atMost(WAIT)
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    private List<String> kinds() {
        return events.stream().map(event -> event.getClass().getSimpleName()).toList();
    }

    private long count(Class<? extends SessionEvent> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    /** A client of ours that has logged in at the monitor, and has a session with the metadata server. */
    private final class Client implements AutoCloseable {
        final CephxClient tickets;
        final FlakyTransport network = new FlakyTransport(new NettyTransport(ByteBufAllocator.DEFAULT));
        final Connection session;
        private final InteropClient login;
        private final Messenger messenger;

        Client(ConnectionMode mode) throws Exception {
            CephxConfig config = InteropClient.config(ceph, InteropClient.key(ceph), List.of(mode));
            tickets = new CephxClient(config, InstantSource.system(), InteropClient.ENTROPY);
            login = InteropClient.cephx(config, tickets);
            messenger = Messenger.builder(config.self().toString())
                    .transport(network)
                    .limits(Limits.defaults()
                            .withTimeouts(Limits.defaults().timeouts().withBackoff(BACKOFF, BACKOFF_MAX)))
                    .auth(name -> new CephxAuth(tickets, new NoneAuth(name)))
                    .dialPolicy(Policy.losslessClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                    .dispatcher(recorder)
                    .build();
            InteropClient.ready(login.monitor(ceph));
            EntityAddr mds = DaemonAddress.of(ceph, EntityType.MDS).orElseThrow();
            session = messenger.connect(EntityType.MDS, mds);
            InteropClient.ready(session);
        }

        /** Opens the session, and forgets the answer. */
        void open() {
            send(REQUEST_OPEN, 0);
            await("the session opens", () -> answers.contains(new Answer(OPEN, 0)));
            answers.clear();
        }

        void send(int op, long seq) {
            assertThat(session.send(session(op, seq)).accepted()).isTrue();
        }

        /** So many renewals were answered, each once, in the order in which they were asked for, by one session. */
        void wasRenewed(long count) {
            await("all are answered", () -> answers.size() >= count);
            await("all are acknowledged", () -> session.queuedMessages() == 0);
            assertThat(answers)
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, count)
                            .mapToObj(seq -> new Answer(RENEWCAPS, seq))
                            .toList());
            assertThat(count(SessionEvent.RemoteReset.class)).isZero();
            assertThat(count(SessionEvent.Discarded.class)).isZero();
        }

        @Override
        public void close() {
            messenger.close();
            network.close();
            login.close();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    @Scenario({"S09", "P03"})
    void everyRequestIsAnsweredOnceHoweverOftenTheConnectionBreaks(ConnectionMode mode) throws Exception {
        try (Client client = new Client(mode)) {
            assertThat(client.session.info().lossy()).isFalse();
            client.open();
            for (long round = 1; round <= ROUNDS; round++) {
                client.send(REQUEST_RENEWCAPS, round);
                long connections = round + 1;
                client.network.cut();
                await("reconnected", () -> count(SessionEvent.Connected.class) >= connections);
            }
            client.wasRenewed(ROUNDS);
            assertThat(client.session.info().mode()).isEqualTo(mode);
        }
    }

    /**
     * From now on the metadata server closes the socket at one in so many of its reads and writes, of all its connections.
     *
     * @param in 0 for never
     */
    private void breakConnections(int in) {
        ceph.ceph("config", "set", "mds", FAILURES, Integer.toString(in));
        Path socket = ceph.directory().resolve(MdsRecipe.NAME + ClusterSite.ADMIN_SOCKET_SUFFIX);
        await(
                "it has been told",
                () -> AdminSocket.ask(socket, "config diff")
                        .at("/diff/" + FAILURES + "/final")
                        .asText("0")
                        .equals(Integer.toString(in)));
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    void everyRequestIsAnsweredOnceHoweverOftenTheServerBreaksTheConnection(ConnectionMode mode) throws Exception {
        try (Client client = new Client(mode)) {
            client.open();
            long renewals = 0;
            breakConnections(FAILURE_IN);
            try {
                while (count(SessionEvent.Connected.class) <= RECONNECTS_MIN && renewals < RENEWALS_MAX) {
                    for (int i = 0; i < WINDOW; i++) {
                        client.send(REQUEST_RENEWCAPS, ++renewals);
                    }
                    long sent = renewals;
                    await("they are answered", () -> answers.size() >= sent);
                }
            } finally {
                breakConnections(0);
            }
            client.wasRenewed(renewals);
            long reconnects = count(SessionEvent.Connected.class) - 1;
            assertThat(reconnects).isGreaterThanOrEqualTo(RECONNECTS_MIN);
            System.out.printf(
                    "real MDS that breaks its connections, %s: %d renewals, %d reconnects, %d failed attempts, %d messages replayed%n",
                    mode,
                    renewals,
                    reconnects,
                    count(SessionEvent.AttemptFailed.class),
                    client.messenger.stats().messagesReplayed());
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    @Scenario("S30")
    void anEvictedSessionIsResetAndBeginsAnew(ConnectionMode mode) throws Exception {
        ceph.ceph("config", "set", "mds", "mds_session_blocklist_on_evict", "false");
        try (Client client = new Client(mode)) {
            client.open();
            ceph.ceph("tell", "mds.*", "session", "evict", "id=" + client.tickets.globalId());
            client.network.cut();
            await("the reset", () -> count(SessionEvent.RemoteReset.class) == 1);
            await("ready again", () -> count(SessionEvent.Connected.class) >= 2);
            client.open();
        }
    }
}
