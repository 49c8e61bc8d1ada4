package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
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
import org.msgr2.session.testing.RecordingEffects.ArmTimer;
import org.msgr2.session.testing.RecordingEffects.Sent;
import org.msgr2.session.testing.RecordingEffects.WantWrite;
import org.msgr2.session.testing.SessionBench;
import org.msgr2.session.testing.SessionBench.Written;

/** What a session hands out when it is polled, and in which order. */
class SessionWritingTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    @Scenario({"P28", "P33"})
    void keepalivesOvertakeMessagesAndHigherPrioritiesLowerOnes() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.send(64, 1);
            bench.send(127, 2);
            bench.send(255, 3);
            bench.send(127, 4);
            bench.send(0, 5);
            bench.session().sendKeepalive(1, new UTime(7, 8), bench.nowNs());
            bench.session().connect(bench.nowNs());
            assertThat(bench.poll()).as("before the handshake").isEmpty();
            bench.secure();
            assertThat(bench.poll()).extracting(Written::tag).containsExactly(Tag.CLIENT_IDENT);
            bench.receive(bench.serverIdent());
            bench.receive(new ControlFrame.Keepalive2(new UTime(1, 2)), new ControlFrame.Keepalive2(new UTime(3, 4)));

            List<Written> written = bench.poll();
            assertThat(written)
                    .extracting(Written::tag)
                    .containsExactly(
                            Tag.KEEPALIVE2_ACK,
                            Tag.KEEPALIVE2_ACK,
                            Tag.KEEPALIVE2,
                            Tag.MESSAGE,
                            Tag.MESSAGE,
                            Tag.MESSAGE,
                            Tag.MESSAGE,
                            Tag.MESSAGE);
            assertThat(written.get(0).control()).isEqualTo(new ControlFrame.Keepalive2Ack(new UTime(1, 2)));
            assertThat(written.get(1).control()).isEqualTo(new ControlFrame.Keepalive2Ack(new UTime(3, 4)));
            assertThat(written.get(2).control()).isEqualTo(new ControlFrame.Keepalive2(new UTime(7, 8)));
            assertThat(written.subList(3, 8))
                    .extracting(frame -> frame.front().length)
                    .containsExactly(3, 2, 4, 1, 5);
            assertThat(written.subList(3, 8))
                    .extracting(frame -> frame.header().seq())
                    .containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(bench.effects().sentNumbers()).containsExactly(3L, 2L, 4L, 1L, 5L);
            assertThat(bench.session().hasWork()).isFalse();
            assertThat(bench.pollOne()).isNull();
        }
    }

    @Test
    @Scenario("P24")
    void sequenceNumbersAreGivenWhenAFrameIsWritten() throws ProtocolException {
        try (SessionBench bench = SessionBench.accepting(leaks.allocator()).ready()) {
            bench.send(127);
            bench.send(127);
            Written first = bench.pollOne();
            assertThat(first.header().seq()).isEqualTo(1);
            assertThat(first.header().ackSeq()).isZero();
            bench.receive(bench.peerMessage(7, 0));
            bench.receive(bench.peerMessage(9, 0));
            // Comes later, goes first, and so has the smaller number.
            bench.send(255);
            assertThat(bench.poll())
                    .extracting(frame -> List.of(
                            (long) frame.header().priority(),
                            frame.header().seq(),
                            frame.header().ackSeq()))
                    .containsExactly(List.of(255L, 2L, 9L), List.of(127L, 3L, 9L));
        }
    }

    @Test
    void eachMessageIsSentOnceAndReleased() throws ProtocolException {
        try (SessionBench bench = SessionBench.accepting(leaks.allocator()).ready()) {
            for (int i = 0; i < 1000; i++) {
                bench.send(1 + i % 7, i);
            }
            assertThat(bench.effects().effects(Sent.class)).isEmpty();
            assertThat(bench.poll()).hasSize(1000);
            assertThat(bench.effects().sentNumbers())
                    .containsExactlyInAnyOrderElementsOf(
                            LongStream.rangeClosed(1, 1000).boxed().toList());
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Test
    void theWriterIsWokenWhenThereIsSomethingToWriteAndItCan() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.send(127);
            bench.session().sendKeepalive(1, UTime.ZERO, bench.nowNs());
            assertThat(bench.effects().drain()).isEmpty();
            assertThat(bench.session().hasWork()).isFalse();
            bench.ready();
            assertThat(bench.session().hasWork()).isTrue();
            bench.poll();
            bench.effects().drain();
            bench.send(127);
            assertThat(bench.effects().drain()).containsExactly(new WantWrite());
            long deadlineNs =
                    bench.nowNs() + Limits.defaults().timeouts().keepalive().toNanos();
            bench.session().sendKeepalive(2, UTime.ZERO, bench.nowNs());
            assertThat(bench.effects().drain())
                    .containsExactly(new ArmTimer(TimerId.KEEPALIVE_ACK, deadlineNs), new WantWrite());
            bench.receive(new ControlFrame.Keepalive2(UTime.ZERO));
            assertThat(bench.effects().drain()).containsExactly(new WantWrite());
            assertThat(bench.session().hasWork()).isTrue();
            bench.session().markDown();
            assertThat(bench.session().hasWork()).isFalse();
        }
    }

    @Test
    void messagesWaitThroughFailedAttempts() throws ProtocolException {
        try (SessionBench bench = SessionBench.dialing(leaks.allocator())) {
            bench.send(127, 1);
            bench.session().connect(bench.nowNs());
            bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "refused"));
            bench.send(127, 2);
            bench.pass(Duration.ofMillis(200));
            bench.secure();
            bench.poll();
            bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "broken"));
            bench.send(127, 3);
            bench.pass(Duration.ofMillis(400));
            bench.secure();
            bench.poll();
            bench.receive(bench.serverIdent());
            assertThat(bench.poll()).extracting(frame -> frame.front().length).containsExactly(1, 2, 3);
        }
    }

    @Test
    void aFrameThatCannotBeEncodedCountsAsSent() throws ProtocolException {
        try (SessionBench bench = SessionBench.accepting(leaks.allocator()).ready()) {
            bench.send(127);
            assertThatThrownBy(() -> bench.session()
                            .poll(
                                    frame -> {
                                        throw new ProtocolException(FaultKind.LIMIT, "out of nonces");
                                    },
                                    bench.nowNs()))
                    .isInstanceOf(ProtocolException.class);
            assertThat(bench.effects().sentNumbers()).containsExactly(1L);
            assertThat(leaks.heldBytes()).isZero();
        }
    }
}
