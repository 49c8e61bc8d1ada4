package org.msgr2.session.scenario;

import static java.util.Comparator.reverseOrder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Resets.reset;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonGetVersion;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.mon.MonCommands;
import org.msgr2.session.mon.MonitorService;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.SessionMode;

/** Who is handed a message, when, and what if nobody wants it. */
class DispatchScenarioTest extends TrafficTestBase {
    private static final int FAST = 0x7c06;
    private static final int UNKNOWN = 0x7c99;
    private static final UUID FSID = UUID.fromString("0d3c1ad5-2a1a-4e8f-a8a8-3f4ad2d5a001");
    private static final MonCommands NO_COMMANDS = new MonCommands() {
        @Override
        public Answer run(Connection from, MonCommand command, ByteBuf input) {
            throw new IllegalStateException("nobody commands");
        }

        @Override
        public String ping() {
            throw new IllegalStateException("nobody pings");
        }
    };

    /**
     * Ceph has a hook for it, fast_accept, which comes before the first message. Ours has none: what it is for, to know who the peer
     * is, a fast dispatcher can ask the connection, from the first message on.
     */
    @Scenario("P36")
    @ParameterizedTest
    @EnumSource
    void aFastDispatcherKnowsThePeerFromTheFirstMessageOn(SessionMode mode) {
        List<Long> tids = new ArrayList<>();
        List<ConnectionInfo> known = new ArrayList<>();
        End server = server(
                mode,
                "osd.0",
                Policy.statefulServer(),
                builder -> builder.dispatcher(new Fast(FAST, (connection, message) -> {
                    tids.add(message.tid());
                    known.add(connection.info());
                })));
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.dial(server);
        for (long tid = 1; tid <= 100; tid++) {
            connection.send(message(FAST, tid)); // before it is ready, so that they come with the identification
        }
        network.await("all", () -> tids.size() == 100);
        network.settle();
        assertThat(tids).isEqualTo(range(1, 100));
        ConnectionInfo accepted =
                server.heard.all(SessionEvent.Accepted.class).get(0).info();
        assertThat(known).hasSize(100).containsOnly(accepted);
        assertThat(accepted.identity().authenticated()).isEqualTo(mode.isSecure());
    }

    /** Unlike Ceph, where it is a fault: a peer of a newer kind would be reset again and again, with the same message each time. */
    @Scenario("P37")
    @ParameterizedTest
    @EnumSource
    void aMessageThatNobodyWantsIsCountedAndDropped(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        server.heard.leaving(UNKNOWN);
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.connect(server);
        connection.send(message(UNKNOWN, 1, 100));
        connection.send(message(UNKNOWN, 2, 100));
        send(connection, 1, 3);
        assertAllArrive(server, 3);
        assertThat(server.messenger.stats().messagesUnclaimed()).isEqualTo(2);
        assertThat(logged().stream().filter(line -> line.contains("nobody handles")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(String.valueOf(UNKNOWN)));
        assertThat(server.messenger.stats().dispatchBytes()).isZero();
        assertThat(connection.queuedMessages()).as("acknowledged").isZero();
        assertThat(client.net.attempts()).hasSize(1);
        assertThat(client.resets()).isEqualTo(Resets.NONE);
    }

    /** Whoever reads bodies asks for that, and ends the connection as with any body that cannot be read: here it is a monitor. */
    @Scenario("P38")
    @ParameterizedTest
    @EnumSource
    void aBodyThatNeedsANewerDecoderIsAFault(SessionMode mode) {
        End server = server(
                mode,
                "osd.0",
                Policy.statelessServer(),
                builder -> builder.service(new MonitorService("a", FSID, NO_COMMANDS)));
        server.heard.leaving(MessageType.MON_GET_VERSION.code());
        End client = client(mode, "client.7", Policy.lossyClient());
        Connection connection = client.connect(server);
        connection.send(question(2, 1));
        network.await("a version that is compatible with ours", () -> client.count(Received.class) == 1);
        assertThat(client.resets()).isEqualTo(Resets.NONE);

        connection.send(question(2, 2));
        network.settle();
        assertThat(client.count(Received.class)).isEqualTo(1);
        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertThat(server.messenger.connections()).isEmpty();
        assertThat(logged().stream()
                        .filter(line -> line.contains("needs a decoder of version 2, ours is of version 1")))
                .singleElement()
                .satisfies(line -> assertThat(line).contains("mon_get_version").contains("127.0.0.1"));
    }

    private Message question(int version, int compatible) {
        ByteBuf front = leaks.allocator().buffer();
        new MonGetVersion(1, "monmap").write(new WireWriter(front));
        return Message.builder(MessageType.MON_GET_VERSION)
                .version(version, compatible)
                .front(front)
                .build();
    }

    /** Every message waits for a worker before the first is dispatched; each connection's wait in turn (spec/msgr2 §7.2). */
    @Scenario("P35")
    @ParameterizedTest
    @EnumSource
    void whatWaitsIsDispatchedByPriorityStrictlyFrom64OnAndByWeightBelow(SessionMode mode) {
        HeldExecutor busy = new HeldExecutor(network.workers());
        End server = server(mode, "osd.0", Policy.statefulServer(), builder -> builder.workerPool(busy));
        int[] priorities = {20, 40, 64, 127, 255};
        int each = 40;
        for (int priority : priorities) {
            End client = client(mode, "client." + priority, Policy.losslessClient());
            Connection connection = client.dial(server);
            for (int tid = 1; tid <= each; tid++) {
                connection.send(
                        Message.builder(TYPE).tid(tid).priority(priority).build());
            }
        }
        network.settle();
        assertThat(server.heard.log()).isEmpty();
        busy.release();
        network.await("all", () -> server.count(Received.class) == priorities.length * each);

        List<Received> all = server.heard.messages();
        assertThat(all.subList(0, 3 * each)).extracting(Received::priority).isSortedAccordingTo(reverseOrder());
        assertThat(all.subList(0, 3 * each)).extracting(Received::priority).contains(255, 127, 64);
        List<Received> weighted = all.subList(3 * each, 5 * each);
        long lowest = weighted.subList(0, each).stream()
                .filter(message -> message.priority() == 20)
                .count();
        assertThat(lowest).as("of the first half: fewer, and not none").isBetween(each / 5L, each / 2L - 1);
        for (int priority : priorities) {
            assertThat(all.stream().filter(message -> message.priority() == priority))
                    .extracting(Received::tid)
                    .as("in order within one")
                    .isEqualTo(range(1, each));
        }
    }
}
