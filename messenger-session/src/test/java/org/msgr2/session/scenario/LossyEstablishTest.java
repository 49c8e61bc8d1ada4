package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;
import static org.msgr2.session.scenario.Resets.reset;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.HandshakeListener.End;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.FaultPoint;

/** A lossy client and its server, whose first connection breaks. */
class LossyEstablishTest extends ScenarioTestBase {
    private Actor client;
    private Actor server;
    private Connection connection;

    private void play(Case with, boolean atClient) {
        server = actor("osd.3", with.mode(), Policy.statelessServer());
        client = actor("client.7", with.mode(), Policy.lossyClient());
        EntityAddr addr = bind(server.messenger);
        (atClient ? client : server).net.loseAt(with.point());
        connection = client.dial(EntityType.OSD, addr);
    }

    /** One more attempt, and there is a session. */
    private void assertEstablished() {
        awaitReady(connection);
        assertTraffic(client, server);
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(client.heard.count(SessionEvent.AttemptFailed.class)).isEqualTo(1);
    }

    static Stream<Case> earlyConnectFaults() {
        return cases(
                FaultPoint.CONNECT,
                FaultPoint.BANNER_WRITE,
                FaultPoint.BANNER_READ,
                FaultPoint.BANNER_PAYLOAD_READ,
                FaultPoint.write(Tag.HELLO),
                FaultPoint.read(Tag.HELLO),
                FaultPoint.write(Tag.AUTH_REQUEST),
                FaultPoint.read(Tag.AUTH_REPLY_MORE),
                FaultPoint.write(Tag.AUTH_REQUEST_MORE),
                FaultPoint.read(Tag.AUTH_DONE),
                FaultPoint.write(Tag.AUTH_SIGNATURE),
                FaultPoint.read(Tag.AUTH_SIGNATURE));
    }

    @ParameterizedTest
    @MethodSource("earlyConnectFaults")
    @Scenario("S01")
    void lostByTheClientBeforeItsIdent(Case lost) {
        play(lost, true);
        assertEstablished();
        assertThat(client.conn()).isEqualTo(conn(2, 1, 0, 1));
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }

    static Stream<Case> connectFaults() {
        return cases(FaultPoint.write(Tag.CLIENT_IDENT), FaultPoint.read(Tag.SERVER_IDENT));
    }

    @ParameterizedTest
    @MethodSource("connectFaults")
    @Scenario("S02")
    void lostByTheClientAtItsIdent(Case lost) {
        play(lost, true);
        awaitReady(connection);
        network.settle();
        assertTraffic(client, server);
        assertThat(client.conn()).isEqualTo(conn(2, 2, 0, 1));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
    }

    static Stream<Case> connectedFaults() {
        return cases(FaultPoint.write(Tag.MESSAGE), FaultPoint.read(Tag.MESSAGE));
    }

    @ParameterizedTest
    @MethodSource("connectedFaults")
    @Scenario("S03")
    void lostByTheClientAtAMessage(Case lost) {
        play(lost, true);
        assertBothClosed();
    }

    static Stream<Case> earlyAcceptFaults() {
        return cases(
                FaultPoint.BANNER_WRITE,
                FaultPoint.BANNER_READ,
                FaultPoint.BANNER_PAYLOAD_READ,
                FaultPoint.write(Tag.HELLO),
                FaultPoint.read(Tag.HELLO),
                FaultPoint.read(Tag.AUTH_REQUEST),
                FaultPoint.write(Tag.AUTH_REPLY_MORE),
                FaultPoint.read(Tag.AUTH_REQUEST_MORE),
                FaultPoint.write(Tag.AUTH_DONE),
                FaultPoint.write(Tag.AUTH_SIGNATURE),
                FaultPoint.read(Tag.AUTH_SIGNATURE));
    }

    @ParameterizedTest
    @MethodSource("earlyAcceptFaults")
    @Scenario("S04")
    void lostByTheServerBeforeTheIdent(Case lost) {
        play(lost, false);
        assertEstablished();
        assertThat(server.accs()).containsExactly(acc(1, 0, 0, 0), acc(1, 1, 0, 1));
        assertThat(server.ends()).containsExactly(End.CLOSED, null);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }

    static Stream<Case> acceptFaults() {
        return cases(FaultPoint.read(Tag.CLIENT_IDENT));
    }

    @ParameterizedTest
    @MethodSource("acceptFaults")
    @Scenario("S05")
    void lostByTheServerAtTheIdent(Case lost) {
        play(lost, false);
        assertEstablished();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 0), acc(1, 1, 0, 1));
        assertThat(server.ends()).containsExactly(End.CLOSED, null);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }

    static Stream<Case> establishingFaults() {
        return cases(FaultPoint.write(Tag.SERVER_IDENT));
    }

    @ParameterizedTest
    @MethodSource("establishingFaults")
    @Scenario("S06")
    void lostByTheServerAtItsAnswer(Case lost) {
        play(lost, false);
        assertEstablished();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 1), acc(1, 1, 0, 1));
        assertThat(server.resets()).isEqualTo(reset(1, 0));
    }

    @ParameterizedTest
    @MethodSource("connectedFaults")
    @Scenario("S07")
    void lostByTheServerAtAMessage(Case lost) {
        play(lost, false);
        assertBothClosed();
    }

    /** Neither end comes back. */
    private void assertBothClosed() {
        awaitReady(connection);
        network.await("accepted", () -> server.heard.count(SessionEvent.Accepted.class) == 1);
        Connection accepted = server.session();
        client.send(connection, 1);
        server.send(accepted, 1);
        network.get("closed at the client", connection.closed());
        network.get("closed at the server", accepted.closed());
        advance(Duration.ofMinutes(2));

        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 1));
        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertThat(server.resets()).isEqualTo(reset(1, 0));
        assertThat(client.messenger.connections()).isEmpty();
        assertThat(server.messenger.connections()).isEmpty();
    }
}
