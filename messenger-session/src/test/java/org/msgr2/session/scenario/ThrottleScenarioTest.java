package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.conn;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.machine.SessionState;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.SessionBench;
import org.msgr2.session.testing.SessionMode;

/** A receiver whose workers are busy: reads no more than it may hold, and gives back what it took, whatever happens. */
class ThrottleScenarioTest extends TrafficTestBase {
    private static final int KIB = 1024;

    private HeldExecutor busy;

    @BeforeEach
    void keepWorkersBusy() {
        busy = new HeldExecutor(network.time().workers());
    }

    /** Which throttle stands in the way. */
    enum Stage {
        /** Of one connection. */
        MESSAGES(0, 3, 3 * 10 * KIB),
        /** Of the messenger. */
        BYTES(35 * KIB, 4096, 3 * 10 * KIB);

        private final long bytes;
        private final int messages;
        /** What messages of 10 KiB come to that are let in. */
        private final long held;

        Stage(long bytes, int messages, long held) {
            this.bytes = bytes;
            this.messages = messages;
            this.held = held;
        }
    }

    static Stream<Arguments> modesAndStages() {
        return Arrays.stream(SessionMode.values())
                .flatMap(mode -> Arrays.stream(Stage.values()).map(stage -> Arguments.of(mode, stage)));
    }

    private End throttled(SessionMode mode, Policy policy, long bytes, int messages) {
        return server(
                mode,
                "osd.0",
                policy,
                builder -> builder.workerPool(busy)
                        .limits(Limits.defaults()
                                .withQueues(Limits.defaults().queues().withDispatch(bytes, messages))));
    }

    private void send(Connection connection, int count, int bytes) {
        for (int tid = 1; tid <= count; tid++) {
            assertThat(connection.send(message(TYPE, tid, bytes)).accepted()).isTrue();
        }
    }

    @Scenario("P31")
    @ParameterizedTest
    @MethodSource("modesAndStages")
    void readingPausesAtTheLimitAndGoesOn(SessionMode mode, Stage stage) {
        End server = throttled(mode, Policy.statefulServer(), stage.bytes, stage.messages);
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.dial(server);
        int count = 200; // of 10 KiB: more than the network takes
        send(connection, count, 10 * KIB);
        network.settle();
        assertThat(server.messenger.stats().dispatchBytes()).isEqualTo(stage.held);
        assertThat(client.written(Tag.MESSAGE)).as("the sender is pushed back").isLessThan(count);

        busy.release();
        assertAllArrive(server, count);
        assertThat(server.messenger.stats().dispatchBytes()).isZero();
        assertThat(connection.queuedMessages()).isZero();
        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
    }

    /** The connection is lost while a message waits for its permits; what was let in before still has them. */
    @Scenario("P31")
    @ParameterizedTest
    @MethodSource("modesAndStages")
    void theBalanceIsZeroAfterAFaultAtTheLimit(SessionMode mode, Stage stage) {
        End server = throttled(mode, Policy.statefulServer(), stage.bytes, stage.messages);
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.dial(server);
        send(connection, 30, 10 * KIB);
        for (int fault = 0; fault < 3; fault++) {
            network.settle();
            assertThat(server.messenger.stats().dispatchBytes()).isEqualTo(stage.held);
            (fault % 2 == 0 ? server : client).net.loseAll();
        }
        network.settle();
        busy.release();
        assertAllArrive(server, 30);
        assertThat(server.messenger.stats().dispatchBytes()).isZero();
        assertThat(client.conn()).isEqualTo(conn(4, 1, 3, 4));

        // And for good.
        busy.hold();
        send(connection, 30, 10 * KIB);
        network.settle();
        server.only().markDown();
        client.only().markDown();
        network.settle();
        assertThat(server.messenger.stats().dispatchBytes()).isEqualTo(stage.held);
        busy.release();
        network.settle();
        assertThat(server.messenger.stats().dispatchBytes()).isZero();
    }

    /** The permits of the message that is being received are those of its transport: before, at and after each of its parts. */
    @Scenario("P31")
    @ParameterizedTest
    @EnumSource
    void permitsComeBackWhereverInAMessageTheConnectionIsLost(SessionMode mode) throws ProtocolException {
        int whole;
        try (SessionBench bench = SessionBench.of(Policy.statefulServer(), leaks.allocator())
                .over(mode)
                .ready()) {
            whole = bench.peerMessage(1000).length;
            bench.session().markDown();
        }
        Set<SessionState> states = Set.of(SessionState.STANDBY);
        List<Integer> holders = new ArrayList<>();
        for (int at = 0; at <= whole; at++) {
            try (SessionBench bench = SessionBench.of(Policy.statefulServer(), leaks.allocator())
                    .over(mode)
                    .ready()) {
                bench.receive(Arrays.copyOf(bench.peerMessage(1000), at));
                holders.add(bench.effects().permitHolders());
                bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "lost"));
                bench.effects().releaseDelivered();
                assertThat(bench.effects().permitHolders()).as("at byte " + at).isZero();
                assertThat(bench.effects().permitsTaken()).as("at byte " + at).isZero();
                assertThat(states).contains(bench.session().state());
                bench.session().markDown();
            }
        }
        assertThat(holders).contains(0, 1);
    }

    @Scenario("P32")
    @ParameterizedTest
    @EnumSource
    void aMessageLargerThanTheThrottleIsAdmittedAlone(SessionMode mode) {
        End server = throttled(mode, Policy.statefulServer(), 1000, 4096);
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.dial(server);
        send(connection, 5, 50 * KIB);
        network.settle();
        assertThat(server.messenger.stats().dispatchBytes()).isEqualTo(50 * KIB);
        busy.release();
        assertAllArrive(server, 5);
        assertThat(server.messenger.stats().dispatchBytes()).isZero();
    }
}
