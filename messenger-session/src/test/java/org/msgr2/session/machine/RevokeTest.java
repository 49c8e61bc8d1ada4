package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.Ack;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameSink;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.BufferSink;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult.Revocation;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RecordingEffects.WantWrite;
import org.msgr2.session.testing.SessionBench;

/** Messages that their sender takes back. */
class RevokeTest {
    private static final int LARGE = 1_000_000;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** What the writer has made of the frames. */
    private final BufferSink bytes = new BufferSink();

    private final CrcFrameEncoder encoder = new CrcFrameEncoder(Revision.MSGR2_1);
    private final FrameSink wire = frame -> encoder.encode(frame, bytes);

    private SessionBench bench(Policy policy) {
        return SessionBench.of(policy, leaks.allocator());
    }

    private static ProtocolException lost() {
        return new ProtocolException(FaultKind.TRANSPORT, "lost");
    }

    private static List<Integer> lengths(List<SessionBench.Written> frames) {
        return frames.stream().map(frame -> frame.front().length).toList();
    }

    /** What the peer gets out of what was written: "seq length" of each message. */
    private List<String> received() throws ProtocolException {
        List<String> messages = new ArrayList<>();
        Limits limits = Limits.defaults();
        try (CrcFrameDecoder decoder =
                new CrcFrameDecoder(Revision.MSGR2_1, limits, FrameBounds.session(limits), leaks.allocator())) {
            FrameFeed.whole(decoder, bytes.toByteArray(), frame -> {
                if (frame.tag().isControl()) {
                    frame.release();
                    return;
                }
                Message message = frame.toMessage();
                messages.add(message.header().seq() + " " + message.front().readableBytes());
                message.release();
            });
        }
        return messages;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatIsQueuedIsRemovedAndTheOthersKeepTheirOrder(boolean lossy) throws ProtocolException {
        try (SessionBench bench =
                bench(lossy ? Policy.lossyClient() : Policy.losslessClient()).ready()) {
            OutMessage first = bench.accept(127, 1);
            bench.send(127, 2);
            OutMessage third = bench.accept(200, 3);
            bench.send(200, 4);
            assertThat(first.revoke()).isEqualTo(Revocation.REMOVED);
            assertThat(third.revoke()).isEqualTo(Revocation.REMOVED);
            assertThat(bench.effects().sentNumbers()).as("they count no more").containsExactly(1L, 3L);
            assertThat(first.revoke()).isEqualTo(Revocation.NOTHING);
            List<SessionBench.Written> written = bench.poll();
            assertThat(lengths(written)).containsExactly(4, 2);
            assertThat(written).extracting(frame -> frame.header().seq()).containsExactly(1L, 2L);
            bench.session().markDown();
            assertThat(bench.effects().sentNumbers()).containsExactlyInAnyOrder(1L, 2L, 3L, 4L);
        }
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void aConnectionThatIsNotReadyForgetsItTooAndReleasesItAtOnce() {
        try (SessionBench bench = bench(Policy.losslessClient())) {
            OutMessage message = bench.accept(127, 100);
            assertThat(leaks.heldBytes()).isPositive();
            assertThat(message.revoke()).isEqualTo(Revocation.REMOVED);
            assertThat(leaks.heldBytes()).isZero();
            bench.session().markDown();
            assertThat(bench.effects().events(SessionEvent.Discarded.class)).isEmpty();
        }
    }

    @Test
    void whatIsWrittenOrDiscardedCannotBeTakenBack() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            OutMessage acknowledged = bench.accept(127, 1);
            OutMessage unacknowledged = bench.accept(127, 1);
            bench.poll();
            bench.receive(new Ack(1));
            OutMessage queued = bench.accept(127, 1);
            bench.transportDown(lost());
            assertThat(acknowledged.revoke()).isEqualTo(Revocation.TOO_LATE);
            assertThat(unacknowledged.revoke()).isEqualTo(Revocation.TOO_LATE);
            bench.session().markDown();
            assertThat(unacknowledged.revoke()).isEqualTo(Revocation.NOTHING);
            assertThat(queued.revoke()).isEqualTo(Revocation.NOTHING);
            assertThat(bench.effects().events(SessionEvent.Discarded.class))
                    .extracting(SessionEvent.Discarded::messages)
                    .containsExactly(2);
        }
        try (SessionBench bench = bench(Policy.lossyClient()).ready()) {
            OutMessage written = bench.accept(127, 1);
            bench.poll();
            assertThat(written.revoke()).isEqualTo(Revocation.TOO_LATE);
        }
    }

