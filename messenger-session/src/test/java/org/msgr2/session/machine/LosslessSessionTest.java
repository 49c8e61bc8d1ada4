package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.Ack;
import org.msgr2.core.frame.ControlFrame.ClientIdent;
import org.msgr2.core.frame.ControlFrame.SessionReconnect;
import org.msgr2.core.frame.ControlFrame.SessionReconnectOk;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.accept.AcceptRule;
import org.msgr2.session.accept.ExistingSession;
import org.msgr2.session.testing.RecordingEffects.CloseTransport;
import org.msgr2.session.testing.RecordingEffects.DropUndelivered;
import org.msgr2.session.testing.RecordingEffects.Taken;
import org.msgr2.session.testing.RecordingEffects.WantWrite;
import org.msgr2.session.testing.SessionBench;
import org.msgr2.session.testing.SessionBench.Written;
import org.msgr2.session.testing.SessionMode;

/** A session that outlives its transports: what it keeps, what it sends again, what it says of itself. */
class LosslessSessionTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private SessionBench bench(Policy policy) {
        return SessionBench.of(policy, leaks.allocator());
    }

    private static ProtocolException lost() {
        return new ProtocolException(FaultKind.TRANSPORT, "lost");
    }

    private static List<Long> seqs(List<Written> frames) {
        return frames.stream()
                .filter(frame -> frame.tag() == Tag.MESSAGE)
                .map(frame -> Objects.requireNonNull(frame.header()).seq())
                .toList();
    }

    private static List<Integer> priorities(List<Written> frames) {
        return frames.stream()
                .filter(frame -> frame.tag() == Tag.MESSAGE)
                .map(frame -> Objects.requireNonNull(frame.header()).priority())
                .toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    /** A client that has sent that many messages, lost its transport, and has said SESSION_RECONNECT over another. */
    private SessionBench interrupted(Policy policy, int sent) throws ProtocolException {
        SessionBench bench = bench(policy).ready();
        for (int i = 0; i < sent; i++) {
            bench.send(127);
        }
        bench.poll();
        bench.transportDown(lost());
        return bench;
    }

    private static ControlFrame first(SessionBench bench) throws ProtocolException {
        return Objects.requireNonNull(Objects.requireNonNull(bench.pollOne()).control());
    }

    @Test
    @Scenario({"P03", "P07"})
    void whatThePeerLacksIsSentAgainUnderTheSameNumbers() throws ProtocolException {
        try (SessionBench bench = interrupted(Policy.losslessClient(), 5)) {
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);
            bench.send(127);
            bench.secure();
            assertThat(first(bench))
                    .isEqualTo(new SessionReconnect(
                            SessionBench.SELF, SessionBench.COOKIE, SessionBench.SERVER_COOKIE, 18, 1, 0));
            bench.receive(new SessionReconnectOk(3));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(seqs(bench.poll())).isEqualTo(List.of(4L, 5L, 6L));
            assertThat(bench.effects().replayCount()).as("4 and 5").isEqualTo(2);
            bench.receive(new Ack(6));
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    @Scenario("P34")
    void whatIsSentAgainPrecedesEverythingElse() throws ProtocolException {
        try (SessionBench bench = interrupted(Policy.losslessClient(), 2)) {
            bench.send(255);
            bench.secure();
            first(bench);
            bench.receive(new SessionReconnectOk(0));
            List<Written> frames = bench.poll();
            assertThat(seqs(frames)).isEqualTo(range(1, 3));
            assertThat(priorities(frames)).containsExactly(127, 127, 255);
            bench.session().markDown();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 6, 100, Long.MAX_VALUE, -1})
    void aPositionThatCannotBeIsNotAdopted(long claimed) throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            for (int i = 0; i < 5; i++) {
                bench.send(127);
            }
            bench.poll();
            bench.receive(new Ack(2));
            bench.transportDown(lost());
            bench.secure();
            first(bench);
            bench.effects().drain();
            bench.receive(new SessionReconnectOk(claimed));
            assertThat(bench.effects().events(SessionEvent.RemoteReset.class)).hasSize(1);
            assertThat(bench.effects().events(SessionEvent.Discarded.class))
                    .containsExactly(new SessionEvent.Discarded(3, 5, 3, "the peer has forgotten the session"));
            assertThat(bench.effects()
                            .events(SessionEvent.AttemptFailed.class)
                            .get(0)
                            .cause()
                            .kind())
                    .isEqualTo(FaultKind.SEQUENCE);
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    @Scenario("P23")
    void oneAcknowledgementFreesAThousandMessages() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            for (int i = 0; i < 1000; i++) {
                bench.send(127);
            }
            assertThat(seqs(bench.poll())).isEqualTo(range(1, 1000));
            assertThat(leaks.heldBytes()).isPositive();
            bench.receive(new Ack(1000));
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    @Scenario("P27")
    void anAcknowledgementBeyondWhatWasSentMeansAllOfIt() throws ProtocolException {
        for (long seq : new long[] {4, 1000, Long.MAX_VALUE, -1}) {
            try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
                bench.send(127);
                bench.send(127);
                bench.poll();
                bench.receive(new Ack(seq));
                assertThat(leaks.heldBytes()).isZero();
                assertThat(bench.session().state()).isEqualTo(SessionState.READY);
                bench.send(127);
                assertThat(seqs(bench.poll())).isEqualTo(List.of(3L));
                bench.session().markDown();
            }
        }
    }

    @Test
    @Scenario("P24")
    void acknowledgementsRideOnMessagesOrGoAloneWhenThereIsNothingElse() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            bench.receive(bench.peerMessage(10));
            bench.receive(bench.peerMessage(10));
            bench.send(127);
            List<Written> frames = bench.poll();
            assertThat(frames).hasSize(1);
            assertThat(Objects.requireNonNull(frames.get(0).header()).ackSeq()).isEqualTo(2);
            bench.receive(bench.peerMessage(10));
            bench.receive(bench.peerMessage(10));
            assertThat(bench.poll()).extracting(Written::control).containsExactly(new Ack(4));
            assertThat(bench.poll()).isEmpty();
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("S29")
    void aRetryIsAnsweredOnTheSameTransport() throws ProtocolException {
        try (SessionBench bench = interrupted(Policy.losslessClient(), 1)) {
            bench.secure();
            first(bench);
            bench.receive(new ControlFrame.SessionRetry(9));
            assertThat(((SessionReconnect) first(bench)).connectSeq()).isEqualTo(10);
            bench.receive(new ControlFrame.SessionRetryGlobal(100));
            assertThat(((SessionReconnect) first(bench)).globalSeq()).isEqualTo(101);
            bench.receive(new SessionReconnectOk(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    @Scenario("S31")
    void aPeerThatNeverEstablishedTheSessionGetsEverything() throws ProtocolException {
        try (SessionBench bench = interrupted(Policy.losslessPeer(), 3)) {
            bench.secure();
            first(bench);
            bench.effects().drain();
            bench.receive(new ControlFrame.SessionReset(false));
            ClientIdent ident = (ClientIdent) first(bench);
            assertThat(ident.cookie()).isEqualTo(SessionBench.COOKIE);
            bench.receive(bench.serverIdent());
            assertThat(seqs(bench.poll())).as("from the first number on").isEqualTo(range(1, 3));
            assertThat(bench.effects().events(SessionEvent.RemoteReset.class)).isEmpty();
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).isEmpty();
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("S30")
    void aPeerThatHasForgottenTheSessionGetsNothingOfIt() throws ProtocolException {
        try (SessionBench bench = interrupted(Policy.losslessClient(), 3)) {
            bench.secure();
            first(bench);
            bench.effects().drain();
            bench.receive(new ControlFrame.SessionReset(true));
            assertThat(bench.effects().effects(DropUndelivered.class)).hasSize(1);
            assertThat(bench.effects().events(SessionEvent.RemoteReset.class)).hasSize(1);
            assertThat(bench.effects().events(SessionEvent.Discarded.class))
                    .containsExactly(new SessionEvent.Discarded(1, 3, 3, "the peer has forgotten the session"));
            assertThat(first(bench)).isInstanceOf(ClientIdent.class);
            bench.receive(bench.serverIdent());
            assertThat(bench.poll()).isEmpty();
            bench.send(127);
            assertThat(seqs(bench.poll())).isEqualTo(List.of(1L));
            bench.session().markDown();
        }
    }

    @Test
    @Scenario({"S24", "S25"})
    void whoIsToldToWaitDialsOnlyWhenThePeerDoesNotCome() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessPeer())) {
            bench.send(127);
            bench.session().connect(bench.nowNs());
            bench.secure();
            first(bench);
            bench.effects().drain();
            bench.receive(new ControlFrame.Wait());
            assertThat(bench.session().state()).isEqualTo(SessionState.WAIT);
            assertThat(bench.effects().events(SessionEvent.AttemptFailed.class))
                    .singleElement()
                    .satisfies(failed -> assertThat(failed.retryIn()).isEqualTo(Duration.ofSeconds(15)));
            assertThat(bench.until(TimerId.BACKOFF)).isEqualTo(Duration.ofSeconds(15));
            assertThat(bench.isArmed(TimerId.READY)).isFalse();
            int generation = bench.session().generation();
            bench.pass(Duration.ofSeconds(15));
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);
            assertThat(bench.session().generation()).isEqualTo(generation + 1);
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("S24")
    void whoIsToldToWaitIsTakenOverAtOnce() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessPeer())) {
            bench.send(127);
            bench.session().connect(bench.nowNs());
            bench.secure();
            first(bench);
            bench.receive(new ControlFrame.Wait());
            bench.accept(AcceptRule.IDENT_RACE_LOST);
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(bench.isArmed(TimerId.BACKOFF)).isFalse();
            List<Written> frames = bench.poll();
            assertThat(frames.get(0).tag()).isEqualTo(Tag.SERVER_IDENT);
            assertThat(seqs(frames)).isEqualTo(List.of(1L));
            bench.session().markDown();
        }
    }

    @Test
    void whoIsTakenOverBeforeItHasBegunToDialDoesNotDial() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessPeer())) {
            bench.accept(AcceptRule.IDENT_RACE_LOST);
            int generation = bench.session().generation();
            bench.session().connect(bench.nowNs());
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(bench.session().generation()).isEqualTo(generation);
            assertThat(bench.isArmed(TimerId.READY)).isFalse();
            bench.session().markDown();
        }
    }

    @ParameterizedTest
    @CsvSource({"stateful_server, true", "lossless_peer, true", "lossless_peer_reuse, true", "lossless_client, false"})
    @Scenario("P16")
    void whoHasNothingToSendWaitsIfItsPolicySaysSo(String name, boolean waits) throws ProtocolException {
        Policy policy = Policy.all().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow();
        try (SessionBench bench = bench(policy).ready()) {
            bench.transportDown(lost());
            assertThat(bench.session().state()).isEqualTo(waits ? SessionState.STANDBY : SessionState.CONNECTING);
            assertThat(bench.effects().events(SessionEvent.Interrupted.class))
                    .singleElement()
                    .satisfies(event -> assertThat(event.waiting()).isEqualTo(waits));
            assertThat(bench.isArmed(TimerId.IDLE)).isFalse();
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("P30")
    void aKeepaliveThatWaitsPreventsStandby() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessPeer()).ready()) {
            bench.session().sendKeepalive(1, bench.wall(), bench.nowNs());
            bench.transportDown(lost());
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("P16")
    void somethingToSendEndsStandby() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessPeer()).ready()) {
            bench.transportDown(lost());
            bench.send(127);
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);
            bench.secure();
            assertThat(((SessionReconnect) first(bench)).connectSeq()).isEqualTo(1);
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("S14")
    void aServerNeverDialsAndKeepsWhatItHasToSend() throws ProtocolException {
        try (SessionBench bench = bench(Policy.statefulServer()).ready()) {
            bench.send(127);
            bench.send(127);
            bench.poll();
            bench.transportDown(lost());
            bench.send(127);
            bench.pass(Duration.ofMinutes(14));
            assertThat(bench.session().state()).isEqualTo(SessionState.STANDBY);
            bench.reconnect(1, 1);
            List<Written> frames = bench.poll();
            assertThat(frames.get(0).control()).isEqualTo(new SessionReconnectOk(0));
            assertThat(seqs(frames)).isEqualTo(List.of(2L, 3L));
            bench.session().markDown();
        }
    }

    @Test
    void aServerDoesNotWaitForEver() throws ProtocolException {
        try (SessionBench bench = bench(Policy.statefulServer()).ready()) {
            bench.send(127);
            bench.transportDown(lost());
            bench.pass(Duration.ofMinutes(15).minusNanos(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.STANDBY);
            bench.pass(Duration.ofNanos(1));
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
            assertThat(bench.effects().events(SessionEvent.Reset.class))
                    .singleElement()
                    .satisfies(reset -> assertThat(reset.cause())
                            .hasMessage("peer v2:10.0.0.1:3300/7: the peer has not come back within PT15M"));
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).hasSize(1);
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    void aServerWhosePeerIsBackWaitsNoLonger() throws ProtocolException {
        try (SessionBench bench = bench(Policy.statefulServer()).ready()) {
            bench.transportDown(lost());
            bench.reconnect(1, 0);
            assertThat(bench.isArmed(TimerId.STANDBY)).isFalse();
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("S14")
    void aReconnectThatOvertakesTheOldTransportsEndTakesOver() throws ProtocolException {
        try (SessionBench bench = bench(Policy.statefulServer()).ready()) {
            bench.receive(bench.peerMessage(10));
            bench.send(127);
            bench.poll();
            int old = bench.session().generation();
            bench.reconnect(1, 0);
            bench.receive(bench.peerMessage(10), old);
            List<Written> frames = bench.poll();
            assertThat(frames.get(0).control()).isEqualTo(new SessionReconnectOk(1));
            assertThat(seqs(frames)).isEqualTo(List.of(1L));
            bench.session().transportDown(lost(), old, bench.nowNs());
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.session().markDown();
        }
    }

    @Test
    void whatAnIncomingConnectionSeesIsWhatThereIs() throws ProtocolException {
        try (SessionBench bench = bench(Policy.statefulServer()).ready()) {
            for (int i = 0; i < 5; i++) {
                bench.send(127);
            }
            bench.poll();
            bench.receive(new Ack(2));
            assertThat(bench.session().existing(true, bench.nowNs()))
                    .isEqualTo(new ExistingSession(
                            ExistingSession.Phase.READY,
                            false,
                            false,
                            true,
                            true,
                            SessionBench.COOKIE,
                            SessionBench.SERVER_COOKIE,
                            true,
                            1,
                            true,
                            0,
                            2,
                            5,
                            true));
            assertThat(bench.session().existing(true, bench.nowNs() + 1).heardSince())
                    .isFalse();
            bench.transportDown(lost());
            assertThat(bench.session().existing(true, bench.nowNs()).phase()).isEqualTo(ExistingSession.Phase.STANDBY);
            assertThat(bench.session().existing(true, bench.nowNs()).ackedSeq()).isEqualTo(2);
            assertThat(bench.session().existing(true, bench.nowNs()).sentSeq()).isEqualTo(5);
            bench.session().markDown();
        }
    }

    @Test
    void anAcceptedSessionIsConfirmedByTheFirstFrameOfThePeer() throws ProtocolException {
        try (SessionBench bench = bench(Policy.statefulServer()).ready()) {
            assertThat(bench.session().existing(true, 0).confirmed()).isFalse();
            bench.receive(new Ack(0));
            assertThat(bench.session().existing(true, 0).confirmed()).isTrue();
            bench.accept(AcceptRule.IDENT_AGAIN);
            assertThat(bench.session().existing(true, 0).confirmed()).isFalse();
            bench.transportDown(lost());
            bench.reconnect(1, 0);
            assertThat(bench.session().existing(true, 0).confirmed()).isTrue();
            bench.session().markDown();
        }
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            assertThat(bench.session().existing(true, 0).confirmed()).isTrue();
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("P43")
    void aDisposableSessionEndsWithItsTransport() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            bench.send(127);
            bench.poll();
            bench.session().markDisposable();
            bench.transportDown(lost());
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
            assertThat(bench.effects().events(SessionEvent.Reset.class)).hasSize(1);
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).hasSize(1);
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    @Scenario("P43")
    void aDisposableSessionStillAcknowledgesAndKeepsWhatIsNotAcknowledged() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            bench.session().markDisposable();
            bench.receive(bench.peerMessage(1, 10));
            assertThat(bench.poll()).extracting(Written::control).containsExactly(new Ack(1));
            bench.effects().releaseDelivered();
            bench.send(127);
            bench.poll();
            assertThat(bench.session().existing(true, bench.nowNs()).ackedSeq()).isZero();
            assertThat(bench.session().existing(true, bench.nowNs()).lossy()).isTrue();
            bench.receive(new Ack(1));
            assertThat(bench.session().existing(true, bench.nowNs()).ackedSeq()).isEqualTo(1);
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("S37")
    void aServerCanMakeALosslessClientLossy() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient())) {
            bench.session().connect(bench.nowNs());
            bench.secure();
            first(bench);
            ControlFrame.ServerIdent kept = (ControlFrame.ServerIdent) bench.serverIdent();
            bench.receive(new ControlFrame.ServerIdent(
                    kept.addrs(), kept.gid(), kept.globalSeq(), kept.supported(), kept.required(), 1, 0));
            bench.send(127);
            bench.poll();
            assertThat(leaks.heldBytes()).as("nothing is kept").isZero();
            bench.transportDown(lost());
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
        }
    }

    // --- What a connection that comes in does to the session

    /** A server's session with five messages sent, two of them acknowledged, and three received. */
    private SessionBench inUse() throws ProtocolException {
        SessionBench bench = bench(Policy.statefulServer()).ready();
        for (int i = 0; i < 5; i++) {
            bench.send(127);
        }
        for (int i = 1; i <= 3; i++) {
            bench.receive(bench.peerMessage(i, 10));
        }
        bench.poll();
        bench.receive(new Ack(2));
        bench.effects().releaseDelivered();
        bench.effects().drain();
        return bench;
    }

    @Test
    void aSessionThatIsEstablishedAnewIsNumberedFromOneInBothDirections() throws ProtocolException {
        try (SessionBench bench = inUse()) {
            bench.accept(AcceptRule.IDENT_AGAIN);
            assertThat(bench.effects().effects(Taken.class)).containsExactly(new Taken(2));
            assertThat(bench.effects().events()).hasSize(1).first().isInstanceOf(SessionEvent.Accepted.class);
            List<Written> frames = bench.poll();
            assertThat(frames.get(0).tag()).isEqualTo(Tag.SERVER_IDENT);
            assertThat(seqs(frames)).as("what the peer lacks").isEqualTo(range(1, 3));
            bench.receive(bench.peerMessage(1, 10));
            assertThat(bench.effects().delivered()).hasSize(1);
            bench.session().markDown();
        }
    }

    @Test
    void aPeerThatHasForgottenTheSessionAndDialsGetsNothingOfIt() throws ProtocolException {
        try (SessionBench bench = inUse()) {
            bench.accept(AcceptRule.IDENT_PEER_FORGOT_CHECKED);
            assertThat(bench.effects().effects(DropUndelivered.class)).hasSize(1);
            assertThat(bench.effects().events())
                    .extracting(event -> event.getClass().getSimpleName())
                    .containsExactly("RemoteReset", "Discarded", "Accepted");
            assertThat(bench.effects().events(SessionEvent.Discarded.class))
                    .containsExactly(new SessionEvent.Discarded(3, 5, 3, "the peer has forgotten the session"));
            assertThat(bench.poll()).extracting(Written::tag).containsExactly(Tag.SERVER_IDENT);
            assertThat(leaks.heldBytes()).isZero();
            bench.session().markDown();
        }
    }

    @Test
    void aSessionWhosePeerClaimsTheImpossibleBeginsAnewWhenItComesBack() throws ProtocolException {
        try (SessionBench bench = inUse()) {
            bench.session().reset(bench.nowNs());
            assertThat(bench.session().state()).isEqualTo(SessionState.STANDBY);
            assertThat(bench.effects().effects(CloseTransport.class)).containsExactly(new CloseTransport(false));
            assertThat(bench.effects().events(SessionEvent.RemoteReset.class)).hasSize(1);
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).hasSize(1);
            ExistingSession left = bench.session().existing(true, bench.nowNs());
            assertThat(left.clientCookie()).isZero();
            assertThat(left.serverCookie()).isZero();
            assertThat(left.confirmed()).isFalse();
            assertThat(left.sentSeq()).isZero();
            assertThat(bench.isArmed(TimerId.STANDBY)).isTrue();
            bench.session().markDown();
            bench.effects().drain();
            bench.session().reset(bench.nowNs());
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
            assertThat(bench.effects().drain()).isEmpty();
        }
    }

    @Test
    void aSessionWhosePlaceIsTakenEndsAndSaysWhy() throws ProtocolException {
        try (SessionBench bench = inUse()) {
            bench.session().displaced("another session has begun");
            assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
            assertThat(bench.effects().events(SessionEvent.Reset.class))
                    .singleElement()
                    .satisfies(reset ->
                            assertThat(reset.cause()).hasMessage("peer v2:10.0.0.1:3300/7: another session has begun"));
            bench.effects().drain();
            bench.session().displaced("and another");
            assertThat(bench.effects().drain()).as("it has ended before").isEmpty();
        }
    }

    @Test
    void aPositionThatNoRuleLetsPassIsNotTaken() throws ProtocolException {
        try (SessionBench bench = inUse()) {
            assertThatThrownBy(() -> bench.reconnect(1, 6)).isInstanceOf(IllegalStateException.class);
            bench.session().markDown();
        }
    }

    // --- Numbers and acknowledgements

    @Test
    @Scenario("S31")
    void whatThePeerHadAlreadyIsNotSentToItsNextSession() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessPeer()).ready()) {
            for (int i = 0; i < 3; i++) {
                bench.send(127);
            }
            bench.poll();
            bench.receive(new Ack(1));
            bench.transportDown(lost());
            bench.secure();
            first(bench);
            bench.effects().drain();
            bench.receive(new ControlFrame.SessionReset(false));
            assertThat(bench.effects().drain()).containsExactly(new WantWrite());
            first(bench);
            bench.receive(bench.serverIdent());
            assertThat(seqs(bench.poll())).as("the second and the third").isEqualTo(range(1, 2));
            bench.session().markDown();
        }
    }

    @Test
    void theWriterIsWokenForEveryRoundOfANegotiation() throws ProtocolException {
        try (SessionBench bench = interrupted(Policy.losslessClient(), 1)) {
            bench.secure();
            first(bench);
            bench.effects().drain();
            bench.receive(new ControlFrame.SessionRetry(9));
            assertThat(bench.effects().drain()).containsExactly(new WantWrite());
            first(bench);
            bench.receive(new SessionReconnectOk(0));
            assertThat(bench.effects().drain()).as("there is something to send").contains(new WantWrite());
            bench.session().markDown();
        }
    }

    @Test
    @Scenario("P24")
    void anAcknowledgementThatRidesOnAMessageCounts() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            bench.send(127);
            bench.send(127);
            bench.poll();
            bench.receive(bench.peerMessage(1, 2, 10));
            bench.effects().releaseDelivered();
            assertThat(leaks.heldBytes()).isZero();
            assertThat(bench.session().existing(true, bench.nowNs()).ackedSeq()).isEqualTo(2);
            assertThat(bench.pollOne()).extracting(Written::control).isEqualTo(new Ack(1));
            bench.session().markDown();
        }
    }

    @Test
    void aClosingSessionWaitsForTheLastAcknowledgement() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            bench.send(127);
            bench.session().close(bench.nowNs());
            assertThat(bench.poll()).hasSize(1);
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            assertThat(bench.session().hasWork()).isFalse();
            bench.effects().drain();
            bench.receive(new Ack(1));
            assertThat(bench.effects().effects(WantWrite.class)).hasSize(1);
            assertThat(bench.session().hasWork()).isTrue();
            assertThat(bench.poll()).isEmpty();
            assertThat(bench.effects().effects(CloseTransport.class)).containsExactly(new CloseTransport(true));
            assertThat(bench.effects().hasEnded()).isTrue();
        }
    }

    @Test
    void aSessionThatWaitsForItsPeerIsClosedAtOnceWhateverItHasToSend() throws ProtocolException {
        try (SessionBench bench = bench(Policy.statefulServer()).ready()) {
            bench.transportDown(lost());
            bench.send(127);
            bench.session().close(bench.nowNs());
            assertThat(bench.effects().hasEnded()).isTrue();
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    // --- Lost at once, or after a life

    private static void breaksAndIsReadyAgain(SessionBench bench) throws ProtocolException {
        bench.transportDown(lost());
        assertThat(bench.session().state()).as("at once").isEqualTo(SessionState.CONNECTING);
        bench.secure();
        first(bench);
        bench.receive(new SessionReconnectOk(0));
    }

    @Test
    void aSessionThatBreaksAgainAndAgainIsDialledAtOnceOnlyAfterALife() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            breaksAndIsReadyAgain(bench);
            bench.transportDown(lost());
            assertThat(bench.session().state()).isEqualTo(SessionState.BACKOFF);
            assertThat(bench.until(TimerId.BACKOFF)).isEqualTo(Duration.ofMillis(200));
            bench.session().markDown();
        }
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            breaksAndIsReadyAgain(bench);
            bench.receive(bench.peerMessage(10));
            breaksAndIsReadyAgain(bench);
            bench.session().markDown();
        }
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            breaksAndIsReadyAgain(bench);
            bench.receive(new Ack(0));
            breaksAndIsReadyAgain(bench);
            bench.session().markDown();
        }
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            breaksAndIsReadyAgain(bench);
            bench.pass(Duration.ofSeconds(15));
            breaksAndIsReadyAgain(bench);
            bench.session().markDown();
        }
    }

    // --- Messages by halves

    @ParameterizedTest
    @CsvSource({"MSGR2_1, false, true", "MSGR2_0, true, true", "MSGR2_0, false, false"})
    @Scenario("F13")
    void anAbortedMessageIsBelievedUnlessABitWouldLoseIt(Revision revision, boolean lossy, boolean believed)
            throws ProtocolException {
        Policy policy = lossy ? Policy.lossyClient() : Policy.losslessClient();
        SessionMode mode = revision == Revision.MSGR2_0 ? SessionMode.CRC_OF_MSGR20 : SessionMode.CRC;
        try (SessionBench bench = bench(policy).over(mode).ready()) {
            byte[] header = new byte[41];
            header[0] = 1;
            bench.receive(RawFrame.of(revision, Tag.MESSAGE.code(), header, new byte[100])
                    .lateStatus(0x01)
                    .bytes());
            assertThat(bench.effects().permitHolders()).isZero();
            assertThat(bench.session().state()).isEqualTo(believed ? SessionState.READY : SessionState.CONNECTING);
            if (!believed) {
                assertThat(bench.effects().events(SessionEvent.Interrupted.class))
                        .singleElement()
                        .satisfies(event -> assertThat(event.cause().kind()).isEqualTo(FaultKind.INTEGRITY));
            }
            bench.session().markDown();
        }
    }

    @Test
    void whatAPeerSaysWhenItReconnectsIsRemembered() throws ProtocolException {
        try (SessionBench bench = inUse()) {
            bench.transportDown(lost());
            bench.reconnect(7, 2);
            ExistingSession now = bench.session().existing(true, bench.nowNs());
            assertThat(now.connectSeq()).isEqualTo(7);
            assertThat(now.peerGlobalSeq()).isEqualTo(2);
            bench.session().markDown();
        }
    }

    @Test
    void aFrameOfANegotiationDoesNotConfirmTheSession() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessPeer())) {
            bench.send(127);
            bench.accept(AcceptRule.IDENT_NEW);
            bench.transportDown(lost());
            bench.secure();
            first(bench);
            bench.receive(new ControlFrame.SessionRetry(9));
            assertThat(bench.session().existing(true, bench.nowNs()).confirmed())
                    .as("it may be about another attempt")
                    .isFalse();
            bench.session().markDown();
        }
    }
}
