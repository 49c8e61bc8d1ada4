package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.UTime;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RecordingEffects.PingAnswered;
import org.msgr2.session.testing.RecordingEffects.PingFailed;
import org.msgr2.session.testing.RecordingEffects.WantWrite;
import org.msgr2.session.testing.SessionBench;
import org.msgr2.session.testing.SessionBench.Written;

/** Silence, and how it is told from death. */
class SessionLivenessTest {
    private static final Duration IDLE = Limits.defaults().timeouts().idle();
    private static final Duration ANSWER = Limits.defaults().timeouts().keepalive();
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private SessionBench ready() throws ProtocolException {
        return SessionBench.accepting(leaks.allocator()).ready();
    }

    private SessionBench pinging() throws ProtocolException {
        return SessionBench.accepting(Limits.defaults(), INTERVAL, leaks.allocator())
                .ready();
    }

    private static void assertTimedOut(SessionBench bench, String message) {
        assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
        ProtocolException cause =
                bench.effects().events(SessionEvent.Reset.class).get(0).cause();
        assertThat(cause.kind()).isEqualTo(FaultKind.TIMEOUT);
        assertThat(cause).hasMessage("peer v2:10.0.0.1:3300/7: " + message);
    }

    // --- Idle

    @Test
    @Scenario("P10")
    void aSilentPeerIsGivenUp() throws ProtocolException {
        try (SessionBench bench = ready()) {
            assertThat(bench.until(TimerId.IDLE)).isEqualTo(IDLE);
            bench.pass(IDLE.minusNanos(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.pass(Duration.ofNanos(1));
            assertTimedOut(bench, "nothing received for PT15M");
        }
    }

    @Test
    @Scenario("P10")
    void everyByteReadMovesTheDeadlineButNoTimerIsArmedForIt() throws ProtocolException {
        try (SessionBench bench = ready()) {
            byte[] ack = bench.peerBytes(new ControlFrame.Ack(1));
            for (byte b : ack) {
                bench.pass(IDLE.minusSeconds(1));
                bench.effects().drain();
                bench.receive(new byte[] {b});
                assertThat(bench.effects().drain()).isEmpty();
            }
            bench.pass(IDLE.minusNanos(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.pass(Duration.ofNanos(1));
            assertTimedOut(bench, "nothing received for PT15M");
        }
    }

    @Test
    void whatWeSendDoesNotMoveTheDeadline() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.pass(IDLE.minusSeconds(1));
            bench.send(127);
            bench.poll();
            bench.pass(Duration.ofSeconds(1));
            assertTimedOut(bench, "nothing received for PT15M");
        }
    }

    @Test
    @Scenario("P31")
    void whileWeDoNotReadThePeerCannotBeIdle() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.effects().refusePermits();
            bench.receive(bench.peerMessage(1, 10));
            bench.pass(IDLE.multipliedBy(5));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.session().permitsGranted(bench.effects().grant(), 1, bench.nowNs());
            bench.pass(IDLE.minusNanos(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.pass(Duration.ofNanos(1));
            assertTimedOut(bench, "nothing received for PT15M");
        }
    }

    // --- Keepalive

    @Test
    @Scenario("P28")
    void aPingIsAnsweredWithItsRoundTrip() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.session().sendKeepalive(41, new UTime(5, 6), bench.nowNs());
            bench.pass(Duration.ofSeconds(1));
            assertThat(bench.poll())
                    .extracting(Written::control)
                    .containsExactly(new ControlFrame.Keepalive2(new UTime(5, 6)));
            bench.pass(Duration.ofMillis(3));
            bench.receive(new ControlFrame.Keepalive2Ack(new UTime(5, 6)));
            assertThat(bench.effects().effects(PingAnswered.class)).containsExactly(new PingAnswered(41, 3_000_000));
            assertThat(bench.isArmed(TimerId.KEEPALIVE_ACK)).isFalse();
        }
    }

