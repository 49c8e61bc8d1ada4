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

/** Two equals, of which one dials; after a fault whoever has something to send dials, and the other one waits. */
class PeerEstablishTest extends ScenarioTestBase {
    private Actor connector;
    private Actor acceptor;
    private Connection connection;

    private void play(Case with, boolean atConnector) {
        acceptor = actor("osd.3", with.mode(), Policy.losslessPeer());
        connector = actor("osd.7", with.mode(), Policy.losslessPeer());
        EntityAddr addr = bind(acceptor.messenger);
        bind(connector.messenger);
        (atConnector ? connector : acceptor).net.loseAt(with.point());
        connection = connector.dial(EntityType.OSD, addr);
    }

    /** A peer that has nothing to say does not dial twice. */
    private void connectorSpeaks() {
        connector.send(connection, 2);
        advance(Duration.ofSeconds(1));
    }

    private void assertOneSession() {
        assertTraffic(connector, acceptor);
        assertThat(connector.session()).isSameAs(connection);
        assertThat(connector.resets()).isEqualTo(Resets.NONE);
        assertThat(acceptor.resets()).isEqualTo(Resets.NONE);
        assertThat(connector.heard.count(SessionEvent.Discarded.class)).isZero();
        assertThat(acceptor.heard.count(SessionEvent.Discarded.class)).isZero();
    }

    static Stream<Case> connectFaults() {
        return cases(FaultPoint.write(Tag.CLIENT_IDENT), FaultPoint.read(Tag.SERVER_IDENT));
    }

    @ParameterizedTest
    @MethodSource("connectFaults")
    @Scenario("S16")
    void lostByTheConnectorAtItsIdent(Case lost) {
        play(lost, true);
        connectorSpeaks();
        assertOneSession();
        assertThat(connector.conn()).isEqualTo(conn(2, 2, 0, 1));
    }

    static Stream<Case> acceptFaults() {
        return cases(FaultPoint.read(Tag.CLIENT_IDENT));
    }

    @ParameterizedTest
    @MethodSource("acceptFaults")
    @Scenario("S17")
    void lostByTheAcceptorAtTheIdent(Case lost) {
        play(lost, false);
        connectorSpeaks();
        assertOneSession();
        assertThat(acceptor.accs()).containsExactly(acc(1, 1, 0, 0), acc(1, 1, 0, 1));
        assertThat(acceptor.ends()).containsExactly(End.CLOSED, null);
    }

    static Stream<Case> establishingFaults() {
        return cases(FaultPoint.write(Tag.SERVER_IDENT));
    }

    @ParameterizedTest
    @MethodSource("establishingFaults")
    @Scenario("S18")
    void lostByTheAcceptorAtItsAnswer(Case lost) {
        play(lost, false);
        connectorSpeaks();
        assertOneSession();
        assertThat(acceptor.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 1, 0, 0));
        assertThat(acceptor.ends()).containsExactly(null, End.REPLACED);
    }

    static Stream<Case> connectorFaults() {
        return cases(FaultPoint.write(Tag.MESSAGE), FaultPoint.read(Tag.ACK));
    }

    @ParameterizedTest
    @MethodSource("connectorFaults")
    @Scenario("S19")
    void theConnectorReconnects(Case lost) {
        play(lost, true);
        awaitReady(connection);
        connectorSpeaks();
        assertOneSession();
        assertThat(connector.conn()).isEqualTo(conn(2, 1, 1, 2));
        assertThat(acceptor.conn()).isEqualTo(conn(0, 0, 0, 0));
    }

    static Stream<Case> acceptorFaults() {
        return cases(FaultPoint.write(Tag.MESSAGE), FaultPoint.read(Tag.ACK));
    }

    /** The frame is the acceptor's: SESSION_RECONNECT with both cookies, each in the place that it always had. */
    @ParameterizedTest
    @MethodSource("acceptorFaults")
    @Scenario("S20")
    void theAcceptorReconnects(Case lost) {
        play(lost, false);
        awaitReady(connection);
        network.await("accepted", () -> !acceptor.messenger.connections().isEmpty());
        acceptor.send(acceptor.session(), 2);
        advance(Duration.ofSeconds(1));

        assertOneSession();
        assertThat(connector.conn()).isEqualTo(conn(1, 1, 0, 1));
        // The socket that comes in carries a session that the connector has dialled.
        assertThat(connector.accs()).containsExactly(acc(1, 0, 1, 0));
        assertThat(connector.ends()).containsExactly(End.REPLACED);
        assertThat(connector.acceptedEvents()).containsEntry(connection, 1).hasSize(1);
        assertThat(acceptor.conn()).isEqualTo(conn(1, 0, 1, 1));
        assertThat(acceptor.accs()).containsExactly(acc(1, 1, 0, 1));
    }
}
