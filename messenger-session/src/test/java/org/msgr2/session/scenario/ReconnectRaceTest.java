package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.conn;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.testing.FaultPoint;
import org.msgr2.session.testing.FaultTransport.Hold;
import org.msgr2.session.testing.SessionMode;

/** Two equals that had a session, or one of which believes so, and both dial to go on with it (spec/msgr2 §5.4). */
class ReconnectRaceTest extends PeersTestBase {
    static Stream<Race> connectsAndReconnects() {
        return SessionMode.all()
                .map(mode -> new Case(FaultPoint.read(Tag.SERVER_IDENT), mode))
                .flatMap(lost -> Stream.of(new Race(true, lost), new Race(false, lost)));
    }

    /**
     * One end has established the session, the other one does not know: its second CLIENT_IDENT and the first one's
     * SESSION_RECONNECT cross. Both name the same client cookie, so whichever comes first wins, whoever is the smaller.
     */
    @ParameterizedTest
    @MethodSource("connectsAndReconnects")
    @Scenario("S22")
    void theReconnectComesFirst(Race race) {
        Crossing crossing = cross(race);
        crossing.reconnect().release();
        network.settle();
        crossing.connect().release();
        network.settle();

        Actor knows = crossing.knows();
        Actor doesNot = crossing.doesNot();
        assertTraffic(knows, doesNot);
        // It is told RESET(0), and begins again on the same connection, under the cookie that the other end knows.
        assertThat(knows.conn()).isEqualTo(conn(1, 1, 1, 1));
        assertThat(doesNot.conn()).isEqualTo(conn(2, 2, 0, 0));
        assertThat(doesNot.written(Tag.SESSION_RESET)).isEqualTo(1);
        assertNobodyWasReset();
    }

    @ParameterizedTest
    @MethodSource("connectsAndReconnects")
    @Scenario("S22")
    void theConnectComesFirst(Race race) {
        Crossing crossing = cross(race);
        crossing.connect().release();
        network.settle();
        crossing.reconnect().release();
        network.settle();

        assertTraffic(crossing.knows(), crossing.doesNot());
        assertThat(crossing.knows().conn()).isEqualTo(conn(1, 0, 1, 0));
        assertThat(crossing.doesNot().conn()).isEqualTo(conn(2, 2, 0, 1));
        assertNobodyWasReset();
    }

    private record Crossing(Actor knows, Actor doesNot, Hold reconnect, Hold connect) {}

    private Crossing cross(Race race) {
        meet(race.held().mode());
        Actor doesNot = race.smallerIsHeld() ? smaller : larger;
        Actor knows = race.smallerIsHeld() ? larger : smaller;
        doesNot.net.loseAt(race.held().point());
        Hold connect = doesNot.net.holdAt(FaultPoint.write(Tag.CLIENT_IDENT).nth(2));
        Hold reconnect = knows.net.holdAt(FaultPoint.write(Tag.SESSION_RECONNECT));
        if (race.smallerIsHeld()) {
            smallerDials();
        } else {
            largerDials();
        }
        knows.send(knows.session(), 3);
        network.await("both on their way", () -> connect.isReached() && reconnect.isReached());
        return new Crossing(knows, doesNot, reconnect, connect);
    }

    private void assertNobodyWasReset() {
        assertThat(openOf(smaller.net.streams())).isEqualTo(1);
        assertThat(openOf(larger.net.streams())).isEqualTo(1);
        assertThat(smaller.resets()).isEqualTo(Resets.NONE);
        assertThat(larger.resets()).isEqualTo(Resets.NONE);
        assertThat(smaller.written(Tag.WAIT) + larger.written(Tag.WAIT)).isZero();
        assertThat(network.time().elapsed()).isLessThan(Duration.ofSeconds(1));
    }

    /** Who had dialled first, and who is faster to come back. */
    record Return(boolean smallerBegan, boolean smallerIsFaster, SessionMode mode) {}

    static Stream<Return> returns() {
        return SessionMode.all()
                .flatMap(mode -> Stream.of(
                        new Return(true, true, mode),
                        new Return(true, false, mode),
                        new Return(false, true, mode),
                        new Return(false, false, mode)));
    }

    /** Both have the same {@code connect_seq}; if both were told to wait, nothing would move for 15 seconds (spec/msgr2 §9.2). */
    @ParameterizedTest
    @MethodSource("returns")
    @Scenario("S23")
    void bothReconnectAtOnce(Return back) {
        meet(back.mode());
        if (back.smallerBegan()) {
            smallerDials();
        } else {
            largerDials();
        }
        assertTraffic(smaller, larger);
        Hold fast = (back.smallerIsFaster() ? smaller : larger).net.holdAt(FaultPoint.write(Tag.SESSION_RECONNECT));
        Hold slow = (back.smallerIsFaster() ? larger : smaller).net.holdAt(FaultPoint.write(Tag.SESSION_RECONNECT));
        smaller.net.loseAll();
        smaller.send(smaller.session(), 2);
        larger.send(larger.session(), 2);
        network.settle();
        fast.release();
        network.settle();
        slow.release();
        network.settle();

        assertTraffic(smaller, larger);
        assertThat(openOf(smaller.net.streams(true))).isEqualTo(1);
        assertThat(openOf(larger.net.streams(true))).isZero();
        assertThat(smaller.written(Tag.WAIT)).isEqualTo(back.smallerIsFaster() ? 0 : 1);
        assertThat(larger.written(Tag.WAIT)).isZero();
        int begun = back.smallerBegan() ? 1 : 0;
        assertThat(smaller.conn()).isEqualTo(conn(begun + 1, begun, 1, begun + 1));
        assertThat(larger.conn()).isEqualTo(conn(2 - begun, 1 - begun, 1, 1 - begun));
        assertThat(network.time().elapsed()).isLessThan(AT_ONCE);
    }
}
