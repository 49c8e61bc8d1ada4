package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.frame.Tag;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.FaultPoint;
import org.msgr2.session.testing.FaultTransport.Hold;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.SessionMode;

/**
 * A connection that is closed sends its rest; one to the same peer that is asked for meanwhile waits for its end. Two at a time
 * would have the same addresses, and each would take the other's place at the peer.
 */
class ConnectAfterCloseTest extends TrafficTestBase {
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private static final Duration TICK = Duration.ofNanos(1);

    /** A session with messages under way whose acknowledgement does not come: closed, it cannot end. */
    private final class Closing {
        final End server;
        final End client;
        final Connection first;
        final Hold acks;

        Closing(SessionMode mode) {
            server = server(mode, "osd.0", Policy.statefulServer());
            client = client(mode, "client.7", Policy.losslessClient());
            first = client.connect(server);
            acks = client.net.holdAt(FaultPoint.read(Tag.ACK));
            send(first, 1, 20);
            first.close();
            network.settle();
        }
    }

    private static boolean hasEnded(Connection connection) {
        return connection.closed().toCompletableFuture().isDone();
    }

    private static boolean isReady(Connection connection) {
        return connection.info() != null;
    }

    @ParameterizedTest
    @EnumSource
    void waitsForTheEndOfTheOneThatSendsItsRest(SessionMode mode) {
        Closing of = new Closing(mode);

        Connection second = of.client.dial(of.server);
        send(second, 21, 40);
        network.settle();
        assertThat(second).isNotSameAs(of.first);
        assertThat(of.client.dial(of.server)).isSameAs(second);
        assertThat(hasEnded(of.first)).isFalse();
        assertThat(isReady(second)).isFalse();
        assertThat(of.client.net.attempts()).hasSize(1);

        of.acks.release();
        network.settle();
        assertThat(hasEnded(of.first)).isTrue();
        assertThat(isReady(second)).isTrue();
        assertAllArrive(of.server, 40);
        assertThat(of.client.count(SessionEvent.Discarded.class)).isZero();
        assertEchoFlows(second, of.server, of.client);
    }

    @ParameterizedTest
    @EnumSource
    void waitsNoLongerThanTheOtherMayTake(SessionMode mode) {
        Closing of = new Closing(mode);
        Connection second = of.client.dial(of.server);
        send(second, 21, 40);

        advance(CLOSE.minus(TICK));
        assertThat(of.client.net.attempts()).hasSize(1);
        advance(TICK);
        assertThat(hasEnded(of.first)).isTrue();
        assertThat(of.client.heard.all(SessionEvent.Discarded.class))
                .singleElement()
                .satisfies(event -> assertThat(event.lastNumber()).isEqualTo(20));
        assertAllArrive(of.server, 40);
    }

    @ParameterizedTest
    @EnumSource
    void theThirdWaitsForTheFirstIfTheSecondIsMarkedDown(SessionMode mode) {
        Closing of = new Closing(mode);
        Connection second = of.client.dial(of.server);
        send(second, 100, 110);
        second.markDown();
        Connection third = of.client.dial(of.server);
        send(third, 21, 30);
        network.settle();
        assertThat(third).isNotSameAs(second);
        assertThat(hasEnded(second)).isTrue();
        assertThat(of.client.net.attempts()).hasSize(1);

        of.acks.release();
        network.settle();
        assertAllArrive(of.server, 30);
        assertThat(of.client.net.attempts()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource
    void eachSendsItsRestInTurn(SessionMode mode) {
        Closing of = new Closing(mode);
        for (int turn = 1; turn <= 3; turn++) {
            Connection next = of.client.dial(of.server);
            send(next, turn * 20 + 1, turn * 20 + 20);
            next.close();
        }
        network.settle();
        assertThat(of.server.count(Received.class)).isEqualTo(20);

        of.acks.release();
        assertAllArrive(of.server, 80);
        assertThat(of.client.messenger.connections()).isEmpty();
        assertThat(of.client.count(SessionEvent.Discarded.class)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void thePeerIsHeldToTheSessionThatIsClosing(SessionMode mode) {
        End one = peer(mode, "osd.1", Policy.losslessPeer());
        End other = peer(mode, "osd.2", Policy.losslessPeer());
        Connection first = one.connect(other);
        Hold acks = one.net.holdAt(FaultPoint.read(Tag.ACK));
        send(first, 1, 5);
        first.close();
        network.settle();
        Connection second = one.dial(other);
        send(second, 6, 10);
        network.settle();
        assertThat(one.messenger.connections()).hasSize(2);
        assertThat(other.only().info()).isNotNull();

        acks.release();
        assertAllArrive(other, 10);
        assertThat(one.only()).isSameAs(second);
        assertThat(other.messenger.connections()).hasSize(1);
        assertEchoFlows(second, other, one);
    }
}
