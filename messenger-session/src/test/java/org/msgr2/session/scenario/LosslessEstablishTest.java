package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;

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

/** A client that keeps its session, and a server that keeps it too: whatever breaks, nothing is lost and nothing comes twice. */
class LosslessEstablishTest extends ScenarioTestBase {
    private Actor client;
    private Actor server;
    private Connection connection;

    private void play(Case with, boolean atClient) {
        server = actor("mds.3", with.mode(), Policy.statefulServer());
        client = actor("client.7", with.mode(), Policy.losslessClient());
        EntityAddr addr = bind(server.messenger);
        (atClient ? client : server).net.loseAt(with.point());
        connection = client.dial(EntityType.MDS, addr);
    }

    private void talk() {
        awaitReady(connection);
        network.await("accepted", () -> !server.messenger.connections().isEmpty());
        client.send(connection, 2);
        server.send(server.session(), 2);
        settle();
    }

    /** Whatever happens without another send: no fault takes longer than the first back-off. */
    private void settle() {
        advance(Duration.ofSeconds(1));
    }

    private void assertOneSession() {
        assertTraffic(client, server);
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        assertThat(client.heard.count(SessionEvent.Discarded.class)).isZero();
        assertThat(server.heard.count(SessionEvent.Discarded.class)).isZero();
    }

    static Stream<Case> connectFaults() {
        return cases(FaultPoint.write(Tag.CLIENT_IDENT), FaultPoint.read(Tag.SERVER_IDENT));
    }

    @ParameterizedTest
    @MethodSource("connectFaults")
    @Scenario("S08")
    void lostByTheClientAtItsIdent(Case lost) {
        play(lost, true);
        awaitReady(connection);
        assertOneSession();
        assertThat(client.conn()).isEqualTo(conn(2, 2, 0, 1));
    }

    static Stream<Case> connectedFaults() {
        return cases(FaultPoint.write(Tag.MESSAGE), FaultPoint.read(Tag.MESSAGE));
    }

    @ParameterizedTest
    @MethodSource("connectedFaults")
    @Scenario("S09")
    void lostByTheClientAtAMessage(Case lost) {
        play(lost, true);
        talk();
        assertOneSession();
        assertThat(client.conn()).isEqualTo(conn(2, 1, 1, 2));
    }

    static Stream<Case> controlFaults() {
        return cases(
                FaultPoint.write(Tag.ACK),
                FaultPoint.read(Tag.ACK),
                FaultPoint.write(Tag.KEEPALIVE2),
                FaultPoint.read(Tag.KEEPALIVE2),
                FaultPoint.write(Tag.KEEPALIVE2_ACK),
                FaultPoint.read(Tag.KEEPALIVE2_ACK));
    }

    @ParameterizedTest
    @MethodSource("controlFaults")
    @Scenario("S10")
    void lostByTheClientAtWhatKeepsASessionAlive(Case lost) {
        play(lost, true);
        awaitReady(connection);
        network.await("accepted", () -> !server.messenger.connections().isEmpty());
        connection.ping();
        server.session().ping();
        talk();
        assertOneSession();
        assertThat(client.conn()).isEqualTo(conn(2, 1, 1, 2));
    }

    static Stream<Case> reconnectFaults() {
        return cases(FaultPoint.write(Tag.SESSION_RECONNECT), FaultPoint.read(Tag.SESSION_RECONNECT_OK));
    }

    @ParameterizedTest
    @MethodSource("reconnectFaults")
    @Scenario("S11")
    void lostByTheClientAtAMessageAndOnItsWayBack(Case lost) {
        play(lost, true);
        client.net.loseAt(FaultPoint.write(Tag.MESSAGE));
        talk();
        assertOneSession();
        assertThat(client.conn()).isEqualTo(conn(3, 1, 2, 2));
    }

    static Stream<Case> acceptFaults() {
        return cases(FaultPoint.read(Tag.CLIENT_IDENT));
    }

    @ParameterizedTest
    @MethodSource("acceptFaults")
    @Scenario("S12")
    void lostByTheServerAtTheIdent(Case lost) {
        play(lost, false);
        awaitReady(connection);
        assertOneSession();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 0), acc(1, 1, 0, 1));
        assertThat(server.ends()).containsExactly(End.CLOSED, null);
    }

    static Stream<Case> establishingFaults() {
        return cases(FaultPoint.write(Tag.SERVER_IDENT));
    }

    @ParameterizedTest
    @MethodSource("establishingFaults")
    @Scenario("S13")
    void lostByTheServerAtItsAnswer(Case lost) {
        play(lost, false);
        awaitReady(connection);
        assertOneSession();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 1, 0, 0));
        assertThat(server.ends()).containsExactly(null, End.REPLACED);
    }

    @ParameterizedTest
    @MethodSource("connectedFaults")
    @Scenario("S14")
    void lostByTheServerAtAMessage(Case lost) {
        play(lost, false);
        talk();
        assertOneSession();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 0, 1, 0));
        assertThat(server.ends()).containsExactly(null, End.REPLACED);
    }

    static Stream<Case> reacceptFaults() {
        return cases(FaultPoint.read(Tag.SESSION_RECONNECT), FaultPoint.write(Tag.SESSION_RECONNECT_OK));
    }

    @ParameterizedTest
    @MethodSource("reacceptFaults")
    @Scenario("S15")
    void lostByTheServerAtAMessageAndOnTheClientsWayBack(Case lost) {
        play(lost, false);
        server.net.loseAt(FaultPoint.write(Tag.MESSAGE));
        talk();
        assertOneSession();
        // One that was about to say RECONNECT_OK had the session, for a moment.
        boolean had = lost.point().tag() == Tag.SESSION_RECONNECT_OK;
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, had ? 3 : 2), acc(1, 0, 1, 0), acc(1, 0, 1, 0));
        assertThat(server.ends()).containsExactly(null, had ? End.REPLACED : End.CLOSED, End.REPLACED);
        assertThat(client.conn()).isEqualTo(conn(3, 1, 2, 2));
    }
}
