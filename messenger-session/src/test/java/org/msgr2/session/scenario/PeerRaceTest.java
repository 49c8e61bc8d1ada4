package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.conn;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.testing.FaultPoint;
import org.msgr2.session.testing.FaultStream;
import org.msgr2.session.testing.FaultTransport.Hold;
import org.msgr2.session.testing.SessionMode;

/**
 * Two equals that dial each other at the same time: of their connections, the one that the smaller address has opened carries the
 * session, in whatever order things happen (spec/msgr2 §5.3 row 8).
 */
class PeerRaceTest extends ScenarioTestBase {
    private static final EntityAddr SMALLER = EntityAddr.parse("v2:127.0.0.1:6800/1");
    private static final EntityAddr LARGER = EntityAddr.parse("v2:127.0.0.1:6801/2");
    /** Nobody waits for a back-off, and nobody for {@code ms_max_backoff}. */
    private static final Duration AT_ONCE = Duration.ofMillis(1);

    private Actor smaller;
    private Actor larger;
    private Connection fromSmaller;
    private Connection fromLarger;

    /** A race in which one end is held up. */
    record Race(boolean smallerIsHeld, Case held) {
        @Override
        public String toString() {
            return (smallerIsHeld ? "the smaller" : "the larger") + " at " + held;
        }
    }

    private void meet(SessionMode mode) {
        meet(mode, SMALLER, LARGER);
    }

    private void meet(SessionMode mode, EntityAddr smallerAddr, EntityAddr largerAddr) {
        smaller = actor("osd.3", mode, Policy.losslessPeer());
        larger = actor("osd.7", mode, Policy.losslessPeer());
        bind(smaller.messenger, smallerAddr);
        bind(larger.messenger, largerAddr);
    }

    private void smallerDials() {
        fromSmaller = smaller.dial(EntityType.OSD, larger.messenger.addresses().first());
        smaller.send(fromSmaller, 3);
        network.settle();
    }

    private void largerDials() {
        fromLarger = larger.dial(EntityType.OSD, smaller.messenger.addresses().first());
        larger.send(fromLarger, 3);
        network.settle();
    }

