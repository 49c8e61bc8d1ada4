package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.JceFrameCipher;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;

/** The layout of msgr2.1 in secure mode, over the JDK's AES-GCM. */
class SecureFramesTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final byte[] SECRET = new byte[64];

    static {
        for (int i = 0; i < SECRET.length; i++) {
            SECRET[i] = (byte) i;
        }
    }

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final JceFrameCipher sealing = cipher();
    private final JceFrameCipher opening = cipher();
    private final SecureFrameEncoder encoder = new SecureFrameEncoder(sealing, leaks.allocator());
    private final SecureFrameDecoder decoder =
            new SecureFrameDecoder(opening, LIMITS, FrameBounds.session(LIMITS), leaks.allocator());

    /** The connector's sending direction. */
    private static JceFrameCipher cipher() {
        return new JceFrameCipher(
                Revision.MSGR2_1, Arrays.copyOfRange(SECRET, 0, 16), Arrays.copyOfRange(SECRET, 28, 40));
    }

    private static String published(String line) {
        String found = CephVectors.lines("msgr2.txt").stream()
                .filter(text -> text.startsWith(line + ": "))
                .findFirst()
                .orElseThrow();
        return found.substring(line.length() + 2).split(" ")[0];
    }

    private static Message message(int front, int middle, int data) {
        return Message.builder(MessageType.PING)
                .front(bytes(front))
                .middle(bytes(middle))
                .data(bytes(data))
                .build();
    }

    private static ByteBuf bytes(int count) {
        byte[] bytes = new byte[count];
        new Random(count).nextBytes(bytes);
        return Unpooled.wrappedBuffer(bytes);
    }

    private byte[] encode(Message message) throws ProtocolException {
        try {
            return FrameBytes.of(encoder, message, 1, 0);
        } finally {
            message.release();
        }
    }

    @Test
    @Scenario("F03")
    void encodesThePublishedFramesInOneSequence() throws ProtocolException {
        byte[] signature = FrameBytes.of(encoder, new ControlFrame.AuthSignature(Opaque.zeros(32)));
        Message message = Message.builder(MessageType.PING)
                .front(Unpooled.wrappedBuffer(new byte[] {'a', 'b', 'c'}))
                .data(Unpooled.wrappedBuffer(new byte[] {'x', 'y', 'z'}))
                .build();

        assertThat(HexFormat.of().formatHex(signature))
                .isEqualTo(published("secure rev1 client tx AUTH_SIGNATURE(zeros)"));
        assertThat(HexFormat.of().formatHex(encode(message))).isEqualTo(published("secure rev1 2nd frame MSG"));
        assertThat(sealing.operations()).isEqualTo(3);
    }

    @Test
    @Scenario("F03")
    void decodesThePublishedFramesFromSingleBytes() throws ProtocolException {
        byte[] wire = HexFormat.of()
                .parseHex(published("secure rev1 client tx AUTH_SIGNATURE(zeros)")
                        + published("secure rev1 2nd frame MSG"));
        StringBuilder seen = new StringBuilder();
        for (byte b : wire) {
            ByteBuf one = Unpooled.wrappedBuffer(new byte[] {b});
            Frame frame = feed(one);
            if (frame != null) {
                seen.append(describe(frame)).append('|');
            }
        }

        assertThat(seen).hasToString("AUTH_SIGNATURE|MESSAGE abc xyz|");
        assertThat(opening.operations()).isEqualTo(3);
    }

    private static String describe(Frame frame) throws ProtocolException {
        if (frame.tag() != Tag.MESSAGE) {
            frame.release();
            return frame.tag().name();
        }
        Message message = frame.toMessage();
        String text = "MESSAGE " + message.front().toString(StandardCharsets.US_ASCII) + " "
                + message.data().toString(StandardCharsets.US_ASCII);
        message.release();
        return text;
    }

    @ParameterizedTest
    @Scenario("F01")
    @CsvSource({"0, 0, 0, 96", "101, 202, 303, 752", "0, 202, 0, 336", "101, 0, 303, 576"})
    void takesThePublishedSizesForPayload(int front, int middle, int data, int size) throws ProtocolException {
        // The published sizes have a first segment of 0, 1, 48 or 49 bytes, a message one of 41: as long as it fits the
        // first block it does not matter, and the one of 49 costs another 16 and a tag.
        int firstBlock = front == 101 && middle == 0 ? 32 : 0;
        assertThat(encode(message(front, middle, data))).hasSize(size - firstBlock);
    }

    @ParameterizedTest
    @Scenario("F04")
    @CsvSource({"47, 96", "48, 96", "49, 128", "64, 128", "65, 144"})
    void putsTheFirstSegmentIntoASecondBlockFrom49Bytes(int length, int size) throws ProtocolException {
        ControlFrame frame = new ControlFrame.AuthReplyMore(Opaque.copyOf(new byte[length - Integer.BYTES]));

        assertThat(FrameBytes.of(encoder, frame)).hasSize(size);
        assertThat(sealing.operations()).isEqualTo(length > 48 ? 2 : 1);
    }

    static Stream<List<Integer>> payloads() {
        List<Integer> sizes = List.of(0, 1, 15, 16, 17, 4095, 70_000);
        return sizes.stream()
                .flatMap(f -> sizes.stream().flatMap(m -> sizes.stream().map(d -> List.of(f, m, d))));
    }

    @ParameterizedTest
    @MethodSource("payloads")
    @Scenario("F01")
    void decodesWhatItEncodesInRandomPieces(List<Integer> sizes) throws ProtocolException {
        byte[] wire = encode(message(sizes.get(0), sizes.get(1), sizes.get(2)));
        Random random = new Random(wire.length);
        ByteBuf in = Unpooled.wrappedBuffer(wire);
        Frame frame = null;
        while (frame == null) {
            int count = Math.min(in.readableBytes(), 1 + random.nextInt(30_000));
            frame = feed(in.readSlice(count));
        }
        Message received = frame.toMessage();

        assertThat(in.isReadable()).isFalse();
        List<ByteBuf> segments = List.of(received.front(), received.middle(), received.data());
        for (int i = 0; i < 3; i++) {
            assertThat(ByteBufUtil.getBytes(segments.get(i))).isEqualTo(ByteBufUtil.getBytes(bytes(sizes.get(i))));
        }
        received.release();
        assertThat(opening.operations()).isEqualTo(sealing.operations());
    }

    private Frame feed(ByteBuf piece) throws ProtocolException {
        while (true) {
            switch (decoder.next(piece)) {
                case NEED_BYTES -> {
                    return null;
                }
                case NEED_ADMISSION -> decoder.admit();
                case FRAME -> {
                    return decoder.take();
                }
                case ABORTED -> throw new AssertionError("nobody aborted");
            }
        }
    }

    @Test
    @Scenario({"F16", "F17"})
    void aFlippedBitAnywhereIsAFaultBeforeAnythingIsHandedOn() throws ProtocolException {
        byte[] wire = encode(message(40, 0, 100));
        for (int bit = 0; bit < wire.length * 8; bit += 3) {
            byte[] bad = wire.clone();
            bad[bit / 8] ^= (byte) (1 << (bit % 8));
            SecureFrameDecoder fresh =
                    new SecureFrameDecoder(cipher(), LIMITS, FrameBounds.session(LIMITS), leaks.allocator());
            ByteBuf in = Unpooled.wrappedBuffer(bad);
            assertThatThrownBy(() -> {
                        while (fresh.next(in) == FrameDecoder.Result.NEED_ADMISSION) {
                            fresh.admit();
                        }
                    })
                    .isInstanceOf(ProtocolException.class)
                    .extracting(e -> ((ProtocolException) e).kind())
                    .isEqualTo(FaultKind.INTEGRITY);
            fresh.close();
        }
    }

    @Test
    void anAbortedFrameIsSkippedAndTheNextOneFollows() throws ProtocolException {
        Message message = message(10, 0, 5000);
        byte[] aborted =
                FrameBytes.of(encoder, new OutFrame(1024).message(message, 1, 0).abort());
        message.release();
        byte[] next = encode(message(3, 0, 0));
        ByteBuf in = Unpooled.wrappedBuffer(aborted, next);

        assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.NEED_ADMISSION);
        decoder.admit();
        assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.ABORTED);
        Frame frame = feed(in);
        assertThat(frame.preamble().length(1)).isEqualTo(3);
        frame.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 50, 96, 120, 200})
    void closingInTheMiddleOfAFrameGivesEverythingBack(int count) throws ProtocolException {
        byte[] wire = encode(message(40, 0, 5000));
        assertThat(feed(Unpooled.wrappedBuffer(wire, 0, count))).isNull();
        decoder.close();
    }

    @Test
    void decodesAHundredFramesFromOneBuffer() throws ProtocolException {
        ByteBuf in = Unpooled.buffer();
        for (int i = 0; i < 100; i++) {
            in.writeBytes(encode(message(i, 0, i * 7)));
        }
        List<Long> fronts = IntStream.range(0, 100)
                .mapToObj(i -> {
                    try {
                        Frame frame = feed(in);
                        long length = frame.preamble().length(1);
                        frame.release();
                        return length;
                    } catch (ProtocolException e) {
                        throw new AssertionError(e);
                    }
                })
                .toList();
        assertThat(fronts)
                .isEqualTo(IntStream.range(0, 100).mapToObj(i -> (long) i).toList());
    }
}
