package org.msgr2.core;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.frame.Banner;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.FrameEncoder;
import org.msgr2.core.frame.Preamble;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.Capture;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireReader;

/** Every frame that was recorded of Ceph 16.2.15 in crc mode: decoded, compared field by field, encoded again. */
class GoldenVectorsTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final int EPILOGUE_BYTES = 13;
    private static final List<String> DIRECTIONS = List.of("C->S", "S->C");
    private static final int COMPLETE_STREAMS = 22;

    /** Frames after which the same direction may carry messages. */
    private static final Set<Tag> ENDS_HANDSHAKE =
            Set.of(Tag.CLIENT_IDENT, Tag.SERVER_IDENT, Tag.SESSION_RECONNECT, Tag.SESSION_RECONNECT_OK);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final FrameEncoder encoder = new CrcFrameEncoder(Revision.MSGR2_1);

    static Stream<RecordedFrame> completeFrames() {
        return CephVectors.ofMode("crc")
                .flatMap(capture -> capture.frames().stream())
                .filter(frame -> !frame.truncated());
    }

    static Stream<RecordedFrame> truncatedFrames() {
        return CephVectors.ofMode("crc")
                .flatMap(capture -> capture.frames().stream())
                .filter(RecordedFrame::truncated);
    }

    @Test
    void knowsHowManyFramesThereAre() {
        assertThat(completeFrames()).hasSize(438);
        assertThat(completeFrames().filter(RecordedFrame::isBanner)).hasSize(40);
        assertThat(truncatedFrames()).hasSize(44);
    }

    @Scenario("F03")
    @ParameterizedTest
    @MethodSource("completeFrames")
    void decodesAndEncodesAsCephDid(RecordedFrame recorded) throws ProtocolException {
        assertThat(recorded.wire()).hasSize(recorded.wireLength());
        if (recorded.isBanner()) {
            checkBanner(recorded);
            return;
        }
        List<byte[]> encoded = new ArrayList<>();
        try (FrameDecoder decoder = decoder(FrameBounds.session(LIMITS))) {
            FrameFeed.Outcome outcome =
                    FrameFeed.whole(decoder, recorded.wire(), frame -> encoded.add(checkFrame(frame, recorded)));
            assertThat(outcome.frames()).isEqualTo(1);
        }
        assertThat(encoded.get(0)).isEqualTo(recorded.wire());
    }

    private static void checkBanner(RecordedFrame recorded) throws ProtocolException {
        ByteBuf bytes = Unpooled.wrappedBuffer(recorded.wire());
        int payloadLength = Banner.payloadLength(bytes, LIMITS.handshake());
        bytes.skipBytes(Banner.PREFIX_BYTES);
        Banner banner = Banner.readPayload(new WireReader(bytes));
        RecordedFields.of(banner, payloadLength).compareWith(recorded.tag(), recorded.fields());
        ByteBuf encoded = Unpooled.buffer();
        banner.write(encoded);
        assertThat(ByteBufUtil.getBytes(encoded)).isEqualTo(recorded.wire());
    }

    /** @return the frame encoded again, from the decoded values only */
    private byte[] checkFrame(Frame frame, RecordedFrame recorded) throws ProtocolException {
        assertThat(frame.tag().name()).isEqualTo(recorded.tag());
        RecordedFields known = RecordedFields.of(frame.preamble());
        byte[] encoded;
        if (frame.tag().isControl()) {
            byte[] first = ByteBufUtil.getBytes(frame.first());
            ControlFrame control = frame.toControl(LIMITS);
            encoded = FrameBytes.of(encoder, control);
            int knownBytes = encoded.length - Preamble.BYTES - (first.length == 0 ? 0 : Integer.BYTES);
            known.control(control, first, knownBytes);
        } else {
            Message message = frame.toMessage();
            encoded = encodeAndRelease(message);
            known.message(message).epilogue(encoded, EPILOGUE_BYTES);
        }
        known.compareWith(recorded.tag(), recorded.fields());
        return encoded;
    }

    private byte[] encodeAndRelease(Message message) throws ProtocolException {
        try {
            MessageHeader header = message.header();
            return FrameBytes.of(encoder, message, header.seq(), header.ackSeq());
        } finally {
            message.release();
        }
    }

    @Scenario("F03")
    @ParameterizedTest
    @MethodSource("truncatedFrames")
    void agreesWithTheBeginningOfALargeFrame(RecordedFrame recorded) throws ProtocolException {
        assertThat(recorded.wire()).hasSizeLessThan(recorded.wireLength());
        ByteBuf in = Unpooled.wrappedBuffer(recorded.wire());
        try (FrameDecoder decoder = decoder(FrameBounds.session(LIMITS))) {
            assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.NEED_ADMISSION);
            Preamble preamble = decoder.preamble();
            decoder.admit();
            // Past the first segment, whose crc is right, and in want of the rest.
            assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.NEED_BYTES);

            int wireLength = Preamble.BYTES
                    + (int) (preamble.length(0) + preamble.payloadBytes())
                    + Integer.BYTES
                    + (preamble.segments() > 1 ? EPILOGUE_BYTES : 0);
            assertThat(wireLength).isEqualTo(recorded.wireLength());
            assertThat(preamble.tag()).isEqualTo(Tag.MESSAGE);
            checkBeginning(preamble, recorded);
        }
    }

    /**
     * Encodes what was recorded in words, with zeros for the payload that was not: the beginning has to be the same.
     */
    private void checkBeginning(Preamble preamble, RecordedFrame recorded) throws ProtocolException {
        MessageHeader header = header(recorded.fields().get("header2"));
        RecordedFields known = RecordedFields.of(preamble).header(header);
        known.message(new Message(
                header, zeros(preamble.length(1)), zeros(preamble.length(2)), zeros(preamble.length(3)), 4096));
        byte[] wire = recorded.wire();
        int at = Preamble.BYTES + MessageHeader.BYTES + Integer.BYTES;
        if (wire.length >= at) {
            assertThat(MessageHeader.read(Unpooled.wrappedBuffer(wire, Preamble.BYTES, MessageHeader.BYTES)))
                    .isEqualTo(header);
        }
        ByteBuf[] payload = new ByteBuf[4];
        boolean[] whole = new boolean[4];
        for (int i = 1; i < payload.length; i++) {
            int length = (int) preamble.length(i);
            int available = Math.max(0, Math.min(length, wire.length - at));
            whole[i] = available == length;
            payload[i] = leaks.allocator().buffer(Math.max(1, length));
            if (available > 0) {
                payload[i].writeBytes(wire, at, available);
            }
            payload[i].writeZero(length - available);
            at += length;
        }
        byte[] encoded = encodeAndRelease(new Message(header, payload[1], payload[2], payload[3], 4096));
        assertThat(encoded).hasSize(recorded.wireLength());
        assertThat(Arrays.copyOf(encoded, wire.length)).isEqualTo(wire);
        copyCrcsOfCutSegments(recorded, encoded, whole);
        known.epilogue(encoded, EPILOGUE_BYTES).compareWith(recorded.tag(), recorded.fields());
    }

    /** The crcs of bytes that were not recorded can only be taken over; the rest of the epilogue is ours to know. */
    private static void copyCrcsOfCutSegments(RecordedFrame recorded, byte[] encoded, boolean[] whole) {
        byte[] epilogue =
                HexFormat.of().parseHex(recorded.fields().get("epilogue").asText());
        assertThat(epilogue).hasSize(EPILOGUE_BYTES);
        for (int i = 1; i < whole.length; i++) {
            int at = 1 + Integer.BYTES * (i - 1);
            if (!whole[i]) {
                System.arraycopy(epilogue, at, encoded, encoded.length - EPILOGUE_BYTES + at, Integer.BYTES);
            }
        }
    }

    private static ByteBuf zeros(long length) {
        return Unpooled.wrappedBuffer(new byte[(int) length]);
    }

    private static MessageHeader header(JsonNode fields) {
        return new MessageHeader(
                fields.get("seq").asLong(),
                fields.get("tid").asLong(),
                fields.get("type").asInt(),
                fields.get("priority").asInt(),
                fields.get("version").asInt(),
                fields.get("data_pre_padding_len").asInt(),
                fields.get("data_off").asInt(),
                fields.get("ack_seq").asLong(),
                fields.get("flags").asInt(),
                fields.get("compat_version").asInt(),
                fields.get("reserved").asInt());
    }

    static Stream<Capture> captures() {
        return CephVectors.ofMode("crc");
    }

    @Test
    void knowsHowManyStreamsAreComplete() {
        assertThat(captures()).hasSize(20);
        assertThat(captures()
                        .mapToInt(capture -> completeDirections(capture).size())
                        .sum())
                .isEqualTo(COMPLETE_STREAMS);
    }

    @Scenario("F29")
    @ParameterizedTest
    @MethodSource("captures")
    void decodesADirectionAsOneStreamHoweverItIsCut(Capture capture) throws ProtocolException {
        SplittableRandom random = new SplittableRandom(capture.name().hashCode());
        for (String dir : completeDirections(capture)) {
            List<RecordedFrame> frames = capture.frames(dir);
            byte[] stream = concatenate(frames.subList(1, frames.size()));
            ByteArrayOutputStream encoded = new ByteArrayOutputStream();
            List<String> tags = new ArrayList<>();
            try (FrameDecoder decoder = decoder(FrameBounds.handshake(LIMITS))) {
                FrameFeed.chunks(decoder, stream, () -> random.nextInt(1, 97), frame -> {
                    tags.add(frame.tag().name());
                    if (ENDS_HANDSHAKE.contains(frame.tag())) {
                        decoder.bounds(FrameBounds.session(LIMITS));
                    }
                    encoded.writeBytes(
                            frame.tag().isControl()
                                    ? FrameBytes.of(encoder, frame.toControl(LIMITS))
                                    : encodeAndRelease(frame.toMessage()));
                });
            }
            assertThat(tags)
                    .isEqualTo(frames.stream().skip(1).map(RecordedFrame::tag).toList());
            assertThat(encoded.toByteArray()).isEqualTo(stream);
        }
    }

    private static List<String> completeDirections(Capture capture) {
        return DIRECTIONS.stream()
                .filter(dir -> capture.frames(dir).stream().noneMatch(RecordedFrame::truncated))
                .toList();
    }

    private static byte[] concatenate(List<RecordedFrame> frames) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        frames.forEach(frame -> stream.writeBytes(frame.wire()));
        return stream.toByteArray();
    }

    private FrameDecoder decoder(FrameBounds bounds) {
        return new CrcFrameDecoder(Revision.MSGR2_1, LIMITS, bounds, leaks.allocator());
    }
}
