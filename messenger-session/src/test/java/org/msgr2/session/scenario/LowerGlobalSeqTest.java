package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;
import static org.msgr2.session.scenario.Resets.reset;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.SessionMode;

/**
 * A process that was restarted behind its address and nonce, and counts from lower on than its predecessor: with Ceph's any, with
 * ours one whose clock was set back, since we begin to count at the wall clock (spec/msgr2 §5.10).
 */
class LowerGlobalSeqTest extends ScenarioTestBase {
    private static final EntityAddr ADDR = EntityAddr.parse("v2:127.0.0.1:6802/10");
    private static final EntityAddr RESTARTED = EntityAddr.parse("v2:127.0.0.1:6801/9");

    private Actor survivor;
    private Actor restarted;

    private Actor peer(String name, SessionMode mode, EntityAddr addr, Duration behind) {
        Actor actor = actor(
                name,
                mode,
                Policy.losslessPeer(),
                builder ->
                        builder.clock(() -> network.time().wallClock().instant().minus(behind)));
        bind(actor.messenger, addr);
        return actor;
    }

    /** There was a session, and one of its ends dies. */
    private void begin(SessionMode mode) {
        survivor = peer("osd.3", mode, ADDR, Duration.ZERO);
        restarted = peer("osd.7", mode, RESTARTED, Duration.ZERO);
        awaitReady(restarted.dial(EntityType.OSD, ADDR));
        assertTraffic(restarted, survivor);
        crash(restarted);
    }

    private Connection comeBack(SessionMode mode) {
        restarted = peer("osd.7", mode, RESTARTED, Duration.ofDays(1));
        Connection connection = restarted.dial(EntityType.OSD, ADDR);
        restarted.send(connection, 1);
        network.settle();
        return connection;
    }

    /** It does not wait for somebody who counts higher, since it is dialling: nobody is there. Row 2b of Ceph since 2025. */
    @ParameterizedTest
    @EnumSource
    @Scenario("S40")
    void aSurvivorThatIsDiallingTakesTheSuccessor(SessionMode mode) {
        begin(mode);
        survivor.send(survivor.session(), 2);
        survivor.net.loseAll();
        advance(Duration.ofMillis(100));
        assertThat(survivor.conn()).as("nobody listens").isEqualTo(conn(1, 0, 0, 0));
        comeBack(mode);

        assertThat(survivor.accs()).containsExactly(acc(1, 1, 0, 1), acc(1, 1, 0, 1));
        assertThat(survivor.resets()).isEqualTo(reset(1, 0));
        assertThat(survivor.heard.all(SessionEvent.Discarded.class))
                .extracting(SessionEvent.Discarded::messages)
                .containsExactly(2);
        assertThat(restarted.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertFlows(restarted, survivor);
    }

    /** It cannot know whether that is a successor, or an old attempt on its way: so it dials itself, and learns. */
    @ParameterizedTest
    @EnumSource
    @Scenario("S40")
    void aSurvivorThatIsNotDiallingFindsOut(SessionMode mode) {
        begin(mode);
        survivor.net.loseAll();
        network.settle();
        comeBack(mode);

        assertThat(survivor.accs()).hasSize(2).endsWith(acc(1, 1, 0, 0));
        assertThat(survivor.messenger.stats().handshakesFailed()).isEqualTo(1);
        // RESET(0), since it has another session in mind, then WAIT, since its address is the smaller.
        assertThat(survivor.conn()).isEqualTo(conn(1, 1, 1, 0));
        assertThat(restarted.accs()).containsExactly(acc(1, 1, 1, 0));
        // While it waits it dials no more, and takes the successor's next attempt.
        advance(Duration.ofSeconds(1));
        assertThat(restarted.conn()).isEqualTo(conn(2, 2, 0, 1));
        assertThat(survivor.accs()).hasSize(3).endsWith(acc(1, 1, 0, 1));
        assertThat(survivor.resets()).isEqualTo(reset(1, 0));
        assertFlows(restarted, survivor);
    }
}
