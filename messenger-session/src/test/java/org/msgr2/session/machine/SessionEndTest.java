package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.UTime;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RecordingEffects.CloseTransport;
import org.msgr2.session.testing.RecordingEffects.Connect;
import org.msgr2.session.testing.RecordingEffects.Effect;
import org.msgr2.session.testing.RecordingEffects.Ended;
import org.msgr2.session.testing.RecordingEffects.Notify;
import org.msgr2.session.testing.RecordingEffects.PingFailed;
import org.msgr2.session.testing.RecordingEffects.Sent;
import org.msgr2.session.testing.RecordingEffects.WantWrite;
import org.msgr2.session.testing.SessionBench;

/** Every way in which a session ends, from every state. */
class SessionEndTest {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static ProtocolException lost() {
        return new ProtocolException(FaultKind.TRANSPORT, "lost");
    }

    /** How far a session has come. */
    enum Stage {
        NEW,
        CONNECTING,
        SECURED,
        IDENT_SENT,
        BACKOFF,
        READY,
        RECEIVING,
        PAUSED,
        CLOSING;

        private SessionBench reach(SessionBench bench) throws ProtocolException {
            if (this == NEW) {
                return bench;
            }
            if (ordinal() >= READY.ordinal()) {
                bench.ready();
            } else {
                bench.session().connect(bench.nowNs());
            }
            switch (this) {
                case SECURED -> bench.secure();
                case IDENT_SENT -> {
                    bench.secure();
                    bench.poll();
                }
                case BACKOFF -> bench.transportDown(lost());
                case RECEIVING -> bench.receive(Arrays.copyOf(bench.peerMessage(1, 100), 90));
                case PAUSED -> {
                    bench.effects().refusePermits();
                    bench.receive(bench.peerMessage(1, 100));
                }
                case CLOSING -> {
                    bench.send(127);
                    bench.session().close(bench.nowNs());
                }
                default -> {}
            }
            return bench;
        }
    }

