package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RecordingEffects.CloseTransport;
import org.msgr2.session.testing.RecordingEffects.Connect;
import org.msgr2.session.testing.RecordingEffects.Ended;
import org.msgr2.session.testing.RecordingEffects.WantWrite;
import org.msgr2.session.testing.SessionBench;
import org.msgr2.session.testing.SessionBench.Written;

/** From the first attempt to READY, and everything that can get in between. */
class SessionEstablishTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static ProtocolException fault(FaultKind kind) {
        return new ProtocolException(kind, "it broke");
    }

    @Test
    void aDiallingSessionConnectsIntroducesItselfAndIsReady() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            assertThat(bench.effects().effects(Connect.class)).containsExactly(new Connect(1));
            assertThat(bench.until(TimerId.READY)).isEqualTo(Duration.ofSeconds(10));
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);
            assertThat(bench.pollOne()).isNull();
            bench.effects().drain();

            bench.secure();
            assertThat(bench.effects().drain()).containsExactly(new WantWrite());
            assertThat(bench.session().hasWork()).isTrue();
            List<Written> written = bench.poll();
            assertThat(written).hasSize(1);
            assertThat(written.get(0).control()).isInstanceOf(ControlFrame.ClientIdent.class);
            assertThat(bench.session().hasWork()).isFalse();

            bench.receive(bench.serverIdent());
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(bench.isArmed(TimerId.READY)).isFalse();
            assertThat(bench.effects().events()).hasSize(1);
            SessionEvent.Connected connected =
                    bench.effects().events(SessionEvent.Connected.class).get(0);
            assertThat(connected.info().peerName()).isEqualTo(EntityName.parse("mon.3"));
            assertThat(connected.info().peerAddrs()).isEqualTo(EntityAddrVec.of(SessionBench.TARGET));
            assertThat(connected.info().localAddrs()).isEqualTo(SessionBench.SELF);
            assertThat(connected.info().features()).isEqualTo(CephFeatures.MESSENGER);
            assertThat(connected.info().mode()).isEqualTo(ConnectionMode.CRC);
            assertThat(connected.info().revision()).isEqualTo(Revision.MSGR2_1);
            assertThat(connected.info().lossy()).isTrue();
        }
    }

    @Test
    void anAcceptedSessionIsReadyAtOnce() throws ProtocolException {
        try (SessionBench bench = SessionBench.accepting(leaks.allocator()).ready()) {
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(bench.session().generation()).isEqualTo(1);
            assertThat(bench.isArmed(TimerId.READY)).isFalse();
            assertThat(bench.isArmed(TimerId.IDLE)).isTrue();
        }
    }

    @Test
    void whatTheAcceptorSaysBehindItsIdentIsReadToo() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.secure();
            bench.poll();
            byte[] ident = bench.peerBytes(bench.serverIdent());
            byte[] message = bench.peerMessage(100_000);
            byte[] both = Arrays.copyOf(ident, ident.length + message.length);
            System.arraycopy(message, 0, both, ident.length, message.length);
            bench.receive(both);
            assertThat(bench.effects().delivered()).hasSize(1);
        }
    }

    @Test
    @Scenario("P40")
    void theWaitBetweenAttemptsDoublesToItsMaximum() {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            List<Long> waits = new ArrayList<>();
            for (int attempt = 1; attempt <= 10; attempt++) {
                assertThat(bench.effects().effects(Connect.class)).containsExactly(new Connect(attempt));
                bench.effects().drain();
                bench.transportDown(fault(FaultKind.TRANSPORT));
                assertThat(bench.session().state()).isEqualTo(SessionState.BACKOFF);
                assertThat(bench.effects().effects(CloseTransport.class)).containsExactly(new CloseTransport(false));
                SessionEvent.AttemptFailed failed =
                        bench.effects().events(SessionEvent.AttemptFailed.class).get(0);
                assertThat(failed.attempt()).isEqualTo(attempt);
                assertThat(failed.cause()).hasMessage("peer v2:10.0.0.1:3300/7: it broke");
                assertThat(bench.until(TimerId.BACKOFF)).isEqualTo(failed.retryIn());
                assertThat(bench.isArmed(TimerId.READY)).isFalse();
                waits.add(failed.retryIn().toMillis());
                bench.effects().drain();
                bench.pass(failed.retryIn().minusNanos(1));
                assertThat(bench.effects().effects(Connect.class)).isEmpty();
                bench.pass(Duration.ofNanos(1));
            }
            assertThat(waits)
                    .containsExactly(200L, 400L, 800L, 1600L, 3200L, 6400L, 12_800L, 15_000L, 15_000L, 15_000L);
        }
    }

    @Test
    @Scenario({"B01", "S34"})
    void everyFaultBeforeReadyIsFollowedByAnotherAttempt() throws ProtocolException {
        for (FaultKind kind : FaultKind.values()) {
            try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
                bench.session().connect(bench.nowNs());
                bench.transportDown(fault(kind));
                bench.pass(Duration.ofMillis(200));
                bench.secure();
                bench.poll();
                bench.transportDown(fault(kind));
                bench.pass(Duration.ofMillis(400));
                assertThat(bench.effects().effects(Connect.class)).hasSize(3);
                bench.session().markDown();
            }
        }
    }

    @Test
    @Scenario("S36")
    void refusedFeaturesAreTriedAgainWithBackOff() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.secure();
            bench.poll();
            bench.receive(new ControlFrame.IdentMissingFeatures(new CephFeatures(1)));
            assertThat(bench.session().state()).isEqualTo(SessionState.BACKOFF);
            assertThat(bench.effects()
                            .events(SessionEvent.AttemptFailed.class)
                            .get(0)
                            .cause())
                    .hasMessage("peer v2:10.0.0.1:3300/7: IDENT_MISSING_FEATURES: the peer requires features that we do"
                            + " not offer: UID");
        }
    }

    @Test
    @Scenario({"B05", "B08"})
    void aTerminalFaultStopsDialling() {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.send(127);
            bench.effects().drain();
            ProtocolException cause = fault(FaultKind.FEATURE).asTerminal();
            bench.transportDown(cause);
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
            assertThat(bench.effects().events(SessionEvent.Reset.class)).hasSize(1);
            assertThat(bench.effects().events(SessionEvent.Discarded.class))
                    .containsExactly(new SessionEvent.Discarded(1, 1, 1, "peer v2:10.0.0.1:3300/7: it broke"));
            assertThat(bench.effects().events(SessionEvent.AttemptFailed.class)).isEmpty();
            assertThat(bench.effects().effects(Ended.class)).hasSize(1);
            bench.pass(Duration.ofDays(1));
            assertThat(bench.effects().effects(Connect.class)).isEmpty();
        }
    }

    @Test
    @Scenario("B12")
    void theReadyTimeoutNamesWhatWasWaitedFor() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.effects().transportIs("waiting for HELLO");
            bench.pass(Duration.ofSeconds(10));
            bench.pass(Duration.ofMillis(200));
            bench.secure();
            bench.poll();
            bench.pass(Duration.ofSeconds(10));
            assertThat(bench.effects().events(SessionEvent.AttemptFailed.class))
                    .extracting(failed -> failed.cause().getMessage())
                    .containsExactly(
                            "peer v2:10.0.0.1:3300/7: not ready within PT10S: waiting for HELLO",
                            "peer v2:10.0.0.1:3300/7: not ready within PT10S: waiting for SERVER_IDENT");
            assertThat(bench.effects().events(SessionEvent.AttemptFailed.class))
                    .allSatisfy(failed -> assertThat(failed.cause().kind()).isEqualTo(FaultKind.TIMEOUT));
        }
    }

    @Test
    void theReadyTimerCoversEachAttemptAlone() {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.pass(Duration.ofSeconds(9));
            bench.transportDown(fault(FaultKind.TRANSPORT));
            bench.pass(Duration.ofMillis(200));
            assertThat(bench.until(TimerId.READY)).isEqualTo(Duration.ofSeconds(10));
        }
    }

    @Test
    @Scenario({"F27", "F28", "P29"})
    void onlyAnAnswerIsTakenBeforeReady() throws ProtocolException {
        for (Tag tag : List.of(Tag.MESSAGE, Tag.KEEPALIVE2, Tag.ACK, Tag.HELLO, Tag.WAIT)) {
            try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
                bench.session().connect(bench.nowNs());
                bench.secure();
                bench.poll();
                bench.receive(
                        switch (tag) {
                            case MESSAGE -> bench.peerMessage(10);
                            case KEEPALIVE2 -> bench.peerBytes(new ControlFrame.Keepalive2(bench.wall()));
                            case ACK -> bench.peerBytes(new ControlFrame.Ack(1));
                            case HELLO -> bench.peerBytes(new ControlFrame.Hello(EntityType.MON, SessionBench.TARGET));
                            default -> bench.peerBytes(new ControlFrame.Wait());
                        });
                assertThat(bench.session().state()).as(tag.name()).isEqualTo(SessionState.BACKOFF);
                ProtocolException cause = bench.effects()
                        .events(SessionEvent.AttemptFailed.class)
                        .get(0)
                        .cause();
                assertThat(cause.kind()).isEqualTo(FaultKind.SEQUENCE);
                assertThat(cause).hasMessageStartingWith("peer v2:10.0.0.1:3300/7: " + tag + ": ");
                assertThat(bench.effects().delivered()).isEmpty();
            }
        }
    }

    @Test
    void inputsOfAnOlderTransportAreIgnored() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.transportDown(fault(FaultKind.TRANSPORT));
            bench.effects().drain();

            // None is there at all.
            bench.secure(1);
            bench.receive(bench.peerMessage(10), 1);
            bench.session().transportDown(fault(FaultKind.TRANSPORT), 1, bench.nowNs());
            assertThat(bench.effects().drain()).isEmpty();

            bench.pass(Duration.ofMillis(200));
            assertThat(bench.session().generation()).isEqualTo(2);
            bench.effects().drain();
            bench.secure(1);
            bench.receive(bench.peerMessage(10), 1);
            bench.session().transportDown(fault(FaultKind.TRANSPORT), 1, bench.nowNs());
            assertThat(bench.effects().drain()).isEmpty();
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);

            bench.secure();
            bench.poll();
            bench.receive(bench.serverIdent());
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.receive(bench.peerMessage(10), 1);
            bench.session().transportDown(fault(FaultKind.TRANSPORT), 1, bench.nowNs());
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(bench.effects().delivered()).isEmpty();
        }
    }

    @Test
    void timersThatWereDisarmedDoNothingIfTheyFireAllTheSame() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator()).ready()) {
            bench.session().timerFired(TimerId.READY, bench.nowNs(), bench.wall());
            bench.session().timerFired(TimerId.BACKOFF, bench.nowNs(), bench.wall());
            bench.session().timerFired(TimerId.KEEPALIVE_ACK, bench.nowNs(), bench.wall());
            assertThat(bench.effects().drain()).isEmpty();
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
        }
    }

    @Test
    void aSessionThatWasClosedBeforeItBeganToDialStaysClosed() {
        for (boolean hard : new boolean[] {true, false}) {
            try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
                if (hard) {
                    bench.session().markDown();
                } else {
                    bench.session().close(bench.nowNs());
                }
                bench.session().connect(bench.nowNs());
                assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
                assertThat(bench.effects().effects(Connect.class)).isEmpty();
                assertThat(bench.effects().effects(Ended.class)).hasSize(1);
            }
        }
    }

    @Test
    void whatWasNotSaidOverALostTransportIsNotSaidOverTheNext() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.secure();
            bench.transportDown(fault(FaultKind.TRANSPORT));
            bench.pass(Duration.ofMillis(200));
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);
            assertThat(bench.session().hasWork()).isFalse();
            assertThat(bench.pollOne()).as("there is no handshake yet").isNull();
            bench.session().markDown();
        }
    }

    @Test
    void thePeersIdentityIsKnownFromTheFirstReadyOn() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.session().connect(bench.nowNs());
            bench.secure();
            bench.poll();
            assertThat(bench.session().identity()).isNull();
            bench.receive(bench.serverIdent());
            assertThat(bench.session().identity()).isNotNull();
            assertThat(bench.session().identity().name()).isEqualTo(EntityName.parse("client.admin"));
        }
    }
}
