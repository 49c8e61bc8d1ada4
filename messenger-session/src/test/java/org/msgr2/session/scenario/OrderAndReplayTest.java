package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.Priority;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.SessionMode;

/** What is sent arrives once and in order, whatever becomes of the connections. */
class OrderAndReplayTest extends TrafficTestBase {

    private static void sendAt(int priority, Connection connection, long... tids) {
        for (long tid : tids) {
            Message message = Message.builder(TYPE).tid(tid).priority(priority).build();
            assertThat(connection.send(message).accepted()).isTrue();
        }
    }

    @Scenario("P03")
    @ParameterizedTest
    @EnumSource
    void theOrderIsKeptWhereverTheConnectionBreaks(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection there = client.connect(server);
        Connection back = server.only();
        Random random = new Random(mode.ordinal());
        for (long tid = 1; tid <= 1000; tid += 20) {
            send(there, tid, tid + 19);
            send(back, tid, tid + 19);
            tasks(random.nextInt(400));
            (random.nextBoolean() ? client : server).net.loseAll();
        }
        assertAllArrive(server, 1000);
        assertAllArrive(client, 1000);

        assertThat(server.only()).isSameAs(back);
        assertThat(client.only()).isSameAs(there);
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        assertThat(client.written(Tag.CLIENT_IDENT)).isEqualTo(1);
        assertThat(client.written(Tag.SESSION_RECONNECT)).isGreaterThan(10);
        assertThat(client.messenger.stats().messagesReplayed()
                        + server.messenger.stats().messagesReplayed())
                .isPositive();
        network.await("acknowledged", () -> there.queuedMessages() == 0 && back.queuedMessages() == 0);
    }

    @Scenario("P07")
    @ParameterizedTest
    @EnumSource
    void aLostConnectionIsReplacedByOneReconnect(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection session = client.connect(server);
        server.net.loseAll();
        send(session, 1, 10); // into a connection that is gone
        assertAllArrive(server, 10);

        assertThat(client.conn()).isEqualTo(conn(2, 1, 1, 2));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.acc()).isEqualTo(acc(2, 1, 1, 2));
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        assertThat(server.written(Tag.SESSION_RECONNECT_OK)).isEqualTo(1);
        assertThat(client.read(Tag.SESSION_RECONNECT_OK)).isEqualTo(1);
        assertThat(client.messenger.stats().messagesReplayed()).isEqualTo(10);
        assertEchoFlows(session, server, client);
    }

    /** Both have something to send when they lose the connection, and both dial. */
    @Scenario("P08")
    @ParameterizedTest
    @EnumSource
    void peersThatReconnectAtTheSameTimeGoOnWithOneSession(SessionMode mode) {
        for (int round = 0; round < 4; round++) {
            End one = peer(mode, "osd.0", Policy.losslessPeer());
            End other = peer(mode, "osd.1", Policy.losslessPeer());
            Connection there = one.connect(other);
            Connection back = other.only();
            send(there, 1, 10);
            send(back, 1, 10);
            one.net.loseAll();
            other.net.loseAll();
            tasks(round);
            assertAllArrive(one, 10);
            assertAllArrive(other, 10);
            assertThat(one.written(Tag.SESSION_RECONNECT) + other.written(Tag.SESSION_RECONNECT))
                    .isBetween(1, 2);
            assertThat(one.written(Tag.CLIENT_IDENT) + other.written(Tag.CLIENT_IDENT))
                    .isEqualTo(1);
            assertThat(List.of(one.only(), other.only())).containsExactly(there, back);
            assertThat(one.openStreams()).isEqualTo(1);
            assertThat(other.openStreams()).isEqualTo(1);

            // Their connect_seqs are the same: whoever reconnects next is not told of another.
            int before = one.written(Tag.SESSION_RECONNECT) + other.written(Tag.SESSION_RECONNECT);
            End next = round % 2 == 0 ? one : other;
            next.net.loseAll();
            send(next.only(), 11, 20);
            assertAllArrive(next.equals(one) ? other : one, 20);
            assertThat(one.written(Tag.SESSION_RECONNECT) + other.written(Tag.SESSION_RECONNECT))
                    .isEqualTo(before + 1);
            for (Tag retry : new Tag[] {Tag.SESSION_RETRY, Tag.SESSION_RETRY_GLOBAL, Tag.SESSION_RESET}) {
                assertThat(one.written(retry) + other.written(retry))
                        .as(retry.name())
                        .isZero();
            }
            for (End end : List.of(one, other)) {
                assertThat(end.resets()).isEqualTo(Resets.NONE);
                end.close();
            }
        }
    }

    @Scenario("P33")
    @ParameterizedTest
    @EnumSource
    void aHigherPriorityOvertakesALowerOne(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statelessServer());
        server.heard.fast(TYPE); // as it comes from the wire: what waits for a worker is sorted by priority once more
        End client = client(mode, "client.7", Policy.lossyClient());
        Connection connection = client.dial(server);
        for (long i = 0; i < 5; i++) {
            sendAt(Priority.LOW, connection, 11 + i);
            sendAt(Priority.DEFAULT, connection, 6 + i);
            sendAt(Priority.HIGHEST, connection, 1 + i);
        }
        assertAllArrive(server, 15);
        assertThat(server.heard.messages())
                .extracting(Received::priority)
                .containsExactly(Stream.of(Priority.HIGHEST, Priority.DEFAULT, Priority.LOW)
                        .flatMap(priority -> Stream.generate(() -> priority).limit(5))
                        .toArray(Integer[]::new));
    }

    @Scenario("P34")
    @ParameterizedTest
    @EnumSource
    void whatIsSentAgainPrecedesNewMessagesOfAnyPriority(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        server.heard.fast(TYPE); // as it comes from the wire: what waits for a worker is sorted by priority once more
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.connect(server);
        server.net.loseAll();
        send(connection, 1, 20); // into a connection that is gone
        network.await("written", () -> client.written(Tag.MESSAGE) == 20);
        assertThat(server.heard.messages()).isEmpty();
        sendAt(Priority.LOW, connection, 27, 28);
        sendAt(Priority.DEFAULT, connection, 24, 25, 26);
        sendAt(Priority.HIGHEST, connection, 21, 22, 23);

        assertAllArrive(server, 28);
        assertThat(client.messenger.stats().messagesReplayed()).isEqualTo(20);
        assertThat(client.count(SessionEvent.Interrupted.class)).isEqualTo(1);
        assertThat(client.conn()).isEqualTo(conn(2, 1, 1, 2));
    }
}
