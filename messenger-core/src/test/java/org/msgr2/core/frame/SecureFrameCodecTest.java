package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.JceFrameCipher;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.RawSecureFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;

/** Secure mode in both revisions, against frames that are put together from the specification by other code. */
class SecureFrameCodecTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final int[] FIRST_LENGTHS = {0, 1, 48, 49};
    private static final int[] FRONT_LENGTHS = {0, 1, 48, 101};
    private static final int[] MIDDLE_LENGTHS = {0, 1, 49, 202};
    private static final int[] DATA_LENGTHS = {0, 1, 64, 303};
    private static final Pattern SIZES = Pattern.compile(
            "\\[(\\d+), (\\d+), (\\d+), (\\d+)\\] rev0crc \\d+ rev0sec (\\d+) rev1crc \\d+ rev1sec (\\d+)");

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static JceFrameCipher cipher(Revision revision) {
        byte[] secret = pattern(64, 7);
        return new JceFrameCipher(revision, Arrays.copyOf(secret, 16), Arrays.copyOfRange(secret, 28, 40));
    }

    private FrameEncoder encoder(Revision revision, FrameCipher cipher) {
        return revision == Revision.MSGR2_1
                ? new SecureFrameEncoder(cipher, leaks.allocator())
                : new SecureRev0FrameEncoder(cipher, leaks.allocator());
    }

    private FrameDecoder decoder(Revision revision, FrameCipher cipher, FrameBounds bounds) {
        return revision == Revision.MSGR2_1
                ? new SecureFrameDecoder(cipher, LIMITS, bounds, leaks.allocator())
                : new SecureRev0FrameDecoder(cipher, LIMITS, bounds, leaks.allocator());
    }

    private FrameDecoder decoder(Revision revision) {
        return decoder(revision, cipher(revision), FrameBounds.session(LIMITS));
    }

    private static byte[] seal(FrameCipher cipher, RawSecureFrame frame) throws ProtocolException {
        ByteBuf sealed = Unpooled.buffer();
        for (byte[] block : frame.blocks()) {
            cipher.seal(Unpooled.wrappedBuffer(block), sealed);
        }
        return ByteBufUtil.getBytes(sealed);
    }

    /** The sizes of spec/msgr2 §2.5. */
    private static int wireBytes(Revision revision, int... lengths) {
        int segments = segments(lengths);
        if (revision == Revision.MSGR2_0) {
            int sum = 32 + 16 + 16;
            for (int i = 0; i < segments; i++) {
                sum += padded(lengths[i]);
            }
            return sum;
        }
        int sum = 96 + (lengths[0] > 48 ? padded(lengths[0] - 48) + 16 : 0);
        for (int i = 1; i < segments; i++) {
            sum += padded(lengths[i]);
        }
        return segments > 1 ? sum + 16 + 16 : sum;
    }

    /** How many nonces a frame takes. */
    private static int operations(Revision revision, int... lengths) {
        return revision == Revision.MSGR2_0 ? 1 : 1 + (lengths[0] > 48 ? 1 : 0) + (segments(lengths) > 1 ? 1 : 0);
    }

    private static int padded(int length) {
        return (length + 15) / 16 * 16;
    }

    private static int segments(int... lengths) {
        int segments = 1;
        for (int i = 1; i < lengths.length; i++) {
            segments = lengths[i] > 0 ? i + 1 : segments;
        }
        return segments;
    }

    private static byte[] pattern(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (seed + i * 31);
        }
        return bytes;
    }

    private static byte[][] patterns(int... lengths) {
        byte[][] segments = new byte[segments(lengths)][];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = pattern(lengths[i], i);
        }
        return segments;
    }

    private static Message message(int front, int middle, int data) {
        return Message.builder(MessageType.ECHO)
                .front(Unpooled.wrappedBuffer(pattern(front, 1)))
                .middle(Unpooled.wrappedBuffer(pattern(middle, 2)))
                .data(Unpooled.wrappedBuffer(pattern(data, 3)))
                .build();
    }

    private interface Lengths {
        void take(int first, int front, int middle, int data) throws ProtocolException;
    }

    private static int everyCombination(Lengths lengths) throws ProtocolException {
        int combinations = 0;
        for (int first : FIRST_LENGTHS) {
            for (int front : FRONT_LENGTHS) {
                for (int middle : MIDDLE_LENGTHS) {
                    for (int data : DATA_LENGTHS) {
                        lengths.take(first, front, middle, data);
                        combinations++;
                    }
                }
            }
        }
        return combinations;
    }

    /** One decoder for all, whose nonces go on from frame to frame. */
    @Scenario({"F01", "F02", "F19"})
    @ParameterizedTest
    @EnumSource
    void decodesEveryCombinationOfLengths(Revision revision) throws ProtocolException {
        JceFrameCipher sealing = cipher(revision);
        JceFrameCipher opening = cipher(revision);
        try (FrameDecoder decoder = decoder(revision, opening, preamble -> {})) {
            int combinations = everyCombination((first, front, middle, data) -> {
                int[] lengths = {first, front, middle, data};
                byte[][] segments = patterns(lengths);
                int before = opening.operations();
                byte[] wire = seal(sealing, RawSecureFrame.of(revision, Tag.MESSAGE.code(), segments));
                assertThat(wire).hasSize(wireBytes(revision, lengths));
                FrameFeed.Outcome outcome = FrameFeed.whole(decoder, wire, frame -> {
                    assertThat(ByteBufUtil.getBytes(frame.first())).isEqualTo(segments[0]);
                    for (int i = 0; i < 4; i++) {
                        assertThat(frame.preamble().length(i)).isEqualTo(lengths[i]);
                    }
                    if (first >= MessageHeader.BYTES) {
                        assertMessage(frame, front, middle, data);
                    }
                });
                assertThat(outcome).isEqualTo(new FrameFeed.Outcome(1, 1, 0));
                assertThat(opening.operations() - before).isEqualTo(operations(revision, lengths));
            });
            assertThat(combinations).isEqualTo(256);
        }
        assertThat(opening.operations()).isEqualTo(sealing.operations());
    }

    private static void assertMessage(Frame frame, int front, int middle, int data) throws ProtocolException {
        Message message = frame.toMessage();
        assertThat(ByteBufUtil.getBytes(message.front())).isEqualTo(pattern(front, 1));
        assertThat(ByteBufUtil.getBytes(message.middle())).isEqualTo(pattern(middle, 2));
        assertThat(ByteBufUtil.getBytes(message.data())).isEqualTo(pattern(data, 3));
        message.release();
    }

    /** One encoder for all: it keeps no state but its nonces. */
    @Scenario({"F01", "F02", "F05", "F06", "F19"})
    @ParameterizedTest
    @EnumSource
    void encodesEveryCombinationOfPayloads(Revision revision) throws ProtocolException {
        JceFrameCipher sealing = cipher(revision);
        JceFrameCipher expecting = cipher(revision);
        FrameEncoder encoder = encoder(revision, sealing);
        for (int round = 0; round < 3; round++) {
            everyCombination((first, front, middle, data) -> {
                ByteBuf header = Unpooled.buffer();
                Message message = message(front, middle, data);
                message.header().write(header, first, 5);
                byte[][] segments = patterns(MessageHeader.BYTES, front, middle, data);
                segments[0] = ByteBufUtil.getBytes(header);
                RawFrame preamble = RawFrame.of(revision, Tag.MESSAGE.code(), segments);
                if (segments.length > 3) {
                    preamble.alignment(3, 4096);
                }
                int before = sealing.operations();
                byte[] wire = FrameBytes.of(encoder, message, first, 5);
                message.release();
                assertThat(wire)
                        .hasSize(wireBytes(revision, MessageHeader.BYTES, front, middle, data))
                        .isEqualTo(seal(expecting, RawSecureFrame.of(revision, preamble, segments)));
                assertThat(sealing.operations() - before)
                        .isEqualTo(operations(revision, MessageHeader.BYTES, front, middle, data));
            });
        }
    }

    @Scenario({"F01", "F04"})
    @ParameterizedTest
    @EnumSource
    void encodesASingleSegmentOfAnyLength(Revision revision) throws ProtocolException {
        FrameEncoder encoder = encoder(revision, cipher(revision));
        JceFrameCipher expecting = cipher(revision);
        for (int length = 0; length < 100; length++) {
            ControlFrame frame = length == 0
                    ? new ControlFrame.Wait()
                    : new ControlFrame.AuthSignature(Opaque.copyOf(pattern(length, 0)));
            assertThat(FrameBytes.of(encoder, frame))
                    .hasSize(wireBytes(revision, length))
                    .isEqualTo(seal(
                            expecting, RawSecureFrame.of(revision, frame.tag().code(), pattern(length, 0))));
        }
    }

    @Scenario("F01")
    @Test
    void takesExactlyThePublishedSizes() throws ProtocolException {
        int checked = 0;
        for (String line : CephVectors.lines("msgr2.txt")) {
            Matcher sizes = SIZES.matcher(line);
            if (sizes.matches()) {
                int[] lengths = new int[4];
                Arrays.setAll(lengths, i -> Integer.parseInt(sizes.group(i + 1)));
                checkSize(Revision.MSGR2_0, Integer.parseInt(sizes.group(5)), lengths);
                checkSize(Revision.MSGR2_1, Integer.parseInt(sizes.group(6)), lengths);
                checked++;
            }
        }
        assertThat(checked).isEqualTo(4);
    }

    /** One byte less than published, and the decoder waits for it. */
    private void checkSize(Revision revision, int published, int... lengths) throws ProtocolException {
        byte[] wire = seal(cipher(revision), RawSecureFrame.of(revision, Tag.MESSAGE.code(), patterns(lengths)));
        assertThat(wire).hasSize(published);
        try (FrameDecoder decoder = decoder(revision, cipher(revision), preamble -> {})) {
            assertThat(FrameFeed.whole(decoder, Arrays.copyOf(wire, published - 1), frame -> {})
                            .frames())
                    .isZero();
            assertThat(FrameFeed.whole(decoder, Arrays.copyOfRange(wire, published - 1, published), frame -> {})
                            .frames())
                    .isEqualTo(1);
        }
    }

    @Scenario({"F03", "F19"})
    @Test
    void encodesAndDecodesThePublishedFrameOfRev0() throws ProtocolException {
        byte[] published = HexFormat.of()
                .parseHex(CephVectors.lines("msgr2.txt").stream()
                        .filter(line -> line.startsWith("secure rev0 AUTH_SIGNATURE: "))
                        .findFirst()
                        .orElseThrow()
                        .split(" ")[3]);
        byte[] secret = new byte[64];
        for (int i = 0; i < secret.length; i++) {
            secret[i] = (byte) i;
        }
        byte[] key = Arrays.copyOf(secret, 16);
        byte[] nonce = Arrays.copyOfRange(secret, 28, 40);
        ControlFrame signature = new ControlFrame.AuthSignature(Opaque.zeros(32));
        JceFrameCipher sealing = new JceFrameCipher(Revision.MSGR2_0, key, nonce);
        assertThat(FrameBytes.of(encoder(Revision.MSGR2_0, sealing), signature)).isEqualTo(published);
        assertThat(sealing.operations()).isEqualTo(1);
        List<ControlFrame> received = new ArrayList<>();
        try (FrameDecoder decoder = decoder(
                Revision.MSGR2_0, new JceFrameCipher(Revision.MSGR2_0, key, nonce), FrameBounds.handshake(LIMITS))) {
            FrameFeed.chunks(decoder, published, () -> 1, frame -> received.add(frame.toControl(LIMITS)));
        }
        assertThat(received).containsExactly(signature);
    }

    @Scenario("F18")
    @ParameterizedTest
    @EnumSource
    void takesAnyPaddingUnderAValidTag(Revision revision) throws ProtocolException {
        JceFrameCipher sealing = cipher(revision);
        try (FrameDecoder decoder = decoder(revision)) {
            for (int padding : new int[] {0xff, 0x01, 0x80}) {
                RawSecureFrame ack = RawSecureFrame.of(revision, Tag.ACK.code(), new byte[8]);
                FrameFeed.whole(
                        decoder,
                        seal(sealing, ack.padding(padding)),
                        frame -> assertThat(frame.toControl(LIMITS)).isEqualTo(new ControlFrame.Ack(0)));
                // Padding behind each of four segments, and behind the status.
                byte[][] segments = patterns(MessageHeader.BYTES, 5, 17, 33);
                FrameFeed.Outcome outcome = FrameFeed.whole(
                        decoder,
                        seal(
                                sealing,
                                RawSecureFrame.of(revision, Tag.MESSAGE.code(), segments)
                                        .padding(padding)),
                        frame -> assertMessage(frame, 5, 17, 33));
                assertThat(outcome.frames()).isEqualTo(1);
            }
        }
    }

    /** Nothing but a preamble that is announced, and that in msgr2.0 only, comes of a frame with a wrong bit. */
    @Scenario({"F16", "F17"})
    @ParameterizedTest
    @EnumSource
    void aFlippedBitAnywhereIsAFaultBeforeAnythingIsHandedOn(Revision revision) throws ProtocolException {
        byte[] wire = seal(
                cipher(revision),
                RawSecureFrame.of(revision, Tag.MESSAGE.code(), patterns(MessageHeader.BYTES, 20, 0, 60)));
        for (int bit = 0; bit < wire.length * 8; bit++) {
            byte[] bad = wire.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            try (FrameDecoder decoder = decoder(revision)) {
                assertThatThrownBy(() -> FrameFeed.whole(decoder, bad, frame -> {
                            throw new AssertionError("handed on");
                        }))
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(e.kind()).isEqualTo(FaultKind.INTEGRITY));
            }
        }
    }

    /**
     * In counter mode a flipped bit of ciphertext is a flipped bit of plaintext, and whoever knows the lengths can mend the crc
     * too: the lie about them gets past everything but the bounds and the tag.
     */
    @Scenario({"F16", "F21"})
    @Test
    void aLengthThatWasForgedOnTheWireIsBoundedAndThenFound() throws ProtocolException {
        byte[][] segments = patterns(MessageHeader.BYTES, 16);
        byte[] wire = seal(cipher(Revision.MSGR2_0), RawSecureFrame.of(Revision.MSGR2_0, Tag.MESSAGE.code(), segments));
        byte[] honest =
                RawFrame.of(Revision.MSGR2_0, Tag.MESSAGE.code(), segments).preamble();
        for (long forged : new long[] {32, LIMITS.frames().frontBytesMax() + 1L, 0xffff_ffffL}) {
            byte[] lie = RawFrame.of(Revision.MSGR2_0, Tag.MESSAGE.code(), segments)
                    .length(1, forged)
                    .preamble();
            byte[] bad = Arrays.copyOf(wire, wire.length + 16);
            for (int i = 0; i < lie.length; i++) {
                bad[i] ^= (byte) (lie[i] ^ honest[i]);
            }
            try (FrameDecoder decoder = decoder(Revision.MSGR2_0)) {
                assertThatThrownBy(() -> FrameFeed.whole(decoder, bad, frame -> {
                            throw new AssertionError("handed on");
                        }))
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(e.kind())
                                        .isEqualTo(forged == 32 ? FaultKind.INTEGRITY : FaultKind.LIMIT));
                assertThat(leaks.heldBytes()).isZero();
            }
        }
    }

    /** What was peeked at is not believed, even if the cipher itself tells two stories. */
    @Test
    void thePreambleUnderTheTagHasToBeTheOneThatWasPeekedAt() throws ProtocolException {
        byte[] wire = seal(cipher(Revision.MSGR2_0), RawSecureFrame.of(Revision.MSGR2_0, Tag.ACK.code(), new byte[8]));
        byte[] other = RawFrame.of(Revision.MSGR2_0, Tag.KEEPALIVE2.code(), new byte[8])
                .preamble();
        JceFrameCipher honest = cipher(Revision.MSGR2_0);
        FrameCipher lying = new FrameCipher() {
            @Override
            public void seal(ByteBuf plain, ByteBuf out) throws ProtocolException {
                honest.seal(plain, out);
            }

            @Override
            public void open(ByteBuf sealed, ByteBuf out) throws ProtocolException {
                honest.open(sealed, out);
            }

            @Override
            public void peek(ByteBuf beginning, ByteBuf out) {
                out.writeBytes(other);
            }

            @Override
            public void close() {}
        };
        try (FrameDecoder decoder = decoder(Revision.MSGR2_0, lying, FrameBounds.session(LIMITS))) {
            assertThatThrownBy(() -> decoder.next(Unpooled.wrappedBuffer(wire)))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessage("KEEPALIVE2: the preamble under the tag is another one");
        }
    }

    /** The body's memory is taken when it is admitted, and given back wherever the connection ends. */
    @ParameterizedTest
    @EnumSource
    void noMemoryIsTakenBeforeAdmissionAndNoneIsKept(Revision revision) throws ProtocolException {
        byte[] wire = seal(
                cipher(revision),
                RawSecureFrame.of(revision, Tag.MESSAGE.code(), patterns(MessageHeader.BYTES, 5000, 0, 9000)));
        for (int cut = 0; cut < wire.length; cut += 61) {
            try (FrameDecoder decoder = decoder(revision)) {
                ByteBuf in = Unpooled.wrappedBuffer(wire, 0, cut);
                if (decoder.next(in) == FrameDecoder.Result.NEED_ADMISSION) {
                    assertThat(leaks.heldBytes()).isZero();
                    decoder.admit();
                    assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.NEED_BYTES);
                }
            }
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    @Scenario({"F13", "F14"})
    @ParameterizedTest
    @EnumSource
    void anAbortedFrameIsSkippedAndTheNextOneFollows(Revision revision) throws ProtocolException {
        FrameEncoder encoder = encoder(revision, cipher(revision));
        Message message = message(10, 0, 5000);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(
                FrameBytes.of(encoder, new OutFrame(128).message(message, 1, 0).abort()));
        stream.writeBytes(FrameBytes.of(encoder, message, 1, 0));
        message.release();
        try (FrameDecoder decoder = decoder(revision)) {
            FrameFeed.Outcome outcome =
                    FrameFeed.whole(decoder, stream.toByteArray(), frame -> assertMessage(frame, 10, 0, 5000));
            assertThat(outcome).isEqualTo(new FrameFeed.Outcome(1, 2, 1));
        }
    }

    /** In msgr2.0 the status is a flag, and every value means something. */
    @Scenario("F15")
    @Test
    void aStatusThatIsNeitherCompleteNorAbortedIsAFault() throws ProtocolException {
        for (int status : new int[] {0x00, 0x0f, 0x02, 0xee, 0x1e, 0x11}) {
            RawSecureFrame frame = RawSecureFrame.of(
                            Revision.MSGR2_1, Tag.MESSAGE.code(), patterns(MessageHeader.BYTES, 3))
                    .lateStatus(status);
            byte[] wire = seal(cipher(Revision.MSGR2_1), frame);
            try (FrameDecoder decoder = decoder(Revision.MSGR2_1)) {
                if ((status & 0xf) == 0xe || (status & 0xf) == 0x1) {
                    FrameFeed.Outcome outcome = FrameFeed.whole(decoder, wire, received -> {});
                    assertThat(outcome.frames() + outcome.aborted()).isEqualTo(1);
                } else {
                    assertThatThrownBy(() -> FrameFeed.whole(decoder, wire, received -> {}))
                            .isInstanceOf(ProtocolException.class)
                            .hasMessageContaining("late_status 0x" + Integer.toHexString(status));
                }
            }
        }
    }

    @Scenario({"F29", "F30"})
    @ParameterizedTest
    @EnumSource
    void decodesTheSameHoweverTheStreamIsCut(Revision revision) throws ProtocolException {
        FrameEncoder encoder = encoder(revision, cipher(revision));
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            Message message = message(i % 7, i % 3 * 40, i * 11);
            stream.writeBytes(FrameBytes.of(encoder, message, i + 1, 0));
            stream.writeBytes(FrameBytes.of(encoder, new ControlFrame.Ack(i)));
            sent.add("message " + (i + 1) + " " + i * 11);
            sent.add("ack " + i);
            message.release();
        }
        SplittableRandom random = new SplittableRandom(100);
        for (int max : new int[] {1, 40, 700, Integer.MAX_VALUE}) {
            List<String> received = new ArrayList<>();
            try (FrameDecoder decoder = decoder(revision)) {
                FrameFeed.chunks(decoder, stream.toByteArray(), () -> max == 1 ? 1 : random.nextInt(1, max), frame -> {
                    if (frame.tag().isControl()) {
                        received.add("ack " + ((ControlFrame.Ack) frame.toControl(LIMITS)).seq());
                    } else {
                        Message message = frame.toMessage();
                        received.add("message " + message.header().seq() + " "
                                + message.data().readableBytes());
                        message.release();
                    }
                });
            }
            assertThat(received).isEqualTo(sent);
        }
    }
}
