package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;
import static org.msgr2.session.scenario.Resets.reset;

import java.time.Duration;
import java.util.List;
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
import org.msgr2.session.testing.FaultStream;
import org.msgr2.session.testing.FaultTransport.Hold;
import org.msgr2.session.testing.SessionMode;

/** Ends that do not agree on where their session is, or on whether there is one: one of them was restarted, or is behind. */
class SessionResetTest extends ScenarioTestBase {
    private static final EntityAddr ADDR = EntityAddr.parse("v2:127.0.0.1:6802/10");
    /** Of the one that dials, smaller or larger than {@link #ADDR}. */
    private static final EntityAddr BELOW = EntityAddr.parse("v2:127.0.0.1:6801/9");

    private static final EntityAddr ABOVE = EntityAddr.parse("v2:127.0.0.1:6803/11");
    private static final int NONCE = 4711;

    private Actor dialler;
    private Actor acceptor;
    private Connection connection;

    private Actor peer(String name, SessionMode mode, EntityAddr addr) {
        return bound(actor(name, mode, Policy.losslessPeer()), addr);
    }

    private Actor bound(Actor actor, EntityAddr addr) {
        bind(actor.messenger, addr);
        return actor;
    }

    /** It dials, and both know that there is a session. */
    private Connection begin(Actor from, Actor to) {
        Connection begun = from.dial(EntityType.OSD, ADDR);
        awaitReady(begun);
        from.send(begun, 1);
        awaitReceived(to, 1);
        network.settle();
        return begun;
    }

    private void peersMeet(SessionMode mode, EntityAddr diallersAddr) {
        acceptor = peer("osd.3", mode, ADDR);
        dialler = peer("osd.7", mode, diallersAddr);
        connection = begin(dialler, acceptor);
    }

    // --- S29

    static Stream<SessionMode> modes() {
        return SessionMode.all();
    }

    /** The one that dials has the smaller address or the larger one. */
    record Order(EntityAddr diallersAddr, SessionMode mode) {}

    static Stream<Order> orders() {
        return SessionMode.all().flatMap(mode -> Stream.of(new Order(BELOW, mode), new Order(ABOVE, mode)));
    }

    /**
     * One end has tried to reconnect three times, the other one has heard of none. Were its answer not one above what it is
     * told, the smaller one would take it for a race.
     */
    @ParameterizedTest
    @MethodSource("orders")
    @Scenario("S29")
    void whoIsBehindIsToldAndGoesOn(Order order) {
        peersMeet(order.mode(), order.diallersAddr());
        dialler.net.refuse(true);
        dialler.net.loseAll();
        dialler.send(connection, 2);
        advance(Duration.ofSeconds(1)); // 0, 0.2, 0.6 s
        assertThat(dialler.net.attempts()).hasSize(1 + 3);
        acceptor.send(acceptor.session(), 2);
        network.settle();

        assertThat(dialler.written(Tag.SESSION_RETRY)).isEqualTo(1);
        assertThat(acceptor.conn()).isEqualTo(conn(1, 0, 2, 1));
        assertThat(dialler.accs()).containsExactly(acc(1, 0, 2, 0));
        dialler.net.refuse(false);
        assertTraffic(dialler, acceptor);
        assertThat(dialler.resets()).isEqualTo(Resets.NONE);
        assertThat(acceptor.resets()).isEqualTo(Resets.NONE);
        // What it has answered is one above what it was told, and the next is one above that.
        dialler.net.loseAll();
        acceptor.send(acceptor.session(), 1);
        network.settle();
        assertThat(acceptor.conn()).isEqualTo(conn(2, 0, 3, 2));
        assertTraffic(dialler, acceptor);
    }

