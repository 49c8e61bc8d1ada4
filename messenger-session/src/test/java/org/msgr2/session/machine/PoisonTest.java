package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame.Ack;
import org.msgr2.core.frame.ControlFrame.Keepalive2;
import org.msgr2.core.frame.ControlFrame.Keepalive2Ack;
import org.msgr2.core.frame.ControlFrame.SessionReconnectOk;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RecordingEffects.WantWrite;
import org.msgr2.session.testing.SessionBench;
import org.msgr2.session.testing.SessionBench.Written;

/** Messages that break connections, and connections that break without their help. */
class PoisonTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static final int BREAKS = Limits.defaults().queues().poisonBreaksMax();

    private static void lose(SessionBench bench) {
        bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "lost"));
    }

    /** A session that has written three messages and lost its transport: the first break. */
    private SessionBench broken(Policy policy) throws ProtocolException {
        SessionBench bench = SessionBench.of(policy, leaks.allocator()).ready();
        bench.send(127, 1);
        bench.send(127, 2);
        bench.send(255, 3);
        bench.poll();
        lose(bench);
        return bench;
    }

    /** A session that has lost one transport after the other waits before it dials. */
    private static void awaitDialling(SessionBench bench) {
        if (bench.session().state() == SessionState.BACKOFF) {
            bench.pass(bench.until(TimerId.BACKOFF));
        }
    }

    /** The next transport is ready; the peer has so many messages. */
    private static List<Written> resume(SessionBench bench, long msgSeq) throws ProtocolException {
        awaitDialling(bench);
        bench.secure();
        assertThat(Objects.requireNonNull(bench.pollOne()).tag()).isEqualTo(Tag.SESSION_RECONNECT);
        bench.receive(new SessionReconnectOk(msgSeq));
        return bench.session().state() == SessionState.CLOSED ? List.of() : bench.poll();
    }

    private static List<Tag> tags(List<Written> frames) {
        return frames.stream().map(Written::tag).toList();
    }

    /** Answers the KEEPALIVE2 that was written. */
    private static List<Written> answer(SessionBench bench, List<Written> probe) throws ProtocolException {
        assertThat(tags(probe)).containsExactly(Tag.KEEPALIVE2);
        bench.receive(new Keepalive2Ack(
                ((Keepalive2) Objects.requireNonNull(probe.get(0).control())).timestamp()));
        return bench.poll();
    }

    @Test
    void aMessageThatBreaksConnectionAfterConnectionEndsTheSession() throws ProtocolException {
        try (SessionBench bench = broken(Policy.losslessClient())) {
            assertThat(resume(bench, 0)).as("not under suspicion yet").hasSize(3);
            lose(bench);
            for (int breaks = 2; breaks < BREAKS; breaks++) {
                List<Written> alone = answer(bench, resume(bench, 0));
                assertThat(alone).extracting(frame -> frame.front().length).containsExactly(3);
                assertThat(bench.session().hasWork()).isFalse();
                bench.send(255, 4);
                assertThat(bench.poll()).as("the others wait").isEmpty();
                lose(bench);
                assertThat(bench.effects().hasEnded()).isFalse();
            }
            bench.effects().drain();
            resume(bench, 0);
            assertThat(bench.effects().events())
                    .extracting(event -> event.getClass().getSimpleName())
                    .containsExactly("Poisoned", "Discarded", "Reset");
            assertThat(bench.effects().events(SessionEvent.Poisoned.class))
                    .containsExactly(
                            new SessionEvent.Poisoned(SessionBench.TARGET.toString(), 3, 0x7c00, 1, 0, BREAKS));
            assertThat(bench.effects().events(SessionEvent.Discarded.class))
                    .extracting(SessionEvent.Discarded::messages)
                    .containsExactly(3 + BREAKS - 2);
            ProtocolException cause =
                    bench.effects().events(SessionEvent.Reset.class).get(0).cause();
            assertThat(cause.kind()).isEqualTo(FaultKind.LIMIT);
            assertThat(cause)
                    .hasMessageContaining("5 connections in a row ended over message 3")
                    .hasMessageContaining("seq 1, tid 0");
            assertThat(bench.effects().hasEnded()).isTrue();
        }
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void aSessionThatWaitsForItsPeerToDialFindsItToo() throws ProtocolException {
        try (SessionBench bench = broken(Policy.statefulServer())) {
            for (int breaks = 1; breaks < BREAKS; breaks++) {
                bench.reconnect(breaks, 0);
                List<Written> frames = bench.poll();
                if (breaks >= 2) {
                    assertThat(answer(bench, frames.subList(1, 2))).hasSize(1);
                }
                // The peer notices first, and dials again.
            }
            bench.reconnect(BREAKS, 0);
            assertThat(bench.effects().events(SessionEvent.Poisoned.class)).hasSize(1);
            assertThat(bench.effects().hasEnded()).isTrue();
        }
    }

    @Test
    void anAcknowledgementShowsThatMessagesPass() throws ProtocolException {
        try (SessionBench bench = broken(Policy.losslessClient())) {
            resume(bench, 0);
            lose(bench);
            assertThat(answer(bench, resume(bench, 0))).hasSize(1);
            bench.receive(new Ack(1));
            assertThat(bench.session().hasWork()).isTrue();
            assertThat(bench.poll()).as("the others follow").hasSize(2);
            lose(bench);
            assertThat(resume(bench, 1)).as("counted anew").hasSize(2);
            bench.session().markDown();
        }
    }

    @Test
    void thePeersWordThatItHadTheMessageCountsToo() throws ProtocolException {
        try (SessionBench bench = broken(Policy.losslessClient())) {
            resume(bench, 0);
            for (int breaks = 2; breaks < BREAKS; breaks++) {
                lose(bench);
                answer(bench, resume(bench, 0));
            }
            lose(bench);
            assertThat(resume(bench, 1))
                    .as("five breaks, and yet it has arrived")
                    .hasSize(2);
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.session().markDown();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void aThousandCutsWithoutProgressDoNotEndASession(int framesBeforeTheCut) throws ProtocolException {
        try (SessionBench bench = broken(Policy.losslessClient())) {
            for (int cut = 0; cut < 1000; cut++) {
                awaitDialling(bench);
                bench.secure();
                bench.pollOne();
                bench.receive(new SessionReconnectOk(0));
                for (int i = 0; i < framesBeforeTheCut; i++) {
                    bench.pollOne();
                }
                lose(bench);
            }
            assertThat(bench.effects().events(SessionEvent.Poisoned.class)).isEmpty();
            assertThat(resume(bench, 0)).isNotEmpty();
            bench.session().markDown();
        }
    }

    @Test
    void aTransportThatBreaksBeforeItHasProvenItselfClearsTheMessage() throws ProtocolException {
        try (SessionBench bench = broken(Policy.losslessClient())) {
            resume(bench, 0);
            for (int breaks = 2; breaks < BREAKS; breaks++) {
                lose(bench);
                answer(bench, resume(bench, 0));
            }
            // Attempts that fail before READY say nothing, either way.
            lose(bench);
            lose(bench);
            bench.pass(Duration.ofSeconds(20));
            bench.effects().drain();
            assertThat(bench.session().state()).isEqualTo(SessionState.CONNECTING);
            resume(bench, 0);
            assertThat(bench.effects().events(SessionEvent.Poisoned.class)).hasSize(1);
        }
        try (SessionBench bench = broken(Policy.losslessClient())) {
            resume(bench, 0);
            lose(bench);
            assertThat(tags(resume(bench, 0))).containsExactly(Tag.KEEPALIVE2);
            lose(bench);
            assertThat(resume(bench, 0)).as("no suspicion is left").hasSize(3);
            bench.session().markDown();
        }
    }

    @Test
    void withoutALimitNothingIsLookedFor() {
        PoisonWatch watch = new PoisonWatch(0);
        OutMessage message = new OutMessage(Message.builder(1).build(), 1, 0);
        for (int i = 0; i < 100; i++) {
            watch.lost(message);
            assertThat(watch.ready(message)).isFalse();
            assertThat(watch.isSuspected()).isFalse();
            assertThat(watch.holdsBack()).isFalse();
        }
    }

    @Test
    void anAcknowledgementThatIsNoNewsShowsNothing() throws ProtocolException {
        try (SessionBench bench = broken(Policy.losslessClient())) {
            resume(bench, 0);
            bench.receive(new Ack(0));
            lose(bench);
            assertThat(tags(resume(bench, 0))).as("still under suspicion").containsExactly(Tag.KEEPALIVE2);
            bench.session().markDown();
        }
    }

    @Test
    void theProofWakesTheWriter() throws ProtocolException {
        try (SessionBench bench = broken(Policy.losslessClient())) {
            resume(bench, 0);
            lose(bench);
            List<Written> probe = resume(bench, 0);
            bench.effects().drain();
            bench.receive(new Keepalive2Ack(
                    ((Keepalive2) Objects.requireNonNull(probe.get(0).control())).timestamp()));
            assertThat(bench.effects().effects(WantWrite.class)).hasSize(1);
            assertThat(bench.session().hasWork()).isTrue();
            bench.session().markDown();
        }
    }

    @Test
    void aTransportThatTakesNotEvenTheProbeIsGivenUp() throws ProtocolException {
        try (SessionBench bench = broken(Policy.losslessClient())) {
            resume(bench, 0);
            lose(bench);
            awaitDialling(bench);
            bench.secure();
            bench.pollOne();
            bench.receive(new SessionReconnectOk(0));
            assertThat(bench.until(TimerId.KEEPALIVE_ACK))
                    .isEqualTo(Limits.defaults().timeouts().keepalive());
            bench.session().markDown();
        }
    }

    private static PoisonWatch suspicious(OutMessage message) {
        PoisonWatch watch = new PoisonWatch(BREAKS);
        watch.lost(message);
        watch.ready(message);
        watch.lost(message);
        watch.ready(message);
        assertThat(watch.isSuspected()).isTrue();
        assertThat(watch.breaks()).isEqualTo(2);
        return watch;
    }

    @Test
    void onlyATransportThatEndsOverTheMessageAloneCountsAgainstIt() {
        OutMessage message = new OutMessage(Message.builder(1).build(), 1, 0);
        PoisonWatch alone = suspicious(message);
        alone.probing();
        alone.proven();
        alone.writing();
        alone.lost(message);
        assertThat(alone.breaks()).isEqualTo(3);

        PoisonWatch unproven = suspicious(message);
        unproven.probing();
        unproven.lost(message);
        assertThat(unproven.breaks()).isZero();

        PoisonWatch unwritten = suspicious(message);
        unwritten.probing();
        unwritten.proven();
        unwritten.lost(null);
        assertThat(unwritten.breaks()).isZero();

        PoisonWatch another = suspicious(message);
        another.probing();
        another.proven();
        another.writing();
        another.lost(new OutMessage(Message.builder(1).build(), 2, 0));
        assertThat(another.breaks()).as("counted for itself").isEqualTo(1);
    }
}
