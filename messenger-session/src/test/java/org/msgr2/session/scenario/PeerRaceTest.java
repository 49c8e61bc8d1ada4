package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.conn;

import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.testing.FaultPoint;
import org.msgr2.session.testing.FaultTransport.Hold;
import org.msgr2.session.testing.SessionMode;

/**
 * Two equals that dial each other at the same time: of their connections, the one that the smaller address has opened carries the
 * session, in whatever order things happen (spec/msgr2 §5.3 row 8).
 */
class PeerRaceTest extends PeersTestBase {
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

    /** Though it has nothing to send: the other one relies on it. */
    @ParameterizedTest
    @EnumSource
    @Scenario("S25")
    void whoLetsThePeerWaitDialsAgainItself(SessionMode mode) {
        meet(mode);
        Hold hold = smaller.net.holdAt(FaultPoint.write(Tag.CLIENT_IDENT));
        fromSmaller = smaller.dial(EntityType.OSD, LARGER);
        network.settle();
        largerDials();
        assertThat(larger.read(Tag.WAIT)).isEqualTo(1);
        hold.stream().lose();
        advance(Duration.ofMillis(300));

        assertThat(smaller.conn()).isEqualTo(conn(2, 2, 0, 1));
        assertThat(larger.conn()).isEqualTo(conn(1, 1, 0, 0));
        assertTraffic(smaller, larger);
        assertThat(larger.resets()).isEqualTo(Resets.NONE);
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