    /** The survivor counts on where the predecessor was: one RETRY, once, and no harm (spec/msgr2 §5.10). */
    @ParameterizedTest
    @MethodSource("modes")
    @Scenario("S29")
    void aSuccessorIsBehindAtItsFirstReconnect(SessionMode mode) {
        peersMeet(mode, BELOW);
        for (int i = 0; i < 2; i++) {
            dialler.net.loseAll();
            dialler.send(connection, 1);
            network.settle();
        }
        assertThat(dialler.conn()).isEqualTo(conn(3, 1, 2, 3));
        crash(dialler);
        dialler = peer("osd.7", mode, BELOW);
        connection = begin(dialler, acceptor);
        dialler.net.loseAll();
        dialler.send(connection, 1);
        network.settle();

        assertThat(acceptor.written(Tag.SESSION_RETRY)).isEqualTo(1);
        assertThat(dialler.conn()).isEqualTo(conn(2, 1, 2, 2));
        assertFlows(dialler, acceptor);
        assertThat(acceptor.resets()).isEqualTo(Resets.NONE);
    }

    // --- S30

    /** The server's process was restarted, under its address and nonce. */
    @ParameterizedTest
    @MethodSource("modes")
    @Scenario("S30")
    void aServerThatWasRestartedResetsTheSession(SessionMode mode) {
        acceptor = bound(actor("osd.3", mode, Policy.statefulServer()), ADDR);
        dialler = actor("client.7", mode, Policy.losslessClient());
        connection = begin(dialler, acceptor);
        crash(acceptor);
        dialler.send(connection, 2);
        acceptor = bound(actor("osd.3", mode, Policy.statefulServer()), ADDR);
        dialler.net.loseAll();
        network.settle();

        assertReset();
        assertThat(dialler.conn()).isEqualTo(conn(2, 2, 1, 2));
    }

    @ParameterizedTest
    @MethodSource("modes")
    @Scenario("S30")
    void aPeerThatWasRestartedResetsTheSession(SessionMode mode) {
        acceptor = bound(actor("osd.3", mode, Policy.losslessPeerReuse()), ADDR);
        dialler = bound(actor("osd.7", mode, Policy.losslessPeerReuse()), BELOW);
        connection = begin(dialler, acceptor);
        crash(acceptor);
        dialler.send(connection, 2);
        acceptor = bound(actor("osd.3", mode, Policy.losslessPeerReuse()), ADDR);
        dialler.net.loseAll();
        network.settle();

        assertReset();
        assertThat(dialler.conn()).isEqualTo(conn(2, 2, 1, 2));
    }

    /** All on one socket: SESSION_RECONNECT, RESET, CLIENT_IDENT; and nothing of the old session is in the new one. */
    private void assertReset() {
        assertThat(acceptor.accs()).containsExactly(acc(1, 1, 1, 1));
        assertThat(acceptor.written(Tag.SESSION_RESET)).isEqualTo(1);
        assertThat(dialler.resets()).isEqualTo(reset(0, 1));
        assertThat(acceptor.resets()).isEqualTo(Resets.NONE);
        assertThat(dialler.heard.all(SessionEvent.Discarded.class))
                .hasSize(1)
                .allSatisfy(lost -> assertThat(List.of(lost.firstNumber(), lost.lastNumber(), (long) lost.messages()))
                        .containsExactly(2L, 3L, 2L));
        assertThat(acceptor.heard.messages()).isEmpty();
        assertFlows(dialler, acceptor);
        assertThat(dialler.session()).isSameAs(connection);
    }

    // --- S31

    /** The peer was restarted and has a session of its own in mind, with another cookie; it does not mind ours. */
    @ParameterizedTest
    @MethodSource("orders")
    @Scenario("S31")
    void aPeerWithAnotherCookieKeepsWhatIsQueued(Order order) {
        peersMeet(order.mode(), order.diallersAddr());
        crash(acceptor);
        acceptor = peer("osd.3", order.mode(), ADDR);
        Hold hold = acceptor.net.holdAt(FaultPoint.write(Tag.CLIENT_IDENT));
        acceptor.dial(EntityType.OSD, order.diallersAddr());
        network.settle();
        dialler.send(connection, 2);
        dialler.net.streams(true).forEach(FaultStream::lose); // not the one that is held
        network.settle();
        assertThat(acceptor.written(Tag.SESSION_RESET)).isEqualTo(1);
        hold.release();
        network.settle();

        boolean wins = order.diallersAddr().equals(BELOW);
        assertThat(dialler.conn()).isEqualTo(conn(2, 2, 1, wins ? 2 : 1));
        assertThat(acceptor.heard.tids()).as("message 1 is acknowledged").containsExactly(2L, 3L);
        assertThat(dialler.resets()).isEqualTo(Resets.NONE);
        assertThat(acceptor.resets()).isEqualTo(Resets.NONE);
        assertThat(dialler.heard.count(SessionEvent.Discarded.class)).isZero();
        assertFlows(dialler, acceptor);
    }