    @Test
    void aClosingConnectionDoesNotWaitForWhatWasTakenBack() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient())) {
            bench.session().connect(bench.nowNs());
            OutMessage message = bench.accept(127, 1);
            bench.session().close(bench.nowNs());
            assertThat(bench.effects().hasEnded()).isFalse();
            message.revoke();
            assertThat(bench.effects().hasEnded()).isTrue();
        }
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            OutMessage message = bench.accept(127, 1);
            bench.session().close(bench.nowNs());
            message.revoke();
            assertThat(bench.session().hasWork()).isTrue();
            assertThat(bench.poll()).isEmpty();
            assertThat(bench.effects().hasEnded()).isTrue();
        }
    }

    // --- In mid-frame

    @Test
    @Scenario("F13")
    void aLossyConnectionAbortsTheFrameThatItIsIn() throws ProtocolException {
        try (SessionBench bench = bench(Policy.lossyClient()).ready()) {
            bench.send(127, 5);
            OutMessage large = bench.accept(127, LARGE);
            bench.send(127, 6);
            assertThat(bench.session().poll(wire, bench.nowNs())).isTrue();
            assertThat(bench.session().poll(wire, bench.nowNs())).isTrue();
            assertThat(large.revoke()).isEqualTo(Revocation.ABORTED);
            assertThat(bench.effects().sentNumbers())
                    .as("it counts while it is in the way")
                    .containsExactly(1L);
            while (bench.session().poll(wire, bench.nowNs())) {
                assertThat(bytes.toByteArray().length).isLessThan(2 * LARGE);
            }
            assertThat(large.revoke()).isEqualTo(Revocation.NOTHING);
            assertThat(bench.effects().sentNumbers()).containsExactly(1L, 2L, 3L);
            assertThat(leaks.heldBytes()).isZero();
        }
        assertThat(received()).as("its number goes to the next").containsExactly("1 5", "2 6");
    }

    @Test
    void upToItsLastPieceAFrameCanBeAborted() throws ProtocolException {
        for (int pieces = 1; pieces <= 4; pieces++) {
            try (SessionBench bench = bench(Policy.lossyClient()).ready()) {
                OutMessage large = bench.accept(127, LARGE);
                for (int i = 0; i < pieces; i++) {
                    bench.session().poll(wire, bench.nowNs());
                }
                assertThat(large.revoke())
                        .as(pieces + " of 4 pieces are written")
                        .isEqualTo(pieces < 4 ? Revocation.ABORTED : Revocation.TOO_LATE);
                bench.session().markDown();
            }
        }
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void aSessionThatHasBegunWithAMessageEndsItsFrame() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            OutMessage large = bench.accept(127, LARGE);
            bench.session().poll(wire, bench.nowNs());
            assertThat(large.revoke()).isEqualTo(Revocation.TOO_LATE);
            bench.receive(new Ack(1)); // of what it cannot have yet; the frame goes on nevertheless
            while (bench.session().poll(wire, bench.nowNs())) {
                assertThat(bytes.toByteArray().length).isLessThan(2 * LARGE);
            }
            assertThat(leaks.heldBytes()).isZero();
        }
        assertThat(received()).containsExactly("1 " + LARGE);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aConnectionThatBreaksInMidFrameNamesTheMessageUnlessItWasTakenBack(boolean revoked) throws ProtocolException {
        try (SessionBench bench = bench(Policy.lossyClient()).ready()) {
            OutMessage large = bench.accept(127, LARGE);
            bench.session().poll(wire, bench.nowNs());
            if (revoked) {
                assertThat(large.revoke()).isEqualTo(Revocation.ABORTED);
            }
            bench.transportDown(lost());
            assertThat(bench.effects().events(SessionEvent.Discarded.class))
                    .extracting(SessionEvent.Discarded::messages)
                    .isEqualTo(revoked ? List.of() : List.of(1));
            assertThat(bench.effects().sentNumbers()).containsExactly(1L);
            assertThat(large.revoke()).isEqualTo(Revocation.NOTHING);
        }
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void aSessionThatLosesItsTransportInMidFrameSendsAllOfItAgain() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            bench.accept(127, LARGE);
            bench.session().poll(wire, bench.nowNs());
            bench.transportDown(lost());
            bench.secure();
            bench.pollOne();
            bench.receive(new ControlFrame.SessionReconnectOk(0));
            BufferSink second = new BufferSink();
            CrcFrameEncoder fresh = new CrcFrameEncoder(Revision.MSGR2_1);
            while (bench.session().poll(frame -> fresh.encode(frame, second), bench.nowNs())) {
                assertThat(second.toByteArray().length).isLessThan(2 * LARGE);
            }
            assertThat(second.toByteArray().length).isGreaterThan(LARGE);
            bench.session().markDown();
        }
        assertThat(leaks.heldBytes()).isZero();
    }

    // --- The queue

    @Test
    void theQueueAgreesWithAModelWhateverIsTakenBackWhen() {
        Random random = new Random(9);
        OutQueue queue = new OutQueue();
        List<OutMessage> model = new ArrayList<>();
        List<OutMessage> untold = new ArrayList<>();
        long numbers = 0;
        for (int step = 0; step < 20_000; step++) {
            int what = random.nextInt(10);
            if (what < 4) {
                OutMessage message = new OutMessage(
                        Message.builder(1).priority(random.nextInt(3)).build(), ++numbers, 0, untold::add);
                queue.add(message);
                model.add(message);
            } else if (what < 6 && !model.isEmpty()) {
                OutMessage message = model.remove(random.nextInt(model.size()));
                assertThat(message.revoke()).isEqualTo(Revocation.REMOVED);
            } else if (what < 8 && !untold.isEmpty()) {
                queue.revoked(untold.remove(random.nextInt(untold.size())));
            } else if (what >= 8) {
                OutMessage next = queue.poll();
                assertThat(next)
                        .isSameAs(model.stream()
                                .min((a, b) -> a.message().header().priority()
                                                == b.message().header().priority()
                                        ? Long.compare(a.number(), b.number())
                                        : b.message().header().priority()
                                                - a.message().header().priority())
                                .orElse(null));
                model.remove(next);
            }
            if (untold.isEmpty()) {
                assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
            }
        }
        untold.forEach(queue::revoked);
        assertThat(queue.isEmpty()).isEqualTo(model.isEmpty());
    }

    @Test
    void theWriterOfAClosingConnectionIsWokenByWhatIsTakenBack() throws ProtocolException {
        try (SessionBench bench = bench(Policy.losslessClient()).ready()) {
            OutMessage message = bench.accept(127, 1);
            bench.effects().drain();
            message.revoke();
            assertThat(bench.effects().effects(WantWrite.class))
                    .as("it is not closing")
                    .isEmpty();
            OutMessage last = bench.accept(127, 1);
            bench.session().close(bench.nowNs());
            bench.effects().drain();
            last.revoke();
            assertThat(bench.effects().effects(WantWrite.class)).hasSize(1);
            assertThat(bench.poll()).isEmpty();
            assertThat(bench.effects().hasEnded()).isTrue();
        }
    }
}