    private void assertTheSmallersConnectionCarriesTheSession() {
        assertTraffic(smaller, larger);
        assertThat(smaller.session()).isSameAs(fromSmaller);
        assertThat(larger.session()).isSameAs(fromLarger);
        assertThat(openOf(smaller.net.streams(true))).isEqualTo(1);
        assertThat(openOf(smaller.net.streams(false))).isZero();
        assertThat(openOf(larger.net.streams(true))).isZero();
        assertThat(smaller.resets()).isEqualTo(Resets.NONE);
        assertThat(larger.resets()).isEqualTo(Resets.NONE);
        assertThat(smaller.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertThat(network.time().elapsed()).isLessThan(AT_ONCE);
    }

    private static long openOf(List<FaultStream> streams) {
        return streams.stream().filter(FaultStream::isOpen).count();
    }

    static Stream<Race> races() {
        return cases(
                        FaultPoint.BANNER_WRITE,
                        FaultPoint.write(Tag.HELLO),
                        FaultPoint.write(Tag.AUTH_REQUEST),
                        FaultPoint.write(Tag.AUTH_SIGNATURE),
                        FaultPoint.write(Tag.CLIENT_IDENT))
                .flatMap(held -> Stream.of(new Race(true, held), new Race(false, held)));
    }

    @ParameterizedTest
    @MethodSource("races")
    @Scenario("S21")
    void oneSessionHoweverFarOneOfThemHadCome(Race race) {
        meet(race.held().mode());
        Hold hold =
                (race.smallerIsHeld() ? smaller : larger).net.holdAt(race.held().point());
        if (race.smallerIsHeld()) {
            smallerDials();
            largerDials();
        } else {
            largerDials();
            smallerDials();
        }
        assertThat(hold.isReached()).isTrue();
        hold.release();
        network.settle();

        assertTheSmallersConnectionCarriesTheSession();
        // The larger one was told to wait, or did not get so far; a signature does not wait for the other end's.
        Tag held = race.held().point().tag();
        boolean said = race.smallerIsHeld() || held == Tag.CLIENT_IDENT || held == Tag.AUTH_SIGNATURE;
        assertThat(larger.conn()).isEqualTo(conn(1, said ? 1 : 0, 0, 0));
        assertThat(smaller.written(Tag.WAIT)).isEqualTo(race.smallerIsHeld() ? 1 : 0);
        assertThat(larger.written(Tag.WAIT)).isZero();
    }

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

    @ParameterizedTest
    @EnumSource
    @Scenario("S24")
    void whoWaitsIsTakenOverAtOnce(SessionMode mode) {
        meet(mode);
        Hold hold = smaller.net.holdAt(FaultPoint.write(Tag.CLIENT_IDENT));
        smallerDials();
        largerDials();
        assertThat(larger.read(Tag.WAIT)).isEqualTo(1);
        advance(Duration.ofSeconds(5));
        assertThat(larger.net.attempts()).as("it waits").hasSize(1);
        hold.release();
        network.settle();
        assertThat(network.time().elapsed()).isEqualTo(Duration.ofSeconds(5));
        assertThat(larger.acceptedEvents()).containsEntry(fromLarger, 1);
        assertTraffic(smaller, larger);
        assertThat(larger.conn()).isEqualTo(conn(1, 1, 0, 0));
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S25")
    void whoWaitsInVainDialsAgain(SessionMode mode) {
        meet(mode);
        smaller.net.holdAt(FaultPoint.write(Tag.CLIENT_IDENT));
        smallerDials();
        largerDials();
        assertThat(larger.read(Tag.WAIT)).isEqualTo(1);
        fromSmaller.markDown();
        advance(Duration.ofMillis(14_900));
        assertThat(larger.net.attempts()).as("15 s are not over").hasSize(1);
        advance(Duration.ofMillis(200));
        assertThat(larger.conn()).isEqualTo(conn(2, 2, 0, 1));
        assertThat(larger.session()).isSameAs(fromLarger);
        assertThat(smaller.heard.tids()).isEqualTo(numbers(larger.sent()));
        assertThat(smaller.session()).isNotSameAs(fromSmaller);
        larger.send(fromLarger, 1);
        awaitReceived(smaller, (int) larger.sent());
        assertThat(smaller.heard.tids()).isEqualTo(numbers(larger.sent()));
    }

    /** The smaller one by its bytes in memory, and the larger one, which people would take for the smaller. */
    record Pair(EntityAddr smaller, EntityAddr larger, SessionMode mode) {
        @Override
        public String toString() {
            return smaller + " before " + larger + ", " + mode;
        }
    }

    static Stream<Pair> misleadingAddresses() {
        EntityAddr addr = EntityAddr.parse("v2:10.0.0.9:6900/0");
        EntityAddr lower = EntityAddr.parse("v2:10.0.0.1:6800/0");
        return SessionMode.all()
                .flatMap(mode -> Stream.of(
                        new Pair(addr.withNonce(0x0100_0000), lower.withNonce(2), mode),
                        new Pair(addr.withNonce(0xffff_ff00), lower.withNonce(1), mode),
                        new Pair(
                                addr.withNonce(7).withPort(6800),
                                lower.withNonce(7).withPort(6801),
                                mode)));
    }

    /** Nonces are compared before ports and those before IPs, and nonces by their lowest byte first (spec/msgr2 §5.3). */
    @ParameterizedTest
    @MethodSource("misleadingAddresses")
    @Scenario("S41")
    void theOrderIsThatOfTheBytesInMemory(Pair pair) {
        meet(pair.mode(), pair.smaller(), pair.larger());
        Hold hold = smaller.net.holdAt(FaultPoint.write(Tag.CLIENT_IDENT));
        smallerDials();
        largerDials();
        assertThat(smaller.written(Tag.WAIT)).isEqualTo(1);
        hold.release();
        network.settle();
        assertTheSmallersConnectionCarriesTheSession();
    }
}
