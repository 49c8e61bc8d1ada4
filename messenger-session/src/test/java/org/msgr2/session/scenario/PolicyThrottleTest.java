package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Policy;
import org.msgr2.session.PolicyThrottle;
import org.msgr2.session.PolicyThrottle.Taken;
import org.msgr2.session.testing.SessionMode;

/** A receiver that keeps messages beyond its callbacks: its policy bounds how many, over all connections that have it. */
class PolicyThrottleTest extends TrafficTestBase {
    private static final int KIB = 1024;
    private static final int SIZE = 10 * KIB;
    private static final int COUNT = 200; // of that size: more than the network takes

    private final Queue<Message> kept = new ArrayDeque<>();
    private final List<Long> tids = new ArrayList<>();

    /** Which bound stands in the way, at three messages. */
    enum Bound {
        MESSAGES,
        BYTES;

        PolicyThrottle throttle() {
            return this == MESSAGES ? new PolicyThrottle("clients", 3, 0) : new PolicyThrottle("clients", 0, 35 * KIB);
        }

        /** Who waits for bytes has a message already. */
        long waiting() {
            return this == BYTES ? 1 : 0;
        }
    }

    static Stream<Arguments> modesAndBounds() {
        return Arrays.stream(SessionMode.values())
                .flatMap(mode -> Arrays.stream(Bound.values()).map(bound -> Arguments.of(mode, bound)));
    }

    private final class Keeper implements Dispatcher {
        @Override
        public boolean dispatch(Connection connection, Message message) {
            kept.add(message.retain());
            tids.add(message.tid());
            return true;
        }
    }

    private End keeping(SessionMode mode, Policy policy, Bound bound) {
        Keeper keeper = new Keeper();
        End server =
                server(mode, "osd.0", policy.withThrottle(bound.throttle()), builder -> builder.dispatcher(keeper));
        server.heard.leaving(TYPE);
        return server;
    }

    @AfterEach
    void releaseAll() {
        while (!kept.isEmpty()) {
            kept.remove().release();
        }
    }

    private void send(Connection connection, int count) {
        for (int tid = 1; tid <= count; tid++) {
            assertThat(connection.send(message(TYPE, tid, SIZE)).accepted()).isTrue();
        }
    }

    private static Taken taken(End server) {
        return server.messenger.stats().policyThrottles().get("clients");
    }

    @Scenario("P31")
    @ParameterizedTest
    @MethodSource("modesAndBounds")
    void readingPausesUntilAMessageIsReleased(SessionMode mode, Bound bound) {
        End server = keeping(mode, Policy.statefulServer(), bound);
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.dial(server);
        send(connection, COUNT);
        network.settle();
        assertThat(tids).containsExactly(1L, 2L, 3L);
        assertThat(server.messenger.stats().dispatchBytes())
                .as("their callbacks have ended")
                .isZero();
        assertThat(taken(server)).isEqualTo(new Taken(3 + bound.waiting(), 3 * SIZE));
        assertThat(client.written(Tag.MESSAGE)).as("the sender is pushed back").isLessThan(COUNT);

        for (int received = 3; received < COUNT; received++) {
            kept.remove().release();
            network.settle();
            assertThat(tids).hasSize(received + 1);
        }
        assertThat(tids).isEqualTo(range(1, COUNT));
        releaseAll();
        assertThat(taken(server)).isEqualTo(new Taken(0, 0));
    }

    @Scenario("P31")
    @ParameterizedTest
    @MethodSource("modesAndBounds")
    void allConnectionsOfThePolicyShareIt(SessionMode mode, Bound bound) {
        End server = keeping(mode, Policy.statefulServer(), bound);
        End one = client(mode, "client.7", Policy.losslessClient());
        End other = client(mode, "client.8", Policy.losslessClient());
        send(one.dial(server), 10);
        network.settle();
        send(other.dial(server), 10);
        network.settle();
        assertThat(tids).hasSize(3);
        while (tids.size() < 20) {
            kept.remove().release();
            network.settle();
        }
        releaseAll();
        assertThat(taken(server)).isEqualTo(new Taken(0, 0));
    }

    /** The connection is lost while a message waits for its permits; what was let in before still has them. */
    @Scenario("P31")
    @ParameterizedTest
    @MethodSource("modesAndBounds")
    void theBalanceIsThatOfWhatIsKeptAfterAnyFault(SessionMode mode, Bound bound) {
        End server = keeping(mode, Policy.statefulServer(), bound);
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.dial(server);
        send(connection, 10);
        for (int fault = 0; fault < 4; fault++) {
            advance(Duration.ofSeconds(10)); // longer than it may back off
            assertThat(taken(server)).isEqualTo(new Taken(3 + bound.waiting(), 3 * SIZE));
            (fault % 2 == 0 ? server : client).net.loseAll();
        }
        network.settle();
        client.only().markDown();
        server.only().markDown();
        network.settle();
        assertThat(taken(server)).as("nobody waits any more").isEqualTo(new Taken(3, 3 * SIZE));
        releaseAll();
        assertThat(taken(server)).isEqualTo(new Taken(0, 0));
    }

    @Scenario("P32")
    @ParameterizedTest
    @MethodSource("modesAndBounds")
    void aMessageThatIsNotKeptIsCountedForAsLongAsItsCallbackRuns(SessionMode mode, Bound bound) {
        End server = server(mode, "osd.0", Policy.statelessServer().withThrottle(bound.throttle()));
        End client = client(mode, "client.7", Policy.lossyClient());
        send(client.dial(server), COUNT);
        assertAllArrive(server, COUNT);
        assertThat(taken(server)).isEqualTo(new Taken(0, 0));
    }
}
