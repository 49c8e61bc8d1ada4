package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.CephxRealm;
import org.msgr2.session.testing.FaultStream;
import org.msgr2.session.testing.FaultTransport;
import org.msgr2.session.testing.FrameBorders;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.SessionMode;
import org.msgr2.session.testing.TestNetwork;

/** The stage for what happens to messages: messengers in virtual time that talk in one of the {@link SessionMode}s. */
abstract class TrafficTestBase extends NetworkTestBase<TestNetwork.Virtual> {
    /** Of messages that every end records. */
    static final int TYPE = 0x7c05;

    private final SplittableRandom random = new SplittableRandom(45);
    private FrameBorders borders;
    private CephxRealm realm;
    private LogCapture log;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void setTheStage() {
        borders = new FrameBorders();
        realm = new CephxRealm(network.time().wallClock(), random::nextBytes);
        log = LogCapture.of("org.msgr2.session");
    }

    @AfterEach
    void speakAgain() {
        log.close();
    }

    /** What the messengers log. */
    final List<String> logged() {
        return log.lines();
    }

    final CephxRealm realm() {
        return realm;
    }

    /** So that a test that starts alike runs alike, nonces and cookies included. */
    final Entropy entropy() {
        return random::nextBytes;
    }

    /** Takes messages of a type while they are received, on the loop. */
    record Fast(int type, BiConsumer<Connection, Message> handler) implements Dispatcher {
        @Override
        public boolean canFastDispatch(int messageType) {
            return messageType == type;
        }

        @Override
        public void fastDispatch(Connection connection, Message message) {
            handler.accept(connection, message);
        }
    }

    /** A messenger with everything that a test wants to see of it. */
    final class End {
        final String name;
        final RecordingDispatcher heard = new RecordingDispatcher();
        final FaultTransport net = new FaultTransport(network.transport(leaks.allocator()), borders);
        final Messenger messenger;
        /** Where it listens; blank if it does not. */
        final EntityAddr addr;

        private End(
                SessionMode mode,
                String name,
                Policy dial,
                Policy accept,
                boolean listens,
                UnaryOperator<Messenger.Builder> more) {
            this.name = name;
            Messenger.Builder builder = network.messenger(name, leaks.allocator(), net)
                    .dialPolicy(dial)
                    .acceptPolicy(accept)
                    .entropy(entropy())
                    .frameObserver(net)
                    .dispatcher(heard);
            messenger = start(more.apply(mode.configure(builder, realm, name)));
            addr = listens ? bind(messenger) : EntityAddr.BLANK;
        }

        /** The connection that lives, whoever has begun it. */
        Connection only() {
            assertThat(messenger.connections()).hasSize(1);
            return messenger.connections().iterator().next();
        }

        /** Begins to dial. */
        Connection dial(End to) {
            return messenger.connect(EntityType.OSD, to.addr);
        }

        /** Dials, and both ends are ready when this returns. */
        Connection connect(End to) {
            Connection connection = dial(to);
            network.get("ready", connection.ready());
            network.settle();
            return connection;
        }

        void close() {
            network.close(messenger);
        }

        // --- What has happened

        int count(Class<?> kind) {
            return heard.count(kind);
        }

        List<SessionEvent.Interrupted> interruptions() {
            return heard.all(SessionEvent.Interrupted.class);
        }

        int written(Tag tag) {
            return sum(net.streams().stream()
                    .mapToInt(stream -> stream.written(tag))
                    .toArray());
        }

        int read(Tag tag) {
            return sum(
                    net.streams().stream().mapToInt(stream -> stream.read(tag)).toArray());
        }

        private int sum(int... counts) {
            int sum = 0;
            for (int count : counts) {
                sum += count;
            }
            return sum;
        }

        long openStreams() {
            return net.streams().stream().filter(FaultStream::isOpen).count();
        }

        /** Everything that it has dialled, as if it were one connection. */
        Counts conn() {
            return Counts.conn(
                    net.attempts().size(),
                    written(Tag.CLIENT_IDENT),
                    written(Tag.SESSION_RECONNECT),
                    count(SessionEvent.Connected.class));
        }

        /** All sockets that it has accepted, together. */
        Counts acc() {
            return Counts.acc(
                    net.streams(false).size(),
                    read(Tag.CLIENT_IDENT),
                    read(Tag.SESSION_RECONNECT),
                    count(SessionEvent.Accepted.class));
        }

        Resets resets() {
            return Resets.reset(count(SessionEvent.Reset.class), count(SessionEvent.RemoteReset.class));
        }
    }

    /** Dials and does not listen. */
    final End client(SessionMode mode, String name, Policy policy) {
        return client(mode, name, policy, builder -> builder);
    }

    final End client(SessionMode mode, String name, Policy policy, UnaryOperator<Messenger.Builder> more) {
        return new End(mode, name, policy, Policy.statelessServer(), false, more);
    }

    /** Listens and does not dial. */
    final End server(SessionMode mode, String name, Policy policy) {
        return server(mode, name, policy, builder -> builder);
    }

    final End server(SessionMode mode, String name, Policy policy, UnaryOperator<Messenger.Builder> more) {
        return new End(mode, name, Policy.lossyClient(), policy, true, more);
    }

    /** Does both. */
    final End peer(SessionMode mode, String name, Policy policy) {
        return peer(mode, name, policy, builder -> builder);
    }

    final End peer(SessionMode mode, String name, Policy policy, UnaryOperator<Messenger.Builder> more) {
        return new End(mode, name, policy, policy, true, more);
    }

    /** Messages with those tids, some small and some larger. */
    final void send(Connection connection, long from, long to) {
        for (long tid = from; tid <= to; tid++) {
            assertThat(connection
                            .send(message(TYPE, tid, (int) (tid % 5) * 300))
                            .accepted())
                    .as("message " + tid)
                    .isTrue();
        }
    }

    static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    final void advance(Duration by) {
        network.time().advance(by);
    }

    /** Lets a few things happen, so that the next one comes in the midst of them. */
    final void tasks(int count) {
        int[] left = {count};
        network.time().advanceUntil(() -> left[0]-- <= 0, Duration.ofMillis(300));
    }

    /** Waits until that many messages have come, and asserts that they are 1, 2, 3 and no others. */
    final void assertAllArrive(End at, int count) {
        network.await(count + " messages at " + at.name, () -> at.heard.count(Received.class) >= count);
        network.settle();
        assertThat(at.heard.tids()).isEqualTo(range(1, count));
    }

    /** Asserts that the two can still talk: something goes there and comes back. */
    final void assertEchoFlows(Connection there, End at, End back) {
        int before = at.count(Received.class);
        int answers = back.count(Received.class);
        send(there, 1_000_001, 1_000_001);
        network.await("the message", () -> at.count(Received.class) == before + 1);
        Connection answering = at.heard.log().get(at.heard.log().size() - 1).connection();
        send(answering, 1_000_002, 1_000_002);
        network.await("the answer", () -> back.count(Received.class) == answers + 1);
    }
}