    @Test
    void answersToWhatNobodyAskedAreIgnored() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(new ControlFrame.Keepalive2Ack(new UTime(5, 6)));
            bench.session().sendKeepalive(1, new UTime(1, 1), bench.nowNs());
            bench.receive(new ControlFrame.Keepalive2Ack(new UTime(1, 1)));
            assertThat(bench.effects().effects(PingAnswered.class))
                    .as("not sent yet")
                    .isEmpty();
            bench.poll();
            bench.receive(new ControlFrame.Keepalive2Ack(new UTime(1, 2)));
            assertThat(bench.effects().effects(PingAnswered.class)).isEmpty();
            assertThat(bench.isArmed(TimerId.KEEPALIVE_ACK)).isTrue();
        }
    }

    @Test
    @Scenario("P45")
    void keepalivesAreSentUnaskedAndTheirAnswersAwaited() throws ProtocolException {
        try (SessionBench bench = pinging()) {
            for (int i = 1; i <= 3; i++) {
                bench.pass(INTERVAL.minusNanos(1));
                assertThat(bench.poll()).isEmpty();
                bench.pass(Duration.ofNanos(1));
                UTime stamp = bench.wall();
                assertThat(bench.poll())
                        .extracting(Written::control)
                        .containsExactly(new ControlFrame.Keepalive2(stamp));
                assertThat(bench.until(TimerId.KEEPALIVE_ACK)).isEqualTo(ANSWER);
                bench.receive(new ControlFrame.Keepalive2Ack(stamp));
                assertThat(bench.isArmed(TimerId.KEEPALIVE_ACK)).isFalse();
            }
            assertThat(bench.effects().effects(PingAnswered.class))
                    .as("nobody asked")
                    .isEmpty();
            assertThat(bench.effects().keepalivesAnswered()).hasSize(3);

            bench.pass(INTERVAL);
            bench.poll();
            // Messages come, but no answer: the peer reads nothing.
            bench.pass(ANSWER.minusNanos(1));
            bench.receive(bench.peerMessage(1, 1));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.pass(Duration.ofNanos(1));
            assertTimedOut(bench, "KEEPALIVE2 not answered within PT30S");
        }
    }

    @Test
    void theOldestUnansweredKeepaliveCounts() throws ProtocolException {
        try (SessionBench bench = ready()) {
            for (int i = 1; i <= 3; i++) {
                bench.session().sendKeepalive(i, new UTime(i, 0), bench.nowNs());
                bench.poll();
                bench.pass(Duration.ofSeconds(5));
            }
            assertThat(bench.until(TimerId.KEEPALIVE_ACK)).isEqualTo(ANSWER.minusSeconds(15));
            bench.receive(new ControlFrame.Keepalive2Ack(new UTime(1, 0)));
            assertThat(bench.until(TimerId.KEEPALIVE_ACK)).isEqualTo(ANSWER.minusSeconds(10));
            bench.pass(ANSWER.minusSeconds(10));
            assertTimedOut(bench, "KEEPALIVE2 not answered within PT30S");
            assertThat(bench.effects().effects(PingFailed.class))
                    .extracting(PingFailed::ping)
                    .containsExactly(2L, 3L);
        }
    }

    @Test
    @Scenario("P31")
    void whileWeDoNotReadNoAnswerIsMissed() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.session().sendKeepalive(1, new UTime(1, 0), bench.nowNs());
            bench.poll();
            bench.effects().refusePermits();
            bench.receive(bench.peerMessage(1, 10));
            bench.pass(ANSWER.multipliedBy(5));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("P31")
    void anAnswerThatWaitedBehindAPauseIsNotMissedEither() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.session().sendKeepalive(1, new UTime(1, 0), bench.nowNs());
            bench.poll();
            bench.effects().refusePermits();
            bench.receive(bench.peerMessage(1, 10));
            // Just before the answer is due we begin to read again; it has been there for long, but not yet with us.
            bench.pass(ANSWER.minusNanos(1));
            bench.session().permitsGranted(bench.effects().grant(), 1, bench.nowNs());
            bench.pass(Duration.ofSeconds(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.receive(new ControlFrame.Keepalive2Ack(new UTime(1, 0)));
            assertThat(bench.effects().effects(PingAnswered.class)).hasSize(1);
        }
    }

    @Test
    void aPeerThatIsSilentAfterAPauseIsGivenUp() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.session().sendKeepalive(1, new UTime(1, 0), bench.nowNs());
            bench.poll();
            bench.effects().refusePermits();
            bench.receive(bench.peerMessage(1, 10));
            bench.pass(ANSWER.multipliedBy(3));
            bench.session().permitsGranted(bench.effects().grant(), 1, bench.nowNs());
            bench.pass(ANSWER);
            assertTimedOut(bench, "KEEPALIVE2 not answered within PT30S");
        }
    }

    /** Once the buffers on the way to a peer that is gone are full, not even the question leaves. */
    @Test
    @Scenario("P45")
    void aPeerThatCannotEvenBeAskedIsGivenUp() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.session().sendKeepalive(1, UTime.ZERO, bench.nowNs()); // and nobody takes it
            bench.pass(ANSWER.minusNanos(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.pass(Duration.ofNanos(1));
            assertTimedOut(bench, "KEEPALIVE2 not answered within PT30S");
        }
        try (SessionBench bench = pinging()) {
            bench.pass(INTERVAL.plus(ANSWER));
            assertTimedOut(bench, "KEEPALIVE2 not answered within PT30S");
        }
    }

    @Test
    void keepalivesUnderWayAreBounded() throws ProtocolException {
        try (SessionBench bench = ready()) {
            for (int i = 1; i <= Keepalive.PINGS_MAX; i++) {
                bench.session().sendKeepalive(i, new UTime(i, 0), bench.nowNs());
            }
            assertThat(bench.poll()).hasSize(Keepalive.PINGS_MAX);
            bench.effects().drain();
            bench.session().sendKeepalive(1000, UTime.ZERO, bench.nowNs());
            PingFailed failed = bench.effects().effects(PingFailed.class).get(0);
            assertThat(failed.ping()).isEqualTo(1000);
            assertThat(failed.cause().kind()).isEqualTo(FaultKind.LIMIT);
            bench.receive(new ControlFrame.Keepalive2Ack(new UTime(1, 0)));
            bench.session().sendKeepalive(1001, UTime.ZERO, bench.nowNs());
            assertThat(bench.poll()).extracting(Written::tag).containsExactly(Tag.KEEPALIVE2);
        }
    }

    @Test
    void pingsThatWereNotSentSurviveAFailedAttemptAndTheOthersFail() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().sendKeepalive(1, new UTime(1, 0), bench.nowNs());
            bench.session().connect(bench.nowNs());
            bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "refused"));
            assertThat(bench.effects().effects(PingFailed.class)).isEmpty();
            bench.pass(Duration.ofMillis(200));
            bench.secure();
            bench.poll();
            bench.receive(bench.serverIdent());
            assertThat(bench.poll()).extracting(Written::tag).containsExactly(Tag.KEEPALIVE2);
            bench.session().sendKeepalive(2, new UTime(2, 0), bench.nowNs());
            bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "broken"));
            assertThat(bench.effects().effects(PingFailed.class))
                    .extracting(failed -> failed.ping() + ": " + failed.cause().getMessage())
                    .containsExactly(
                            "1: peer v2:10.0.0.1:3300/7: the connection was lost",
                            "2: peer v2:10.0.0.1:3300/7: the connection is closed");
            bench.session().sendKeepalive(3, new UTime(3, 0), bench.nowNs());
            assertThat(bench.effects().effects(PingFailed.class)).hasSize(3);
        }
    }

    // --- A peer that cannot even be asked

    @Test
    void aPeerThatTakesNoBytesIsAsDeadAsOneThatDoesNotAnswer() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.session().sendKeepalive(1, new UTime(1, 0), bench.nowNs());
            bench.pass(Duration.ofSeconds(10));
            bench.session().sendKeepalive(2, new UTime(2, 0), bench.nowNs());
            assertThat(bench.until(TimerId.KEEPALIVE_ACK))
                    .as("the first one counts")
                    .isEqualTo(ANSWER.minusSeconds(10));
            bench.pass(ANSWER.minusSeconds(10));
            assertTimedOut(bench, "KEEPALIVE2 not answered within PT30S");
        }
    }

    @Test
    void theTimeToAnswerBeginsWhenTheQuestionIsWritten() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.session().sendKeepalive(1, new UTime(1, 0), bench.nowNs());
            bench.pass(Duration.ofSeconds(10));
            bench.poll();
            assertThat(bench.until(TimerId.KEEPALIVE_ACK)).isEqualTo(ANSWER);
        }
    }

    @Test
    void aQuestionThatWaitedForTheSessionIsNotLateWhenItIsReady() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().sendKeepalive(1, new UTime(1, 0), bench.nowNs());
            bench.pass(ANSWER.multipliedBy(2));
            bench.ready();
            bench.pass(ANSWER.minusNanos(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.pass(Duration.ofNanos(1));
            assertTimedOut(bench, "KEEPALIVE2 not answered within PT30S");
        }
    }

    @Test
    void anUnaskedKeepaliveWakesTheWriterAndHasItsDeadlineEvenIfItIsNeverWritten() throws ProtocolException {
        try (SessionBench bench = pinging()) {
            bench.effects().drain();
            bench.pass(INTERVAL);
            assertThat(bench.effects().effects(WantWrite.class)).hasSize(1);
            assertThat(bench.until(TimerId.KEEPALIVE_ACK)).isEqualTo(ANSWER);
            assertThat(bench.until(TimerId.KEEPALIVE)).isEqualTo(INTERVAL);
            bench.pass(ANSWER);
            assertTimedOut(bench, "KEEPALIVE2 not answered within PT30S");
        }
    }

    @Test
    void noKeepaliveIsPreparedWhileThereIsNoTransport() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.session().timerFired(TimerId.KEEPALIVE, bench.nowNs(), bench.wall());
            bench.ready();
            assertThat(bench.poll()).isEmpty();
        }
    }
}
