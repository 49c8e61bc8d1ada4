package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.msgr2.core.Entropy;
import org.msgr2.core.frame.Tag;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.testing.CephxRealm;
import org.msgr2.session.testing.FaultPoint;
import org.msgr2.session.testing.FaultStream;
import org.msgr2.session.testing.FaultTransport;
import org.msgr2.session.testing.FrameBorders;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.SessionMode;
import org.msgr2.session.testing.TestNetwork;

/** The stage for a scenario: one realm, one network, actors on it. */
abstract class ScenarioTestBase extends NetworkTestBase<TestNetwork.Virtual> {

    /** A fault, and how frames are protected when it strikes. */
    record Case(FaultPoint point, SessionMode mode) {
        @Override
        public String toString() {
            return point + ", " + mode;
        }
    }

    private static final int NONCE_BYTES = Long.BYTES;

    private final SplittableRandom random = new SplittableRandom(44);
    private final FrameBorders borders = new FrameBorders();
    private final List<Actor> actors = new ArrayList<>();
    private CephxRealm realm;
    private LogCapture quiet;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void setTheStage() {
        realm = new CephxRealm(network.time().wallClock(), random::nextBytes);
        quiet = LogCapture.of("org.msgr2.session");
    }

    @AfterEach
    void everyFaultHasStruck() {
        quiet.close();
        assertThat(actors).allMatch(actor -> actor.net.isThrough());
    }

    /** Every point in every mode; points of frames that only cephx has, in secure mode only. */
    static Stream<Case> cases(FaultPoint... points) {
        return SessionMode.all()
                .flatMap(mode -> Arrays.stream(points)
                        .filter(point -> mode.isSecure() || !isOfCephx(point))
                        .map(point -> new Case(point, mode)));
    }

    private static boolean isOfCephx(FaultPoint point) {
        return point.tag() == Tag.AUTH_REPLY_MORE || point.tag() == Tag.AUTH_REQUEST_MORE;
    }

    // --- Who plays

    /** A node that dials with that policy; if it is a peer's, it accepts with it too. */
    Actor actor(String name, SessionMode mode, Policy policy) {
        return actor(name, mode, policy, builder -> builder);
    }

    Actor actor(String name, SessionMode mode, Policy policy, UnaryOperator<Messenger.Builder> more) {
        FaultTransport net = new FaultTransport(network.transport(leaks.allocator()), borders);
        Actor made = new Actor(net, actor -> {
            Messenger.Builder builder = network.messenger(name, leaks.allocator(), net)
                    .frameObserver(net)
                    .handshakeListener(actor::handshakeEnded)
                    .dispatcher(actor.heard)
                    .entropy(random::nextBytes);
            if (!policy.server()) {
                builder.dialPolicy(policy);
            }
            if (policy.server() || !policy.lossy()) {
                builder.acceptPolicy(policy);
            }
            return start(more.apply(mode.configure(builder, realm, name)));
        });
        actors.add(made);
        return made;
    }

    /** Random bytes, but for the first number: which is a messenger's nonce. */
    Entropy nonce(int nonce) {
        return new Entropy() {
            private boolean given;

            @Override
            public void nextBytes(byte[] bytes) {
                random.nextBytes(bytes);
                if (!given && bytes.length == NONCE_BYTES) {
                    given = true;
                    for (int i = 0; i < Integer.BYTES; i++) {
                        bytes[NONCE_BYTES - 1 - i] = (byte) (nonce >> (Byte.SIZE * i));
                    }
                }
            }
        };
    }

    // --- What they do

    void awaitReady(Connection connection) {
        network.get("ready", connection.ready());
    }

    void awaitReceived(Actor actor, int messages) {
        network.await(messages + " messages", () -> actor.heard.messages().size() >= messages);
    }

    /** Runs what is due, and what comes of it within that time. */
    void advance(Duration time) {
        network.time().advance(time);
    }

    /**
     * The actor's process ends without a word: nobody hears of it, not even of the ends of its connections, unless somebody
     * {@link FaultTransport#loseAll loses} them.
     */
    void crash(Actor actor) {
        actor.net.refuse(true);
        actor.net.streams().forEach(FaultStream::vanish);
        actor.messenger.connections().forEach(Connection::markDown);
        network.settle();
        actor.messenger.close();
        // Some time later, somebody starts another one.
        advance(Duration.ofSeconds(2));
    }

    // --- What is to be seen at the end

    /** Messages flow, both ways, between the only sessions that there are; others may have been lost before. */
    void assertFlows(Actor one, Actor other) {
        int before = one.heard.messages().size();
        int beforeAtOther = other.heard.messages().size();
        one.send(one.session(), 1);
        other.send(other.session(), 1);
        network.await("at one end", () -> one.heard.messages().size() > before);
        network.await("at the other", () -> other.heard.messages().size() > beforeAtOther);
        network.settle();
        assertThat(one.heard.tids()).hasSize(before + 1).endsWith(other.sent());
        assertThat(other.heard.tids()).hasSize(beforeAtOther + 1).endsWith(one.sent());
    }

    private static void assertSettled(Actor actor) {
        assertThat(actor.messenger.stats().handshakes()).isZero();
        assertThat(actor.countsAsSeen()).isTrue();
    }

    /** Messages flow, both ways, between the only sessions that there are; every one since the beginning has come once. */
    void assertTraffic(Actor one, Actor other) {
        one.send(one.session(), 4);
        other.send(other.session(), 4);
        network.await("at one end", () -> other.heard.messages().size() >= one.sent());
        network.await("at the other", () -> one.heard.messages().size() >= other.sent());
        network.settle();
        assertThat(other.heard.tids()).isEqualTo(numbers(one.sent()));
        assertThat(one.heard.tids()).isEqualTo(numbers(other.sent()));
        assertSettled(one);
        assertSettled(other);
    }

    static List<Long> numbers(long last) {
        return LongStream.rangeClosed(1, last).boxed().toList();
    }
}
