package org.msgr2.crypto.onwire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Banner;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameCipher;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.FrameEncoder;
import org.msgr2.core.frame.Preamble;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.SecureFrameDecoder;
import org.msgr2.core.frame.SecureFrameEncoder;
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

/**
 * Connections of Ceph 16.2.15 in secure mode, from the banner to the last frame: decrypted and decoded, then encoded and
 * encrypted again to the same bytes, by the codec and the cipher that a messenger uses.
 */
class RecordedConnectionsTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final int CONNECTIONS = 5;
    private static final int COMPLETE_FRAMES = 114;
    private static final int TRUNCATED_FRAMES = 5;
    private static final int PLAIN_BYTES_MAX = 2048;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final FrameEncoder crcEncoder = new CrcFrameEncoder(Revision.MSGR2_1);

    /** One direction of a recorded connection. */
    record Direction(Capture capture, String dir) {
        List<RecordedFrame> frames() {
            return capture.frames(dir);
        }

        NonceCounter nonces() {
            int at = dir.equals("S->C") ? 16 : 28;
            return new NonceCounter(Revision.MSGR2_1, Arrays.copyOfRange(secret(), at, at + NonceCounter.BYTES));
        }

        AesGcmFrameCipher cipher(NonceCounter nonces) {
            return new AesGcmFrameCipher(
                    AeadProvider.preferred().create(Arrays.copyOf(secret(), Aead.KEY_BYTES)), nonces);
        }

        private byte[] secret() {
            return HexFormat.of()
                    .parseHex(capture.json().at("/secrets/connection_secret").asText());
        }

        @Override
        public String toString() {
            return capture + " " + dir;
        }
    }

    /** How many frames of a direction came out the same. */
    record Tally(int banners, int inTheClear, int encrypted, int truncated) {
        Tally plus(Tally more) {
            return new Tally(
                    banners + more.banners,
                    inTheClear + more.inTheClear,
                    encrypted + more.encrypted,
                    truncated + more.truncated);
        }

        int complete() {
            return banners + inTheClear + encrypted;
        }
    }

    static Stream<Direction> directions() {
        return CephVectors.ofMode("secure")
                .flatMap(capture -> Stream.of(new Direction(capture, "C->S"), new Direction(capture, "S->C")));
    }

    @Scenario("F03")
    @Test
    void everyFrameComesOutAsCephWroteIt() throws ProtocolException {
        Tally all = new Tally(0, 0, 0, 0);
        for (Direction direction : directions().toList()) {
            all = all.plus(check(direction));
        }
        assertThat(directions()).hasSize(2 * CONNECTIONS);
        assertThat(all).isEqualTo(new Tally(2 * CONNECTIONS, 30, 74, TRUNCATED_FRAMES));
        assertThat(all.complete()).isEqualTo(COMPLETE_FRAMES);
    }

    private Tally check(Direction direction) throws ProtocolException {
        Tally tally = new Tally(0, 0, 0, 0);
        NonceCounter received = direction.nonces();
        NonceCounter sent = direction.nonces();
        try (AesGcmFrameCipher opener = direction.cipher(received);
                AesGcmFrameCipher sealer = direction.cipher(sent);
                SecureFrameEncoder encoder = new SecureFrameEncoder(new Kept(sealer), leaks.allocator())) {
            for (RecordedFrame recorded : direction.frames()) {
                if (recorded.isBanner()) {
                    checkBanner(recorded);
                    tally = tally.plus(new Tally(1, 0, 0, 0));
                } else if (!recorded.json().has("plain_preamble")) {
                    // Once secure, always secure.
                    assertThat(tally.encrypted()).isZero();
                    checkFrame(recorded, inTheClear(), crcEncoder);
                    tally = tally.plus(new Tally(0, 1, 0, 0));
                } else if (!recorded.truncated()) {
                    checkFrame(recorded, secure(opener), encoder);
                    tally = tally.plus(new Tally(0, 0, 1, 0));
                } else {
                    checkBeginning(recorded, opener, received, sealer, encoder);
                    tally = tally.plus(new Tally(0, 0, 0, 1));
                }
            }
            assertThat(received.next()).isEqualTo(sent.next());
        }
        return tally;
    }

    private static void checkBanner(RecordedFrame recorded) throws ProtocolException {
        ByteBuf in = Unpooled.wrappedBuffer(recorded.wire());
        Banner.payloadLength(in, LIMITS.handshake());
        Banner banner = Banner.readPayload(new WireReader(in.skipBytes(Banner.PREFIX_BYTES)));
        ByteBuf encoded = Unpooled.buffer();
        banner.write(encoded);
        assertThat(ByteBufUtil.getBytes(encoded)).isEqualTo(recorded.wire());
    }

    private void checkFrame(RecordedFrame recorded, FrameDecoder decoder, FrameEncoder encoder)
            throws ProtocolException {
        assertThat(recorded.wire()).hasSize(recorded.wireLength());
        List<byte[]> encoded = new ArrayList<>();
        try (decoder) {
            FrameFeed.whole(decoder, recorded.wire(), frame -> {
                assertThat(frame.tag().name()).isEqualTo(recorded.tag());
                encoded.add(encodedAgain(frame, recorded, encoder));
            });
        }
        assertThat(encoded).as(recorded.toString()).hasSize(1);
        assertThat(encoded.get(0)).as(recorded.toString()).isEqualTo(recorded.wire());
    }

    /** From the decoded values only. */
    private static byte[] encodedAgain(Frame frame, RecordedFrame recorded, FrameEncoder encoder)
            throws ProtocolException {
        if (recorded.json().has("plain_segments")) {
            assertThat(ByteBufUtil.hexDump(frame.first())).isEqualTo(plain(recorded, 0));
        }
        if (frame.tag().isControl()) {
            return FrameBytes.of(encoder, frame.toControl(LIMITS));
        }
        Message message = frame.toMessage();
        try {
            checkSegment(message.front(), plain(recorded, 1));
            checkSegment(message.middle(), plain(recorded, 2));
            checkSegment(message.data(), plain(recorded, 3));
            MessageHeader header = message.header();
            return FrameBytes.of(encoder, message, header.seq(), header.ackSeq());
        } finally {
            message.release();
        }
    }

    /** Of a segment's plaintext 2 KiB are recorded. */
    private static void checkSegment(ByteBuf segment, String plain) {
        int known = Math.min(segment.readableBytes(), PLAIN_BYTES_MAX);
        assertThat(ByteBufUtil.hexDump(segment, segment.readerIndex(), known)).isEqualTo(plain);
    }

    private static String plain(RecordedFrame recorded, int segment) {
        JsonNode segments = recorded.json().get("plain_segments");
        return segments.get(segment).asText();
    }

    /**
     * Of a large frame the beginning is recorded. Its first block decrypts; the rest of it is encrypted from what is known of
     * its plaintext, zeros behind that, and begins with the recorded bytes. Either way it uses as many nonces as it has
     * blocks, or the frames behind it could not be read.
     */
    private void checkBeginning(
            RecordedFrame recorded,
            AesGcmFrameCipher opener,
            NonceCounter received,
            AesGcmFrameCipher sealer,
            FrameEncoder encoder)
            throws ProtocolException {
        assertThat(recorded.wire()).hasSizeLessThan(recorded.wireLength());
        long opened = opener.operations();
        long sealed = sealer.operations();
        Preamble preamble;
        MessageHeader header;
        try (FrameDecoder decoder = secure(opener)) {
            ByteBuf in = Unpooled.wrappedBuffer(recorded.wire());
            assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.NEED_ADMISSION);
            preamble = decoder.preamble();
            decoder.admit();
            assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.NEED_BYTES);
            header = MessageHeader.read(Unpooled.wrappedBuffer(HexFormat.of().parseHex(plain(recorded, 0))));
        }
        Message message = new Message(
                header,
                padded(recorded, preamble, 1),
                padded(recorded, preamble, 2),
                padded(recorded, preamble, 3),
                preamble.segments() > 3 ? preamble.alignment(3) : 8);
        byte[] encoded = FrameBytes.of(encoder, message, header.seq(), header.ackSeq());
        message.release();

        assertThat(encoded).hasSize(recorded.wireLength());
        int known = knownWireBytes(recorded);
        assertThat(Arrays.copyOf(encoded, known)).isEqualTo(Arrays.copyOf(recorded.wire(), known));
        // The header's 41 bytes are inline, so a message with payload has two blocks; one of them was opened.
        assertThat(sealer.operations() - sealed).isEqualTo(2);
        assertThat(opener.operations() - opened).isEqualTo(1);
        received.skip(1);
    }

    /** As far as the plaintext is recorded: the first block, and whole segments up to the one that is cut. */
    private static int knownWireBytes(RecordedFrame recorded) {
        int known = 96;
        for (int i = 1; i < 4; i++) {
            known += plain(recorded, i).length() / 2 + 15 & ~15;
        }
        assertThat(known).isGreaterThan(2048).isLessThanOrEqualTo(recorded.wire().length);
        return known;
    }

    private static ByteBuf padded(RecordedFrame recorded, Preamble preamble, int segment) {
        byte[] known = HexFormat.of().parseHex(plain(recorded, segment));
        return Unpooled.wrappedBuffer(Arrays.copyOf(known, (int) preamble.length(segment)));
    }

    private FrameDecoder inTheClear() {
        return new CrcFrameDecoder(Revision.MSGR2_1, LIMITS, FrameBounds.handshake(LIMITS), leaks.allocator());
    }

    private FrameDecoder secure(FrameCipher cipher) {
        return new SecureFrameDecoder(new Kept(cipher), LIMITS, FrameBounds.session(LIMITS), leaks.allocator());
    }

    /** Every direction once more, as the single stream that it was, cut anywhere. */
    @Scenario({"F02", "F29"})
    @ParameterizedTest
    @MethodSource("directions")
    void aDirectionIsOneStreamHoweverItIsCut(Direction direction) throws ProtocolException {
        List<RecordedFrame> frames = direction.frames().stream()
                .filter(frame -> frame.json().has("plain_preamble"))
                .takeWhile(frame -> !frame.truncated())
                .toList();
        ByteBuf stream = Unpooled.buffer();
        frames.forEach(frame -> stream.writeBytes(frame.wire()));
        for (int chunk : new int[] {1, 97, 4096}) {
            ByteBuf again = Unpooled.buffer();
            List<String> tags = new ArrayList<>();
            try (AesGcmFrameCipher opener = direction.cipher(direction.nonces());
                    AesGcmFrameCipher sealer = direction.cipher(direction.nonces());
                    FrameDecoder decoder = secure(opener);
                    FrameEncoder encoder = new SecureFrameEncoder(sealer, leaks.allocator())) {
                FrameFeed.chunks(decoder, ByteBufUtil.getBytes(stream), () -> chunk, frame -> {
                    RecordedFrame recorded = frames.get(tags.size());
                    tags.add(frame.tag().name());
                    again.writeBytes(encodedAgain(frame, recorded, encoder));
                });
            }
            assertThat(tags).isEqualTo(frames.stream().map(RecordedFrame::tag).toList());
            assertThat(again).isEqualTo(stream);
        }
    }

    /** A cipher that outlives the codecs that use it: frames are looked at one by one here. */
    private record Kept(FrameCipher cipher) implements FrameCipher {
        @Override
        public void seal(ByteBuf plain, ByteBuf out) throws ProtocolException {
            cipher.seal(plain, out);
        }

        @Override
        public void open(ByteBuf sealed, ByteBuf out) throws ProtocolException {
            cipher.open(sealed, out);
        }

        @Override
        public void peek(ByteBuf beginning, ByteBuf out) {
            cipher.peek(beginning, out);
        }

        @Override
        public void close() {}
    }
}