    private static void assertEndedQuietly(SessionBench bench) {
        assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
        List<Effect> effects = bench.effects().effects();
        assertThat(effects.get(effects.size() - 1)).isEqualTo(new Ended(null));
        assertThat(bench.effects().events(SessionEvent.Reset.class)).isEmpty();
        assertThat(bench.effects().permitHolders()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void markDownEndsItAtOnceFromEveryState(Stage stage) throws ProtocolException {
        try (SessionBench bench = stage.reach(SessionBench.dialing(leaks.allocator()))) {
            bench.send(127);
            bench.send(64);
            bench.session().sendKeepalive(5, UTime.ZERO, bench.nowNs());
            bench.effects().drain();
            bench.session().markDown();
            assertEndedQuietly(bench);
            boolean open = stage != Stage.NEW && stage != Stage.BACKOFF;
            assertThat(bench.effects().effects(CloseTransport.class))
                    .isEqualTo(open ? List.of(new CloseTransport(false)) : List.of());
            int queued = stage == Stage.CLOSING ? 3 : 2;
            assertThat(bench.effects().events(SessionEvent.Discarded.class))
                    .containsExactly(new SessionEvent.Discarded(1, queued, queued, "closed by the application"));
            assertThat(bench.effects().effects(Sent.class)).hasSize(queued);
            assertThat(bench.effects().effects(PingFailed.class))
                    .extracting(PingFailed::ping)
                    .containsExactly(5L);
            assertThat(leaks.heldBytes()).isZero();
            assertNothingRevivesIt(bench);
        }
    }

    private static void assertNothingRevivesIt(SessionBench bench) throws ProtocolException {
        bench.effects().drain();
        bench.session().markDown();
        bench.session().close(bench.nowNs());
        bench.transportDown(lost());
        bench.secure();
        bench.receive(bench.peerMessage(5, 10));
        for (TimerId id : TimerId.values()) {
            bench.session().timerFired(id, bench.nowNs(), bench.wall());
        }
        assertThat(bench.poll()).isEmpty();
        assertThat(bench.session().hasWork()).isFalse();
        assertThat(bench.effects().drain()).isEmpty();
        bench.pass(Duration.ofDays(1));
        assertThat(bench.effects().drain()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void closeWithAnEmptyQueueEndsItAsSoonAsItMay(Stage stage) throws ProtocolException {
        try (SessionBench bench = stage.reach(SessionBench.dialing(leaks.allocator()))) {
            if (stage != Stage.CLOSING) {
                bench.effects().drain();
            }
            bench.session().close(bench.nowNs());
            if (bench.session().state() == SessionState.READY) {
                assertThat(bench.until(TimerId.CLOSE)).isEqualTo(Duration.ofSeconds(5));
                assertThat(bench.session().hasWork()).isTrue();
                assertThat(bench.poll()).hasSize(stage == Stage.CLOSING ? 1 : 0);
                assertThat(bench.effects().effects(CloseTransport.class)).containsExactly(new CloseTransport(true));
            }
            assertEndedQuietly(bench);
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).isEmpty();
            assertNothingRevivesIt(bench);
        }
    }

    @Test
    void closeSendsWhatIsQueuedFirst() throws ProtocolException {
        try (SessionBench bench = SessionBench.accepting(leaks.allocator()).ready()) {
            bench.send(127);
            bench.send(127);
            bench.session().close(bench.nowNs());
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(bench.pollOne()).isNotNull();
            bench.receive(bench.peerMessage(1, 10));
            assertThat(bench.effects().delivered()).as("still read").hasSize(1);
            assertThat(bench.poll()).hasSize(1);
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
            assertThat(bench.effects().effects(CloseTransport.class)).containsExactly(new CloseTransport(true));
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).isEmpty();
        }
    }

    @Test
    void closeWaitsForATransportIfSomethingIsQueued() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.send(127);
            bench.session().close(bench.nowNs());
            bench.session().close(bench.nowNs());
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);
            bench.secure();
            bench.poll();
            bench.receive(bench.serverIdent());
            assertThat(bench.poll()).hasSize(1);
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
            assertThat(bench.effects().effects(Ended.class)).containsExactly(new Ended(null));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closeDoesNotWaitForEver(boolean ready) throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            if (ready) {
                bench.ready();
            } else {
                bench.session().connect(bench.nowNs());
            }
            bench.send(127);
            bench.effects().drain();
            bench.session().close(bench.nowNs());
            bench.pass(Duration.ofSeconds(5).minusNanos(1));
            assertThat(bench.session().state()).isNotEqualTo(SessionState.CLOSED);
            bench.pass(Duration.ofNanos(1));
            assertEndedQuietly(bench);
            assertThat(bench.effects().effects(CloseTransport.class)).containsExactly(new CloseTransport(false));
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFaultEndsASessionThatIsClosing(boolean ready) throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            if (ready) {
                bench.ready();
            } else {
                bench.session().connect(bench.nowNs());
            }
            bench.send(127);
            bench.session().close(bench.nowNs());
            bench.effects().drain();
            bench.transportDown(lost());
            assertEndedQuietly(bench);
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).hasSize(1);
            assertThat(bench.effects().effects(Connect.class)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void theFirstFaultAfterReadyIsTheLast(boolean dialing) throws ProtocolException {
        SessionBench made =
                dialing ? SessionBench.dialing(leaks.allocator()) : SessionBench.accepting(leaks.allocator());
        try (SessionBench bench = made.ready()) {
            for (int i = 0; i < 5; i++) {
                bench.send(i < 2 ? 255 : 127);
            }
            bench.pollOne();
            bench.effects().drain();
            bench.transportDown(lost());
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
            List<SessionEvent> events = bench.effects().events();
            assertThat(events).hasSize(2);
            assertThat(events.get(0)).isEqualTo(new SessionEvent.Discarded(2, 5, 4, "peer v2:10.0.0.1:3300/7: lost"));
            SessionEvent.Reset reset = (SessionEvent.Reset) events.get(1);
            assertThat(reset.cause()).hasMessage("peer v2:10.0.0.1:3300/7: lost");
            assertThat(bench.effects().sentNumbers()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L, 5L);
            List<Effect> effects = bench.effects().effects();
            assertThat(effects.get(effects.size() - 1)).isEqualTo(new Ended(reset.cause()));
            assertNothingRevivesIt(bench);
        }
    }

    @Test
    void nothingIsNamedDiscardedIfNothingWas() throws ProtocolException {
        try (SessionBench bench = SessionBench.accepting(leaks.allocator()).ready()) {
            bench.transportDown(lost());
            assertThat(bench.effects().events()).hasSize(1).first().isInstanceOf(SessionEvent.Reset.class);
        }
    }

    @Test
    @Scenario("P42")
    void whatIsSentBehindTheEndIsDiscardedOneByOne() throws ProtocolException {
        try (SessionBench bench = SessionBench.accepting(leaks.allocator()).ready()) {
            bench.session().markDown();
            bench.effects().drain();
            bench.send(127);
            bench.send(127);
            assertThat(bench.effects().drain())
                    .containsExactly(
                            new Sent(1),
                            new Notify(new SessionEvent.Discarded(1, 1, 1, "the connection is closed")),
                            new Sent(2),
                            new Notify(new SessionEvent.Discarded(2, 2, 1, "the connection is closed")));
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    void aFaultInTheMiddleOfAReadEndsTheReading() throws ProtocolException {
        try (SessionBench bench = SessionBench.accepting(leaks.allocator()).ready()) {
            byte[] wait = bench.peerBytes(new ControlFrame.Wait(), new ControlFrame.Wait(), new ControlFrame.Wait());
            bench.receive(wait);
            assertThat(bench.effects().effects(Ended.class)).hasSize(1);
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    void closingAgainDoesNotProlongIt() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator()).ready()) {
            bench.send(127);
            bench.session().close(bench.nowNs());
            assertThat(bench.effects().effects(WantWrite.class))
                    .as("one for each call")
                    .hasSize(2);
            bench.pass(Duration.ofSeconds(3));
            bench.session().close(bench.nowNs());
            assertThat(bench.until(TimerId.CLOSE)).isEqualTo(Duration.ofSeconds(2));
            bench.session().markDown();
        }
    }
}
