package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.BufferSink;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;

/** What is encoded comes out again, in both revisions, however it is cut. */
class CrcFrameCodecTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final int[] FIRST_LENGTHS = {0, 1, 48, 49};
    private static final int[] FRONT_LENGTHS = {0, 1, 48, 101};
    private static final int[] MIDDLE_LENGTHS = {0, 1, 48, 202};
    private static final int[] DATA_LENGTHS = {0, 1, 48, 303};

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** The sizes of spec/msgr2 §2.5. */
    private static int wireBytes(Revision revision, int... lengths) {
        int segments = segments(lengths);
        int sum = 0;
        for (int length : lengths) {
            sum += length;
        }
        if (revision == Revision.MSGR2_0) {
            return 32 + sum + 17;
        }
        return 32 + sum + (lengths[0] > 0 ? 4 : 0) + (segments > 1 ? 13 : 0);
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

    private ByteBuf buffer(byte[] bytes) {
        return leaks.allocator().buffer(Math.max(1, bytes.length)).writeBytes(bytes);
    }

    private CrcFrameDecoder decoder(Revision revision, FrameBounds bounds) {
        return new CrcFrameDecoder(revision, LIMITS, bounds, leaks.allocator());
    }

    private Message message(int front, int middle, int data) {
        return Message.builder(MessageType.ECHO)
                .tid(77)
                .priority(196)
                .version(5, 3)
                .front(buffer(pattern(front, 1)))
                .middle(buffer(pattern(middle, 2)))
                .data(buffer(pattern(data, 3)))
                .build();
    }

    private static void assertContents(Message message, int front, int middle, int data) {
        assertThat(ByteBufUtil.getBytes(message.front())).isEqualTo(pattern(front, 1));
        assertThat(ByteBufUtil.getBytes(message.middle())).isEqualTo(pattern(middle, 2));
        assertThat(ByteBufUtil.getBytes(message.data())).isEqualTo(pattern(data, 3));
    }

    @Scenario("F01")
    @ParameterizedTest
    @EnumSource
    void decodesEveryCombinationOfLengths(Revision revision) throws ProtocolException {
        int combinations = 0;
        try (FrameDecoder decoder = decoder(revision, preamble -> {})) {
            for (int first : FIRST_LENGTHS) {
                for (int front : FRONT_LENGTHS) {
                    for (int middle : MIDDLE_LENGTHS) {
                        for (int data : DATA_LENGTHS) {
                            decodeOne(revision, decoder, first, front, middle, data);
                            combinations++;
                        }
                    }
                }
            }
        }
        assertThat(combinations).isEqualTo(256);
    }

    private static void decodeOne(Revision revision, FrameDecoder decoder, int... lengths) throws ProtocolException {
        byte[][] segments = new byte[segments(lengths)][];
        for (int i = 0; i < segments.length; i++) {
            segments[i] = pattern(lengths[i], i);
        }
        byte[] bytes = RawFrame.of(revision, Tag.MESSAGE.code(), segments).bytes();
        assertThat(bytes).hasSize(wireBytes(revision, lengths));
        FrameFeed.Outcome outcome = FrameFeed.whole(decoder, bytes, frame -> {
            for (int i = 0; i < 4; i++) {
                assertThat(frame.preamble().length(i)).isEqualTo(lengths[i]);
            }
            assertThat(ByteBufUtil.getBytes(frame.first())).isEqualTo(segments[0]);
            if (lengths[0] >= MessageHeader.BYTES) {
                Message message = frame.toMessage();
                assertContents(message, lengths[1], lengths[2], lengths[3]);
                message.release();
            }
        });
        assertThat(outcome).isEqualTo(new FrameFeed.Outcome(1, 1, 0));
    }

    @Scenario("F01")
    @ParameterizedTest
    @EnumSource
    void encodesEveryCombinationOfPayloads(Revision revision) throws ProtocolException {
        CrcFrameEncoder encoder = new CrcFrameEncoder(revision);
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            for (int front : FRONT_LENGTHS) {
                for (int middle : MIDDLE_LENGTHS) {
                    for (int data : DATA_LENGTHS) {
                        Message sent = message(front, middle, data);
                        byte[] bytes = FrameBytes.of(encoder, sent, 9, 4);
                        assertThat(bytes).hasSize(wireBytes(revision, MessageHeader.BYTES, front, middle, data));
                        FrameFeed.whole(decoder, bytes, frame -> {
                            Message received = frame.toMessage();
                            assertContents(received, front, middle, data);
                            assertThat(received.header().seq()).isEqualTo(9);
                            assertThat(received.header().ackSeq()).isEqualTo(4);
                            assertThat(received.header().unsent()).isEqualTo(sent.header());
                            assertThat(received.payloadBytes()).isEqualTo(front + middle + data);
                            received.release();
                        });
                        sent.release();
                    }
                }
            }
        }
    }

    @Scenario("F01")
    @ParameterizedTest
    @EnumSource
    void encodesASingleSegmentOfAnyLength(Revision revision) throws ProtocolException {
        for (int first : FIRST_LENGTHS) {
            ControlFrame frame = first == 0
                    ? new ControlFrame.Wait()
                    : new ControlFrame.AuthSignature(Opaque.copyOf(pattern(first, 0)));
            byte[] bytes = FrameBytes.of(new CrcFrameEncoder(revision), frame);
            assertThat(bytes)
                    .hasSize(wireBytes(revision, first))
                    .isEqualTo(RawFrame.of(revision, frame.tag().code(), pattern(first, 0))
                            .bytes());
        }
    }

    @Scenario("F02")
    @ParameterizedTest
    @EnumSource
    void keepsNoStateFromOneFrameToTheNext(Revision revision) throws ProtocolException {
        CrcFrameEncoder encoder = new CrcFrameEncoder(revision);
        OutFrame out = new OutFrame(1024);
        Message large = message(101, 202, 303);
        Message small = message(1, 0, 0);
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            for (int round = 0; round < 3; round++) {
                byte[] first = FrameBytes.of(encoder, out.message(large, 1, 0));
                byte[] second = FrameBytes.of(encoder, out.control(new ControlFrame.Ack(1)));
                byte[] third = FrameBytes.of(encoder, out.message(small, 2, 0));
                assertThat(first).isEqualTo(FrameBytes.of(new CrcFrameEncoder(revision), large, 1, 0));
                assertThat(second).isEqualTo(FrameBytes.of(new CrcFrameEncoder(revision), new ControlFrame.Ack(1)));
                assertThat(third).isEqualTo(FrameBytes.of(new CrcFrameEncoder(revision), small, 2, 0));
                FrameFeed.whole(decoder, first, frame -> assertMessage(frame, 101, 202, 303));
                FrameFeed.whole(
                        decoder,
                        second,
                        frame -> assertThat(frame.toControl(LIMITS)).isEqualTo(new ControlFrame.Ack(1)));
                FrameFeed.whole(decoder, third, frame -> assertMessage(frame, 1, 0, 0));
            }
        }
        large.release();
        small.release();
    }

    private static void assertMessage(Frame frame, int front, int middle, int data) throws ProtocolException {
        Message message = frame.toMessage();
        assertContents(message, front, middle, data);
        message.release();
    }

    @Scenario("F05")
    @Test
    void trimsEmptySegmentsAtTheEndOnly() {
        OutFrame out = new OutFrame(1024);
        int[][] lengths = {{5, 0, 0}, {5, 6, 0}, {5, 0, 7}, {0, 6, 0}, {0, 0, 7}};
        int[] segments = {2, 3, 4, 3, 4};
        for (int i = 0; i < lengths.length; i++) {
            Message message = message(lengths[i][0], lengths[i][1], lengths[i][2]);
            assertThat(out.message(message, 1, 0).segments()).isEqualTo(segments[i]);
            message.release();
        }
    }

    @Scenario("F05")
    @ParameterizedTest
    @EnumSource
    void keepsAnEmptyMiddleBeforeData(Revision revision) throws ProtocolException {
        Message sent = message(3, 0, 3);
        byte[] bytes = FrameBytes.of(new CrcFrameEncoder(revision), sent, 1, 0);
        sent.release();
        // The crcs of middle and data are the last eight bytes: an empty segment's is all ones.
        assertThat(new byte[] {
                    bytes[bytes.length - 8], bytes[bytes.length - 7], bytes[bytes.length - 6], bytes[bytes.length - 5]
                })
                .containsOnly(-1);
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            FrameFeed.whole(decoder, bytes, frame -> {
                assertThat(frame.preamble().segments()).isEqualTo(4);
                assertThat(frame.toString()).isEqualTo("MESSAGE [41/8, 3/8, 0/8, 3/4096]");
                assertMessage(frame, 3, 0, 3);
            });
        }
    }

    @Scenario("F06")
    @ParameterizedTest
    @EnumSource
    void sendsAMessageWithoutPayloadAsOneSegment(Revision revision) throws ProtocolException {
        Message sent = message(0, 0, 0);
        byte[] bytes = FrameBytes.of(new CrcFrameEncoder(revision), sent, 1, 0);
        sent.release();
        assertThat(bytes[1]).isEqualTo((byte) 1);
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            FrameFeed.Outcome outcome = FrameFeed.whole(decoder, bytes, frame -> assertMessage(frame, 0, 0, 0));
            assertThat(outcome).isEqualTo(new FrameFeed.Outcome(1, 1, 0));
        }
    }

    /** A stream of control frames and messages of many sizes, an aborted one among them. */
    private byte[] stream(Revision revision, int rounds) throws ProtocolException {
        CrcFrameEncoder encoder = new CrcFrameEncoder(revision);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int i = 0; i < rounds; i++) {
            Message message = message(i % 5, i % 3 * 7, i % 4 * 100);
            stream.writeBytes(FrameBytes.of(encoder, message, i + 1, i));
            stream.writeBytes(FrameBytes.of(encoder, new ControlFrame.Ack(i)));
            if (message.payloadBytes() > 0) {
                stream.writeBytes(FrameBytes.of(
                        encoder, new OutFrame(128).message(message, i + 1, i).abort()));
            }
            message.release();
            stream.writeBytes(FrameBytes.of(encoder, new ControlFrame.Wait()));
        }
        return stream.toByteArray();
    }

    private List<String> events(Revision revision, byte[] stream, IntSupplier chunks) throws ProtocolException {
        List<String> events = new ArrayList<>();
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            FrameFeed.Outcome outcome = FrameFeed.chunks(decoder, stream, chunks, frame -> {
                if (frame.tag().isControl()) {
                    events.add(frame.toControl(LIMITS).toString());
                } else {
                    Message message = frame.toMessage();
                    events.add(message + " " + ByteBufUtil.hexDump(message.front())
                            + " " + ByteBufUtil.hexDump(message.middle())
                            + " " + ByteBufUtil.hexDump(message.data()));
                    message.release();
                }
            });
            events.add(outcome.toString());
        }
        return events;
    }

    @Scenario("F29")
    @ParameterizedTest
    @EnumSource
    void decodesTheSameHoweverTheStreamIsCut(Revision revision) throws ProtocolException {
        byte[] stream = stream(revision, 12);
        List<String> whole = events(revision, stream, () -> stream.length);
        assertThat(whole).hasSize(12 * 3 + 1);
        assertThat(events(revision, stream, () -> 1)).isEqualTo(whole);
        for (int seed = 0; seed < 50; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            int max = 1 << random.nextInt(1, 10);
            assertThat(events(revision, stream, () -> random.nextInt(1, max + 1)))
                    .as("seed %d", seed)
                    .isEqualTo(whole);
        }
    }

    @Scenario("F30")
    @ParameterizedTest
    @EnumSource
    void findsAHundredFramesInOneRead(Revision revision) throws ProtocolException {
        CrcFrameEncoder encoder = new CrcFrameEncoder(revision);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        List<ControlFrame> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            ControlFrame frame = new ControlFrame.Keepalive2(new UTime(i, 0));
            sent.add(frame);
            stream.writeBytes(FrameBytes.of(encoder, frame));
        }
        List<ControlFrame> received = new ArrayList<>();
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            FrameFeed.whole(decoder, stream.toByteArray(), frame -> received.add(frame.toControl(LIMITS)));
        }
        assertThat(received).isEqualTo(sent);
    }

    @Scenario("F31")
    @ParameterizedTest
    @EnumSource
    void carriesTheAlignmentAsAHintOnly(Revision revision) throws ProtocolException {
        byte[] at8 = encodedWithAlignment(revision, 8);
        byte[] at4096 = encodedWithAlignment(revision, 4096);
        byte[] at65535 = encodedWithAlignment(revision, 65535);
        // Everything behind the preamble is the same.
        assertThat(at4096).hasSameSizeAs(at8);
        assertThat(Arrays.copyOfRange(at4096, 32, at4096.length)).isEqualTo(Arrays.copyOfRange(at8, 32, at8.length));
        assertAlignment(revision, at8, 8);
        assertAlignment(revision, at4096, 4096);
        assertAlignment(revision, at65535, 65535);
    }

    private byte[] encodedWithAlignment(Revision revision, int alignment) throws ProtocolException {
        Message message = Message.builder(MessageType.ECHO)
                .data(buffer(pattern(10, 3)))
                .dataPlacement(0, alignment)
                .build();
        byte[] bytes = FrameBytes.of(new CrcFrameEncoder(revision), message, 1, 0);
        message.release();
        return bytes;
    }

    private void assertAlignment(Revision revision, byte[] bytes, int alignment) throws ProtocolException {
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            FrameFeed.whole(decoder, bytes, frame -> {
                assertThat(frame.preamble().alignment(3)).isEqualTo(alignment);
                Message message = frame.toMessage();
                assertThat(message.dataAlignment()).isEqualTo(alignment);
                assertContents(message, 0, 0, 10);
                message.release();
            });
        }
    }

    @Scenario({"F13", "F14"})
    @ParameterizedTest
    @EnumSource
    void abortsAFrameThatWasBegun(Revision revision) throws ProtocolException {
        CrcFrameEncoder encoder = new CrcFrameEncoder(revision);
        OutFrame out = new OutFrame(128);
        Message message = message(5, 0, 9);
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(FrameBytes.of(encoder, out.message(message, 3, 0).abort()));
        // The same number again: an aborted frame was never sent. The abort does not stick to the frame object.
        stream.writeBytes(FrameBytes.of(encoder, out.message(message, 3, 0)));
        message.release();
        List<Long> seqs = new ArrayList<>();
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            FrameFeed.Outcome outcome = FrameFeed.whole(decoder, stream.toByteArray(), frame -> {
                Message received = frame.toMessage();
                seqs.add(received.header().seq());
                received.release();
            });
            assertThat(outcome).isEqualTo(new FrameFeed.Outcome(1, 2, 1));
        }
        assertThat(seqs).containsExactly(3L);
    }

    @Scenario("F02")
    @ParameterizedTest
    @CsvSource({"0,0,262144", "0,0,262145", "262144,0,1", "300000,0,300000", "1,524288,7", "0,100,1000000"})
    void aLargeFrameLeavesInPiecesWhoseBytesAreTheSame(int front, int middle, int data) throws ProtocolException {
        Message message = message(front, middle, data);
        OutFrame out = new OutFrame(128).message(message, 1, 0);
        CrcFrameEncoder encoder = new CrcFrameEncoder(Revision.MSGR2_1);
        BufferSink sink = new BufferSink();
        int pieces = 0;
        do {
            int before = sink.toByteArray().length;
            boolean last = out.endsWithNextPiece();
            encoder.encode(out, sink);
            pieces++;
            assertThat(last).as("piece " + pieces).isEqualTo(pieces > 1 && !out.hasRest());
            assertThat(sink.toByteArray().length - before).isBetween(1, CrcFrameEncoder.PIECE_BYTES + 200);
        } while (out.hasRest());
        message.release();
        assertThat(pieces)
                .isEqualTo((front + middle + data + CrcFrameEncoder.PIECE_BYTES - 1) / CrcFrameEncoder.PIECE_BYTES);
        try (FrameDecoder decoder = decoder(Revision.MSGR2_1, FrameBounds.session(LIMITS))) {
            assertThat(FrameFeed.whole(decoder, sink.toByteArray(), frame -> assertMessage(frame, front, middle, data)))
                    .isEqualTo(new FrameFeed.Outcome(1, 1, 0));
        }
    }

    @Test
    void aFrameOfMsgr20IsWrittenAtOnce() throws ProtocolException {
        Message message = message(0, 0, 1_000_000);
        OutFrame out = new OutFrame(128).message(message, 1, 0);
        new CrcFrameEncoder(Revision.MSGR2_0).encode(out, new BufferSink());
        message.release();
        assertThat(out.hasRest()).isFalse();
    }

    @Scenario({"F13", "F14"})
    @ParameterizedTest
    @CsvSource({"0,0,1000000,1", "0,0,1000000,3", "300000,0,300000,1", "10,300000,10,1"})
    void theRestOfAFrameThatIsAbortedInTheMiddleIsZeros(int front, int middle, int data, int piecesBefore)
            throws ProtocolException {
        Message message = message(front, middle, data);
        CrcFrameEncoder encoder = new CrcFrameEncoder(Revision.MSGR2_1);
        OutFrame out = new OutFrame(128).message(message, 1, 0);
        BufferSink sink = new BufferSink();
        for (int i = 0; i < piecesBefore; i++) {
            encoder.encode(out, sink);
        }
        int before = sink.toByteArray().length;
        out.abort();
        while (out.hasRest()) {
            encoder.encode(out, sink);
        }
        byte[] bytes = sink.toByteArray();
        byte[] rest = Arrays.copyOfRange(bytes, before, bytes.length - CrcFrameEncoder.EPILOGUE_BYTES_REV1);
        assertThat(rest).as("what follows the abort").isEqualTo(new byte[rest.length]);
        assertThat(bytes[bytes.length - CrcFrameEncoder.EPILOGUE_BYTES_REV1]).isEqualTo((byte) 0x1);
        sink.append(Unpooled.wrappedBuffer(FrameBytes.of(encoder, message, 1, 0)));
        message.release();
        try (FrameDecoder decoder = decoder(Revision.MSGR2_1, FrameBounds.session(LIMITS))) {
            assertThat(FrameFeed.whole(decoder, sink.toByteArray(), frame -> assertMessage(frame, front, middle, data)))
                    .as("its crcs hold, and the next frame is found")
                    .isEqualTo(new FrameFeed.Outcome(1, 2, 1));
        }
    }

    @Test
    void refusesToAbortAFrameWithoutAnEpilogue() {
        OutFrame out = new OutFrame(128).control(new ControlFrame.Ack(1));
        assertThatThrownBy(out::abort).isInstanceOf(IllegalStateException.class).hasMessageContaining("one segment");
    }

    @Test
    void passesLargeSegmentsOnByReferenceAndCopiesSmallOnes() throws ProtocolException {
        int threshold = ByteSink.REFERENCE_BYTES_MIN;
        Message message = message(threshold - 1, threshold, 3 * threshold);
        BufferSink sink = new BufferSink();
        new CrcFrameEncoder(Revision.MSGR2_1).encode(new OutFrame(128).message(message, 1, 0), sink);
        assertThat(sink.references()).isEqualTo(2);
        assertThat(message.front().refCnt()).isEqualTo(1);
        assertThat(message.data().refCnt()).isEqualTo(1);
        message.release();
        try (FrameDecoder decoder = decoder(Revision.MSGR2_1, FrameBounds.session(LIMITS))) {
            FrameFeed.whole(
                    decoder,
                    sink.toByteArray(),
                    frame -> assertMessage(frame, threshold - 1, threshold, 3 * threshold));
        }
    }

    @Test
    void checksTheCrcOfBuffersOfAnyKind() throws ProtocolException {
        byte[] contents = pattern(300, 3);
        ByteBuf[] kinds = {
            leaks.allocator().heapBuffer(300).writeBytes(contents),
            leaks.allocator().directBuffer(300).writeBytes(contents),
            leaks.allocator()
                    .compositeBuffer()
                    .addComponent(true, buffer(Arrays.copyOf(contents, 100)))
                    .addComponent(true, buffer(Arrays.copyOfRange(contents, 100, 300))),
            leaks.allocator().heapBuffer(310).writeZero(10).writeBytes(contents).skipBytes(10)
        };
        List<byte[]> encoded = new ArrayList<>();
        for (ByteBuf kind : kinds) {
            Message message = Message.builder(MessageType.ECHO).data(kind).build();
            encoded.add(FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_0), message, 1, 0));
            message.release();
        }
        assertThat(encoded).hasSize(4).allSatisfy(bytes -> assertThat(bytes).isEqualTo(encoded.get(0)));
        assertThat(RawFrame.crc(-1, contents, 0, 300))
                .isEqualTo(Unpooled.wrappedBuffer(encoded.get(0)).getIntLE(encoded.get(0).length - 4));
    }

    @Test
    void refusesToAnswerOutOfTurn() throws ProtocolException {
        CrcFrameDecoder decoder = decoder(Revision.MSGR2_1, FrameBounds.session(LIMITS));
        assertThatThrownBy(decoder::preamble).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(decoder::take)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("PREAMBLE");
        assertThatThrownBy(decoder::admit)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("PREAMBLE");
        ByteBuf ack =
                Unpooled.wrappedBuffer(FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_1), new ControlFrame.Ack(4)));
        assertThat(decoder.next(ack)).isEqualTo(FrameDecoder.Result.FRAME);
        assertThatThrownBy(() -> decoder.next(ack))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not taken");
        Frame frame = decoder.take();
        assertThat(frame.toControl(LIMITS)).isEqualTo(new ControlFrame.Ack(4));
        assertThatThrownBy(() -> frame.preamble().length(4)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> new OutFrame(1).segment(4)).isInstanceOf(IndexOutOfBoundsException.class);
        decoder.close();
    }
}