    // --- S32

    @ParameterizedTest
    @MethodSource("modes")
    @Scenario("S32")
    void aServerNoticesThatItsClientIsAnotherOne(SessionMode mode) {
        acceptor = bound(actor("osd.3", mode, Policy.statefulServer()), ADDR);
        dialler = actor("client.7", mode, Policy.losslessClient(), builder -> builder.entropy(nonce(NONCE)));
        connection = begin(dialler, acceptor);
        crash(dialler);
        acceptor.send(acceptor.session(), 2);
        dialler = actor("client.7", mode, Policy.losslessClient(), builder -> builder.entropy(nonce(NONCE)));
        dialler.dial(EntityType.OSD, ADDR);
        network.settle();

        assertThat(acceptor.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 1, 0, 0));
        assertThat(acceptor.ends()).containsExactly(null, End.REPLACED);
        assertThat(acceptor.resets()).isEqualTo(reset(0, 1));
        assertThat(acceptor.heard.all(SessionEvent.Discarded.class))
                .extracting(SessionEvent.Discarded::messages)
                .containsExactly(2);
        assertThat(dialler.heard.messages()).isEmpty();
        assertFlows(dialler, acceptor);
    }

    @ParameterizedTest
    @MethodSource("modes")
    @Scenario("S32")
    void aPeerDoesNotMindThatItsPeerIsAnotherOne(SessionMode mode) {
        peersMeet(mode, BELOW);
        crash(dialler);
        acceptor.send(acceptor.session(), 2);
        dialler = peer("osd.7", mode, BELOW);
        dialler.dial(EntityType.OSD, ADDR);
        network.settle();

        assertThat(acceptor.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 1, 0, 0));
        assertThat(acceptor.ends()).containsExactly(null, End.REPLACED);
        assertThat(acceptor.resets()).isEqualTo(Resets.NONE);
        assertThat(acceptor.heard.count(SessionEvent.Discarded.class)).isZero();
        assertThat(dialler.heard.tids()).containsExactly(1L, 2L);
        assertFlows(dialler, acceptor);
    }

    /** A client that only lost the answer keeps its cookie; one with another has begun anew, and gets nothing of the former's. */
    @ParameterizedTest
    @MethodSource("modes")
    @Scenario("S32")
    void theSuccessorOfAClientThatNeverHeardOfItsSessionGetsAnother(SessionMode mode) {
        acceptor = bound(actor("osd.3", mode, Policy.statefulServer()), ADDR);
        dialler = actor("client.7", mode, Policy.losslessClient(), builder -> builder.entropy(nonce(NONCE)));
        dialler.net.loseAt(FaultPoint.read(Tag.SERVER_IDENT));
        dialler.dial(EntityType.OSD, ADDR);
        network.settle();
        crash(dialler);
        acceptor.send(acceptor.session(), 2);
        dialler = actor("client.7", mode, Policy.losslessClient(), builder -> builder.entropy(nonce(NONCE)));
        dialler.dial(EntityType.OSD, ADDR);
        network.settle();

        assertThat(acceptor.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 1, 0, 0));
        assertThat(acceptor.ends()).containsExactly(null, End.REPLACED);
        assertThat(acceptor.resets()).isEqualTo(reset(0, 1));
        assertThat(acceptor.heard.all(SessionEvent.Discarded.class))
                .extracting(SessionEvent.Discarded::messages)
                .containsExactly(2);
        assertThat(dialler.heard.messages()).isEmpty();
        assertFlows(dialler, acceptor);
    }
}
