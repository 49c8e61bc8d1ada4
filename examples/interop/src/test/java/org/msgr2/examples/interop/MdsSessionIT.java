package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
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
    private static final Duration WAIT = Duration.ofSeconds(20);

    private static CephCluster ceph;

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
        Awaitility.await(what + "; events " + events)
                .atMost(WAIT)
                .pollInterval(Duration.ofMillis(5))
                .until(condition::getAsBoolean);
    }

    private long count(Class<? extends SessionEvent> kind) {
        return events.stream().filter(kind::isInstance).count();
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    @Scenario({"S09", "P03"})
    void everyRequestIsAnsweredOnceHoweverOftenTheConnectionBreaks(ConnectionMode mode) throws Exception {
        CephxConfig config = InteropClient.config(ceph, InteropClient.key(ceph), List.of(mode));
        CephxClient tickets = new CephxClient(config, InstantSource.system(), InteropClient.ENTROPY);
        EntityAddr mds = DaemonAddress.of(ceph, EntityType.MDS).orElseThrow();
        try (InteropClient login = InteropClient.cephx(config, tickets);
                FlakyTransport network = new FlakyTransport(new NettyTransport(ByteBufAllocator.DEFAULT));
                Messenger client = Messenger.builder(config.self().toString())
                        .transport(network)
                        .auth(name -> new CephxAuth(tickets, new NoneAuth(name)))
                        .dialPolicy(Policy.losslessClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                        .dispatcher(recorder)
                        .build()) {
            InteropClient.ready(login.monitor(ceph));
            Connection session = client.connect(EntityType.MDS, mds);
            assertThat(InteropClient.ready(session).lossy()).isFalse();
            assertThat(session.send(session(REQUEST_OPEN, 0)).accepted()).isTrue();
            await("the session opens", () -> answers.contains(new Answer(OPEN, 0)));
            answers.clear();

            for (long round = 1; round <= ROUNDS; round++) {
                assertThat(session.send(session(REQUEST_RENEWCAPS, round)).accepted())
                        .isTrue();
                long connections = round + 1;
                network.cut();
                await("reconnected", () -> count(SessionEvent.Connected.class) >= connections);
            }
            await("all are answered", () -> answers.size() >= ROUNDS);
            await("all are acknowledged", () -> session.queuedMessages() == 0);

            assertThat(answers)
                    .containsExactlyElementsOf(LongStream.rangeClosed(1, ROUNDS)
                            .mapToObj(seq -> new Answer(RENEWCAPS, seq))
                            .toList());
            assertThat(count(SessionEvent.RemoteReset.class)).isZero();
            assertThat(count(SessionEvent.Discarded.class)).isZero();
            assertThat(session.info().mode()).isEqualTo(mode);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    @Scenario("S30")
    void anEvictedSessionIsResetAndBeginsAnew(ConnectionMode mode) throws Exception {
        ceph.ceph("config", "set", "mds", "mds_session_blocklist_on_evict", "false");
        CephxConfig config = InteropClient.config(ceph, InteropClient.key(ceph), List.of(mode));
        CephxClient tickets = new CephxClient(config, InstantSource.system(), InteropClient.ENTROPY);
        EntityAddr mds = DaemonAddress.of(ceph, EntityType.MDS).orElseThrow();
        try (InteropClient login = InteropClient.cephx(config, tickets);
                FlakyTransport network = new FlakyTransport(new NettyTransport(ByteBufAllocator.DEFAULT));
                Messenger client = Messenger.builder(config.self().toString())
                        .transport(network)
                        .auth(name -> new CephxAuth(tickets, new NoneAuth(name)))
                        .dialPolicy(Policy.losslessClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                        .dispatcher(recorder)
                        .build()) {
            InteropClient.ready(login.monitor(ceph));
            Connection session = client.connect(EntityType.MDS, mds);
            InteropClient.ready(session);
            session.send(session(REQUEST_OPEN, 0));
            await("the session opens", () -> answers.contains(new Answer(OPEN, 0)));
            ceph.ceph("tell", "mds.*", "session", "evict", "id=" + tickets.globalId());
            network.cut();
            await("the reset", () -> count(SessionEvent.RemoteReset.class) == 1);
            await("ready again", () -> count(SessionEvent.Connected.class) >= 2);
            answers.clear();
            session.send(session(REQUEST_OPEN, 0));
            await("a new session opens", () -> answers.contains(new Answer(OPEN, 0)));
        }
    }
}
