package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.SessionMode;

/** Who dials when a connection is lost and there is nothing to send. */
class StandbyTest extends TrafficTestBase {

    @Scenario("P16")
    @ParameterizedTest
    @EnumSource
    void aClientDialsAtOnce(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        client.connect(server);
        Duration before = network.time().elapsed();
        server.net.loseAll();
        network.settle();
        assertThat(network.time().elapsed()).isEqualTo(before);
        assertThat(client.interruptions())
                .extracting(SessionEvent.Interrupted::waiting)
                .containsExactly(false);
        assertThat(server.interruptions())
                .extracting(SessionEvent.Interrupted::waiting)
                .containsExactly(true);
        assertThat(client.conn()).isEqualTo(conn(2, 1, 1, 2));
        assertThat(server.acc()).isEqualTo(acc(2, 1, 1, 2));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }

    /** The connect_seq that it comes with is the acceptor's plus one: otherwise there would be a RETRY, or a reset. */
    @Scenario("P16")
    @ParameterizedTest
    @EnumSource
    void aPeerWaitsUntilItHasSomethingToSend(SessionMode mode) {
        for (boolean dialerSends : new boolean[] {true, false}) {
            End one = peer(mode, "osd.0", Policy.losslessPeer());
            End other = peer(mode, "osd.1", Policy.losslessPeer());
            one.connect(other);
            other.net.loseAll();
            advance(Duration.ofHours(1));
            for (End end : List.of(one, other)) {
                assertThat(end.interruptions())
                        .extracting(SessionEvent.Interrupted::waiting)
                        .containsExactly(true);
                assertThat(end.openStreams()).isZero();
                assertThat(end.count(SessionEvent.AttemptFailed.class)).isZero();
            }
            assertThat(one.conn()).isEqualTo(conn(1, 1, 0, 1));

            End sender = dialerSends ? one : other;
            End receiver = dialerSends ? other : one;
            send(sender.only(), 1, 3);
            network.settle();
            assertAllArrive(receiver, 3);
            assertThat(sender.written(Tag.SESSION_RECONNECT)).isEqualTo(1);
            assertThat(receiver.written(Tag.SESSION_RECONNECT_OK)).isEqualTo(1);
            assertThat(receiver.written(Tag.SESSION_RECONNECT)).isZero();
            assertThat(one.resets()).isEqualTo(Resets.NONE);
            assertThat(other.resets()).isEqualTo(Resets.NONE);
            one.close();
            other.close();
        }
    }

    @Scenario("P30")
    @ParameterizedTest
    @EnumSource
    void aPeerThatIsAskedForASignOfLifeDials(SessionMode mode) {
        End one = peer(mode, "osd.0", Policy.losslessPeer());
        End other = peer(mode, "osd.1", Policy.losslessPeer());
        other.net.refuse(true);
        one.net.refuse(true);
        Connection session = one.dial(other);
        network.settle();
        assertThat(one.interruptions())
                .as("nobody is there, and there is nothing to send")
                .extracting(SessionEvent.Interrupted::waiting)
                .containsExactly(true);

        CompletionStage<Duration> ping = session.ping();
        network.settle();
        assertThat(one.count(SessionEvent.AttemptFailed.class))
                .as("it goes on trying now")
                .isEqualTo(1);
        assertThat(one.interruptions()).hasSize(1);
        one.net.refuse(false);
        network.get("the answer", ping);
        assertThat(one.written(Tag.KEEPALIVE2)).isEqualTo(1);
        assertThat(other.written(Tag.KEEPALIVE2_ACK)).isEqualTo(1);
        assertThat(one.conn()).as("two attempts came to nothing").isEqualTo(conn(3, 1, 0, 1));

        // And out of the standby of a session that was established.
        other.net.loseAll();
        network.settle();
        assertThat(one.interruptions()).hasSize(2);
        network.get("the answer", session.ping());
        assertThat(one.conn()).isEqualTo(conn(4, 1, 1, 2));
        assertThat(one.resets()).isEqualTo(Resets.NONE);
    }
}
