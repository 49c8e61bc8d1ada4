package org.msgr2.session.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RecordingEffects.AcquirePermits;
import org.msgr2.session.testing.RecordingEffects.PauseReading;
import org.msgr2.session.testing.RecordingEffects.ReleasePermits;
import org.msgr2.session.testing.SessionBench;

/** What comes over a ready transport: order, duplicates, faults, and the permits that each message needs. */
class SessionReadingTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private SessionBench ready() throws ProtocolException {
        return SessionBench.accepting(leaks.allocator()).ready();
    }

    private SessionBench readyEncrypted() throws ProtocolException {
        return SessionBench.accepting(leaks.allocator()).encrypted().ready();
    }

    private static List<Long> deliveredSeqs(SessionBench bench) {
        return bench.effects().delivered().stream()
                .map(message -> message.header().seq())
                .toList();
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static ProtocolException resetCause(SessionBench bench) {
        assertThat(bench.session().state()).isEqualTo(SessionState.CLOSED);
        return bench.effects().events(SessionEvent.Reset.class).get(0).cause();
    }

    /** A message that its sender gave up, with valid crcs. */
    private static byte[] aborted(long seq) {
        byte[] header = new byte[41];
        header[0] = (byte) seq;
        return RawFrame.of(Revision.MSGR2_1, Tag.MESSAGE.code(), header, new byte[100])
                .lateStatus(0x01)
                .bytes();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    @Scenario({"F29", "F30"})
    void messagesAreDeliveredInOrderHoweverTheBytesAreCut(boolean encrypted) throws ProtocolException {
        Random random = new Random(3);
        for (int max : new int[] {1, 7, 1000, 1 << 20}) {
            try (SessionBench bench = encrypted ? readyEncrypted() : ready()) {
                ByteArrayOutputStream stream = new ByteArrayOutputStream();
                for (int i = 0; i < 20; i++) {
                    stream.writeBytes(bench.peerMessage(i * 37));
                    stream.writeBytes(bench.peerBytes(new ControlFrame.Ack(i)));
                }
                byte[] bytes = stream.toByteArray();
                for (int at = 0; at < bytes.length; ) {
                    int size = Math.min(1 + random.nextInt(max), bytes.length - at);
                    bench.receive(Arrays.copyOfRange(bytes, at, at + size));
                    at += size;
                }
                assertThat(deliveredSeqs(bench)).hasSize(20).isSorted().doesNotHaveDuplicates();
                assertThat(bench.effects().permitHolders()).isEqualTo(20);
                bench.effects().releaseDelivered();
                assertThat(bench.effects().permitsTaken()).isZero();
                assertThat(bench.effects().permitHolders()).isZero();
            }
        }
    }

    @Test
    void anEncryptedMessageThatIsAllInItsFirstBlockDoesNotWaitForMoreBytes() throws ProtocolException {
        try (SessionBench bench = readyEncrypted()) {
            bench.receive(bench.peerMessage(0));
            assertThat(deliveredSeqs(bench)).containsExactly(1L);

            bench.effects().refusePermits();
            bench.receive(bench.peerMessage(0));
            assertThat(deliveredSeqs(bench)).containsExactly(1L);
            bench.session().permitsGranted(bench.effects().grant(), 1, bench.nowNs());
            assertThat(deliveredSeqs(bench)).containsExactly(1L, 2L);
        }
    }

    @Test
    @Scenario("P25")
    void aDuplicateIsDroppedAndReadingGoesOn() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(joined(
                    bench.peerMessage(1, 10),
                    bench.peerMessage(2, 20),
                    bench.peerMessage(2, 20),
                    bench.peerMessage(1, 10),
                    bench.peerMessage(0, 10),
                    bench.peerMessage(3, 30)));
            assertThat(deliveredSeqs(bench)).containsExactly(1L, 2L, 3L);
            assertThat(bench.effects().effects(ReleasePermits.class))
                    .containsExactly(new ReleasePermits(20), new ReleasePermits(10), new ReleasePermits(10));
            assertThat(bench.effects().permitsTaken()).isEqualTo(60);
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
        }
    }

    @Test
    @Scenario("P26")
    void aGapIsAccepted() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(joined(bench.peerMessage(5, 1), bench.peerMessage(1000, 1), bench.peerMessage(999, 1)));
            assertThat(deliveredSeqs(bench)).containsExactly(5L, 1000L);
        }
    }

    @Test
    void sequenceNumbersAreUnsigned() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(joined(
                    bench.peerMessage(Long.MAX_VALUE, 1),
                    bench.peerMessage(Long.MIN_VALUE, 1),
                    bench.peerMessage(-1, 1),
                    bench.peerMessage(1, 1)));
            assertThat(deliveredSeqs(bench)).containsExactly(Long.MAX_VALUE, Long.MIN_VALUE, -1L);
        }
    }

    @Test
    @Scenario("F13")
    void anAbortedMessageGivesItsPermitsBack() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(joined(aborted(1), bench.peerMessage(1, 10)));
            assertThat(deliveredSeqs(bench)).containsExactly(1L);
            assertThat(bench.effects().effects(ReleasePermits.class)).containsExactly(new ReleasePermits(100));
            assertThat(bench.effects().permitsTaken()).isEqualTo(10);
        }
    }

    @Test
    @Scenario("P27")
    void anAcknowledgementMeansNothingToALossySession() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(new ControlFrame.Ack(0), new ControlFrame.Ack(-1));
            assertThat(bench.effects().drain()).isEmpty();
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
        }
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.INCLUDE,
            names = {"HELLO", "AUTH_DONE", "SERVER_IDENT", "SESSION_RESET", "SESSION_RETRY", "WAIT", "COMPRESSION_DONE"
            })
    @Scenario("F27")
    void framesOfANegotiationAreOutOfPlaceWhenReady(Tag tag) throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(RawFrame.of(Revision.MSGR2_1, tag.code(), tag == Tag.WAIT ? new byte[0] : fields(bench, tag))
                    .bytes());
            ProtocolException cause = resetCause(bench);
            assertThat(cause.kind()).isEqualTo(FaultKind.SEQUENCE);
            assertThat(cause).hasMessage("peer v2:10.0.0.1:3300/7: " + tag + ": unexpected on a ready session");
        }
    }

    private static byte[] fields(SessionBench bench, Tag tag) throws ProtocolException {
        byte[] frame = bench.peerBytes(
                switch (tag) {
                    case HELLO -> new ControlFrame.Hello(EntityType.MON, SessionBench.TARGET);
                    case AUTH_DONE -> new ControlFrame.AuthDone(1, 1, Opaque.EMPTY);
                    case SERVER_IDENT -> bench.serverIdent();
                    case SESSION_RESET -> new ControlFrame.SessionReset(true);
                    case SESSION_RETRY -> new ControlFrame.SessionRetry(1);
                    default -> new ControlFrame.CompressionDone(false, 0);
                });
        return Arrays.copyOfRange(frame, 32, frame.length - 4);
    }

    @Test
    void nothingIsReadBehindAFault() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(joined(
                    bench.peerMessage(1, 10),
                    bench.peerBytes(new ControlFrame.SessionReset(true)),
                    bench.peerMessage(2, 10)));
            assertThat(resetCause(bench)).hasMessageContaining("SESSION_RESET");
            assertThat(deliveredSeqs(bench)).containsExactly(1L);
        }
    }

    // --- Permits

    @Test
    @Scenario("P31")
    void withoutPermitsReadingPausesAndGoesOnWithTheGrant() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.effects().refusePermits();
            bench.receive(joined(
                    bench.peerMessage(1, 100),
                    bench.peerBytes(new ControlFrame.Keepalive2(bench.wall())),
                    bench.peerMessage(2, 200)));
            bench.receive(bench.peerMessage(3, 300));
            assertThat(bench.effects().drain()).containsExactly(new AcquirePermits(100, false), new PauseReading(true));
            assertThat(bench.effects().delivered()).isEmpty();

            bench.session().permitsGranted(bench.effects().grant(), 1, bench.nowNs());
            assertThat(deliveredSeqs(bench)).containsExactly(1L);
            assertThat(bench.poll()).extracting(written -> written.tag()).containsExactly(Tag.KEEPALIVE2_ACK);
            assertThat(bench.effects().effects(PauseReading.class))
                    .containsExactly(new PauseReading(false), new PauseReading(true));

            bench.effects().allowPermits();
            bench.session().permitsGranted(bench.effects().grant(), 1, bench.nowNs());
            assertThat(deliveredSeqs(bench)).containsExactly(1L, 2L, 3L);
            assertThat(bench.effects().permitsTaken()).isEqualTo(600);
        }
    }

    @Test
    @Scenario("P31")
    void noBodyIsTakenInBeforeItsPermitsAreThere() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.effects().refusePermits();
            byte[] message = bench.peerMessage(1, 50_000);
            bench.receive(Arrays.copyOf(message, 32));
            long held = leaks.heldBytes();
            assertThat(held).isZero();
            bench.session().permitsGranted(bench.effects().grant(), 1, bench.nowNs());
            assertThat(leaks.heldBytes()).isZero();
            bench.receive(Arrays.copyOfRange(message, 32, message.length));
            assertThat(bench.effects().delivered().get(0).front().readableBytes())
                    .isEqualTo(50_000);
        }
    }

    @Test
    @Scenario("P31")
    void permitsComeBackWhereverTheTransportIsLost() throws ProtocolException {
        byte[] message;
        try (SessionBench bench = ready()) {
            message = bench.peerMessage(1, 300);
        }
        for (int length = 0; length < message.length; length++) {
            try (SessionBench bench = ready()) {
                bench.receive(Arrays.copyOf(message, length));
                assertThat(bench.effects().permitHolders()).isEqualTo(length < 32 ? 0 : 1);
                bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "lost"));
                assertThat(bench.effects().permitsTaken()).isZero();
                assertThat(bench.effects().permitHolders()).isZero();
                assertThat(leaks.heldBytes()).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {32 + 40, 32 + 41, 32 + 45 + 10, 32 + 45 + 300 + 1, 32 + 45 + 300 + 12})
    @Scenario({"P31", "F11"})
    void permitsComeBackWhenAMessageIsBroken(int at) throws ProtocolException {
        try (SessionBench bench = ready()) {
            byte[] message = bench.peerMessage(1, 300);
            assertThat(message).hasSize(32 + 45 + 300 + 13);
            if (at < message.length - 8) {
                message[at] ^= 1;
            } else {
                message[32 + 45 + 300] = 0x77; // the status of a frame that is neither whole nor aborted
            }
            bench.receive(message);
            assertThat(resetCause(bench).kind()).isIn(FaultKind.INTEGRITY, FaultKind.MALFORMED);
            assertThat(bench.effects().permitHolders()).isZero();
            assertThat(bench.effects().delivered()).isEmpty();
        }
    }

    @Test
    @Scenario("P31")
    void permitsThatComeTooLateGoBack() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.effects().refusePermits();
            bench.receive(joined(bench.peerMessage(1, 100), bench.peerMessage(2, 100)));
            bench.transportDown(new ProtocolException(FaultKind.TRANSPORT, "lost"));
            assertThat(leaks.heldBytes()).as("parked bytes").isZero();
            bench.effects().drain();
            bench.session().permitsGranted(bench.effects().grant(), 1, bench.nowNs());
            assertThat(bench.effects().drain()).containsExactly(new ReleasePermits(100));
            assertThat(bench.effects().permitHolders()).isZero();
        }
    }

    @Test
    void permitsOfAnOlderTransportGoBack() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.effects().refusePermits();
            bench.receive(bench.peerMessage(1, 100));
            bench.session().permitsGranted(bench.effects().grant(), 0, bench.nowNs());
            assertThat(bench.effects().permitHolders()).isZero();
            assertThat(bench.effects().delivered()).isEmpty();
            assertThat(bench.session().state()).isEqualTo(SessionState.READY);
            bench.session().markDown();
        }
    }

    @Test
    void messagesThatTheApplicationKeepsOutliveTheSession() throws ProtocolException {
        try (SessionBench bench = ready()) {
            bench.receive(bench.peerMessage(1, 100));
            bench.session().markDown();
            Message kept = bench.effects().delivered().get(0);
            assertThat(kept.front().readableBytes()).isEqualTo(100);
            assertThat(bench.effects().permitsTaken()).isEqualTo(100);
        }
    }
}
