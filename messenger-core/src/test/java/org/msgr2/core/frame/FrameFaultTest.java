package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBufUtil;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;

/** What a decoder refuses, why, and what it says. Nothing of a refused frame is handed on, and no buffer stays. */
class FrameFaultTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final int MESSAGE = Tag.MESSAGE.code();
    private static final int ACK = Tag.ACK.code();
    private static final long U32_MAX = 0xffff_ffffL;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private CrcFrameDecoder decoder(Revision revision, FrameBounds bounds) {
        return new CrcFrameDecoder(revision, LIMITS, bounds, leaks.allocator());
    }

    /** The fault that the bytes are answered with; fails if a frame comes out before it. */
    private ProtocolException fault(Revision revision, FrameBounds bounds, byte[] bytes) {
        try (FrameDecoder decoder = decoder(revision, bounds)) {
            ProtocolException fault = catchThrowableOfType(
                    ProtocolException.class,
                    () -> FrameFeed.whole(decoder, bytes, frame -> {
                        throw new AssertionError(frame + " was accepted");
                    }));
            assertThat(fault).as("fault").isNotNull();
            return fault;
        }
    }

    private ProtocolException sessionFault(Revision revision, RawFrame frame) {
        return fault(revision, FrameBounds.session(LIMITS), frame.bytes());
    }

    private ProtocolException handshakeFault(Revision revision, RawFrame frame) {
        return fault(revision, FrameBounds.handshake(LIMITS), frame.bytes());
    }

    private static void assertFault(ProtocolException fault, FaultKind kind, String message) {
        assertThat(fault.kind()).isEqualTo(kind);
        assertThat(fault).hasMessage(message);
    }

    private static RawFrame message(Revision revision) {
        return RawFrame.of(revision, MESSAGE, header(), new byte[] {1, 2, 3}, new byte[0], new byte[] {4, 5});
    }

    private static byte[] header() {
        byte[] header = new byte[MessageHeader.BYTES];
        header[0] = 1;
        return header;
    }

    @Scenario("F07")
    @ParameterizedTest
    @EnumSource
    void refusesAFrameOfZeroSegments(Revision revision) {
        RawFrame frame = RawFrame.of(revision, ACK, new byte[8]).segments(0);
        assertFault(sessionFault(revision, frame), FaultKind.MALFORMED, "ACK: 0 segments, expected 1 to 4");
        assertFault(handshakeFault(revision, frame), FaultKind.MALFORMED, "ACK: 0 segments, expected 1 to 4");
    }

    @Scenario("F08")
    @ParameterizedTest
    @EnumSource
    void refusesMoreThanFourSegmentsBeforeTheirBodies(Revision revision) {
        for (int segments : new int[] {5, 6, 128, 255}) {
            byte[] preamble = message(revision).segments(segments).preamble();
            assertFault(
                    fault(revision, FrameBounds.session(LIMITS), preamble),
                    FaultKind.MALFORMED,
                    "MESSAGE: " + segments + " segments, expected 1 to 4");
        }
    }

    @Scenario("F09")
    @ParameterizedTest
    @EnumSource
    void refusesAnEmptyLastSegment(Revision revision) {
        for (int segments = 2; segments <= 4; segments++) {
            byte[] preamble =
                    message(revision).segments(segments).length(segments - 1, 0).preamble();
            assertFault(
                    fault(revision, FrameBounds.session(LIMITS), preamble),
                    FaultKind.MALFORMED,
                    "MESSAGE: last of " + segments + " segments is empty");
        }
    }

    @Scenario("F10")
    @ParameterizedTest
    @EnumSource
    void refusesAnyFlippedBitOfAPreamble(Revision revision) {
        byte[] bytes = message(revision).bytes();
        for (int bit = 0; bit < 8 * Preamble.BYTES; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            ProtocolException fault = fault(revision, FrameBounds.session(LIMITS), bytes);
            assertThat(fault.kind()).isEqualTo(FaultKind.INTEGRITY);
            assertThat(fault).hasMessageMatching("preamble crc is 0x[0-9a-f]+, computed 0x[0-9a-f]+");
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Scenario("F10")
    @ParameterizedTest
    @EnumSource
    void namesBothCrcsOfAPreamble(Revision revision) {
        RawFrame frame = RawFrame.of(revision, Tag.WAIT.code(), new byte[0]).corruptPreambleCrc(1);
        // The right one is published: c8e3aab0 as bytes.
        assertFault(
                handshakeFault(revision, frame),
                FaultKind.INTEGRITY,
                "preamble crc is 0xb0aae3c9, computed 0xb0aae3c8");
    }

    @Scenario({"F11", "F12"})
    @ParameterizedTest
    @EnumSource
    void refusesAnyFlippedBitOfASegmentOrItsCrc(Revision revision) {
        byte[] bytes = message(revision).bytes();
        boolean rev0 = revision == Revision.MSGR2_0;
        int lateStatusAt = bytes.length - (rev0 ? 17 : 13);
        // msgr2.0 has four crcs at the end, msgr2.1 one behind the first segment and three at the end.
        for (int at = Preamble.BYTES; at < bytes.length; at++) {
            if (at == lateStatusAt) {
                continue;
            }
            for (int bit = 0; bit < 8; bit++) {
                bytes[at] ^= (byte) (1 << bit);
                ProtocolException fault = fault(revision, FrameBounds.session(LIMITS), bytes);
                assertThat(fault.kind()).isEqualTo(FaultKind.INTEGRITY);
                assertThat(fault)
                        .hasMessageMatching("MESSAGE: crc of segment [1-4] is 0x[0-9a-f]+, computed 0x[0-9a-f]+");
                bytes[at] ^= (byte) (1 << bit);
            }
        }
    }

    @Scenario({"F11", "F12"})
    @ParameterizedTest
    @EnumSource
    void namesTheSegmentWhoseCrcIsWrong(Revision revision) {
        for (int i = 0; i < 4; i++) {
            ProtocolException fault = sessionFault(revision, message(revision).corruptCrc(i, 0x8000_0000));
            assertThat(fault.kind()).isEqualTo(FaultKind.INTEGRITY);
            assertThat(fault).hasMessageStartingWith("MESSAGE: crc of segment " + (i + 1) + " is 0x");
        }
        // An empty segment in use has the crc of nothing, and it is checked.
        assertFault(
                sessionFault(revision, message(revision).corruptCrc(2, 1)),
                FaultKind.INTEGRITY,
                "MESSAGE: crc of segment 3 is 0xfffffffe, computed 0xffffffff");
    }

    @Scenario({"F11", "F12"})
    @ParameterizedTest
    @EnumSource
    void ignoresTheCrcPlacesOfUnusedSegments(Revision revision) throws ProtocolException {
        byte[] bytes = RawFrame.of(revision, MESSAGE, header(), new byte[] {1}).bytes();
        for (int i = 1; i <= 8; i++) {
            bytes[bytes.length - i] = 0x55;
        }
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            assertThat(FrameFeed.whole(decoder, bytes, frame -> {}).frames()).isEqualTo(1);
        }
    }

    @Scenario("F13")
    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x11, 0xf1})
    void skipsAFrameThatMsgr21SaysIsAborted(int lateStatus) throws ProtocolException {
        assertSkipped(Revision.MSGR2_1, lateStatus);
    }

    @Scenario("F14")
    @ParameterizedTest
    @ValueSource(ints = {0x01, 0x0f, 0xff})
    void skipsAFrameThatMsgr20SaysIsAborted(int lateFlags) throws ProtocolException {
        assertSkipped(Revision.MSGR2_0, lateFlags);
    }

    private void assertSkipped(Revision revision, int late) throws ProtocolException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        // What a sender that changes its mind leaves: zeros, and their crcs.
        stream.writeBytes(RawFrame.of(revision, MESSAGE, header(), new byte[100], new byte[10])
                .lateStatus(late)
                .bytes());
        stream.writeBytes(FrameBytes.of(new CrcFrameEncoder(revision), new ControlFrame.Ack(5)));
        List<ControlFrame> received = new ArrayList<>();
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            FrameFeed.Outcome outcome =
                    FrameFeed.whole(decoder, stream.toByteArray(), frame -> received.add(frame.toControl(LIMITS)));
            assertThat(outcome).isEqualTo(new FrameFeed.Outcome(1, 1, 1));
        }
        assertThat(received).containsExactly(new ControlFrame.Ack(5));
    }

    @Scenario("F14")
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void skipsAnAbortedControlFrameWithoutAWord(boolean handshake) throws ProtocolException {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        stream.writeBytes(
                RawFrame.of(Revision.MSGR2_0, ACK, new byte[8]).lateStatus(1).bytes());
        stream.writeBytes(FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_0), new ControlFrame.Ack(5)));
        FrameBounds bounds = handshake ? FrameBounds.handshake(LIMITS) : FrameBounds.session(LIMITS);
        try (FrameDecoder decoder = decoder(Revision.MSGR2_0, bounds)) {
            FrameFeed.Outcome outcome = FrameFeed.whole(
                    decoder,
                    stream.toByteArray(),
                    frame -> assertThat(frame.toControl(LIMITS)).isEqualTo(new ControlFrame.Ack(5)));
            // ABORTED is said of admitted frames, whose permits have to be given back.
            assertThat(outcome).isEqualTo(new FrameFeed.Outcome(1, 0, 0));
        }
    }

    @Scenario({"F13", "F14"})
    @ParameterizedTest
    @EnumSource
    void checksTheCrcsOfAnAbortedFrameToo(Revision revision) {
        ProtocolException fault =
                sessionFault(revision, message(revision).lateStatus(1).corruptCrc(3, 1));
        assertThat(fault.kind()).isEqualTo(FaultKind.INTEGRITY);
    }

    static IntStream garbageLateStatus() {
        return IntStream.range(0, 256).filter(status -> (status & 0x0f) != 0x01 && (status & 0x0f) != 0x0e);
    }

    @Scenario("F15")
    @ParameterizedTest
    @MethodSource("garbageLateStatus")
    void refusesALateStatusThatIsNeitherCompleteNorAborted(int status) {
        assertFault(
                sessionFault(Revision.MSGR2_1, message(Revision.MSGR2_1).lateStatus(status)),
                FaultKind.MALFORMED,
                "MESSAGE: late_status 0x" + Integer.toHexString(status) + " is neither complete nor aborted");
    }

    @Scenario("F15")
    @ParameterizedTest
    @ValueSource(ints = {0x0e, 0x1e, 0xee, 0xfe})
    void ignoresTheHighNibbleOfALateStatus(int status) throws ProtocolException {
        assertAccepted(Revision.MSGR2_1, message(Revision.MSGR2_1).lateStatus(status));
    }

    @Scenario("F15")
    @ParameterizedTest
    @ValueSource(ints = {0x00, 0x02, 0x0e, 0xfe})
    void ignoresLateFlagsThatHaveNoMeaning(int flags) throws ProtocolException {
        assertAccepted(Revision.MSGR2_0, message(Revision.MSGR2_0).lateStatus(flags));
    }

    private void assertAccepted(Revision revision, RawFrame frame) throws ProtocolException {
        try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
            FrameFeed.Outcome outcome = FrameFeed.whole(
                    decoder, frame.bytes(), received -> received.toMessage().release());
            assertThat(outcome.frames()).isEqualTo(1);
        }
    }

    @Scenario("F21")
    @ParameterizedTest
    @EnumSource
    void refusesAHugeSegmentOfAPeerThatIsNotAuthenticated(Revision revision) {
        for (Tag tag : Tag.values()) {
            if (tag.isControl()) {
                byte[] preamble = RawFrame.of(revision, tag.code(), new byte[0])
                        .length(0, U32_MAX)
                        .preamble();
                assertFault(
                        fault(revision, FrameBounds.handshake(LIMITS), preamble),
                        FaultKind.LIMIT,
                        tag + ": segment of 4294967295 bytes, at most 16384 are accepted");
            }
        }
    }

    @Scenario("F21")
    @ParameterizedTest
    @EnumSource
    void boundsControlSegmentsExactly(Revision revision) throws ProtocolException {
        checkControlBound(
                revision, FrameBounds.handshake(LIMITS), LIMITS.handshake().frameBytesMax());
        checkControlBound(revision, FrameBounds.session(LIMITS), LIMITS.frames().controlBytesMax());
    }

    private void checkControlBound(Revision revision, FrameBounds bounds, int max) throws ProtocolException {
        byte[] largest = RawFrame.of(revision, ACK, new byte[max]).bytes();
        try (FrameDecoder decoder = decoder(revision, bounds)) {
            FrameFeed.Outcome outcome = FrameFeed.whole(
                    decoder,
                    largest,
                    frame -> assertThat(frame.first().readableBytes()).isEqualTo(max));
            assertThat(outcome.frames()).isEqualTo(1);
        }
        assertFault(
                fault(
                        revision,
                        bounds,
                        RawFrame.of(revision, ACK, new byte[max + 1]).bytes()),
                FaultKind.LIMIT,
                "ACK: segment of " + (max + 1) + " bytes, at most " + max + " are accepted");
    }

    static Stream<Arguments> messageBounds() {
        Limits.Frames max = LIMITS.frames();
        return Stream.of(
                Arguments.of(0, "header segment", (long) max.headerBytesMax()),
                Arguments.of(1, "front", (long) max.frontBytesMax()),
                Arguments.of(2, "middle", (long) max.middleBytesMax()),
                Arguments.of(3, "data", (long) max.dataBytesMax()));
    }

    @Scenario("F21")
    @ParameterizedTest
    @MethodSource("messageBounds")
    void refusesHugeSegmentsOfAMessageByName(int segment, String name, long max) {
        for (Revision revision : Revision.values()) {
            for (long length : new long[] {max + 1, 0x7fff_ffffL, 0x8000_0000L, U32_MAX}) {
                byte[] preamble = message(revision).length(segment, length).preamble();
                assertFault(
                        fault(revision, FrameBounds.session(LIMITS), preamble),
                        FaultKind.LIMIT,
                        "MESSAGE: " + name + " of " + length + " bytes, at most " + max + " are accepted");
            }
        }
    }

    @Scenario("F21")
    @ParameterizedTest
    @EnumSource
    void boundsTheSumOfAMessagesSegments(Revision revision) {
        Limits tight = LIMITS.withFrames(LIMITS.frames().withMessageBytesMax(100));
        byte[] preamble = RawFrame.of(revision, MESSAGE, header(), new byte[50], new byte[1], new byte[50])
                .preamble();
        assertFault(
                fault(revision, FrameBounds.session(tight), preamble),
                FaultKind.LIMIT,
                "MESSAGE: front, middle and data of 101 bytes, at most 100 are accepted");
    }

    @Scenario("F22")
    @ParameterizedTest
    @EnumSource
    void refusesAnEmptyControlFrameUnlessItIsWait(Tag tag) throws ProtocolException {
        for (Revision revision : Revision.values()) {
            for (FrameBounds bounds : List.of(FrameBounds.handshake(LIMITS), FrameBounds.session(LIMITS))) {
                byte[] bytes = RawFrame.of(revision, tag.code(), new byte[0]).bytes();
                if (tag == Tag.WAIT) {
                    try (FrameDecoder decoder = decoder(revision, bounds)) {
                        assertThat(FrameFeed.whole(
                                                decoder,
                                                bytes,
                                                frame -> assertThat(frame.toControl(LIMITS))
                                                        .isEqualTo(new ControlFrame.Wait()))
                                        .frames())
                                .isEqualTo(1);
                    }
                } else if (tag.isControl()) {
                    assertFault(fault(revision, bounds, bytes), FaultKind.MALFORMED, tag + ": empty segment");
                } else {
                    // An empty MESSAGE is F23's and F28's.
                    assertThat(fault(revision, bounds, bytes)).hasMessageStartingWith("MESSAGE: ");
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesAControlFrameOfSeveralSegments(Revision revision) {
        for (int segments = 2; segments <= 4; segments++) {
            byte[] preamble = message(revision).segments(segments).length(2, 7).preamble();
            preamble[0] = (byte) ACK;
            RawFrame.sealCrcs(revision, preamble);
            assertFault(
                    fault(revision, FrameBounds.session(LIMITS), preamble),
                    FaultKind.MALFORMED,
                    "ACK: " + segments + " segments, a control frame has one");
        }
    }

    @Scenario("F23")
    @ParameterizedTest
    @EnumSource
    void refusesAMessageHeaderThatIsTooShort(Revision revision) {
        for (int length : new int[] {0, 1, 40}) {
            RawFrame frame = RawFrame.of(revision, MESSAGE, new byte[length], new byte[] {1});
            assertFault(
                    sessionFault(revision, frame),
                    FaultKind.MALFORMED,
                    "MESSAGE: header segment of " + length + " bytes, expected at least 41");
        }
    }

    @Scenario("F23")
    @ParameterizedTest
    @EnumSource
    void releasesTheSegmentsOfAMessageWhoseHeaderIsTooShort(Revision revision) throws ProtocolException {
        byte[] bytes =
                RawFrame.of(revision, MESSAGE, new byte[40], new byte[] {1}).bytes();
        // Even if the bounds had let it through.
        try (FrameDecoder decoder = decoder(revision, preamble -> {})) {
            ProtocolException fault = catchThrowableOfType(
                    ProtocolException.class,
                    () -> FrameFeed.whole(
                            decoder, bytes, frame -> frame.toMessage().release()));
            assertFault(fault, FaultKind.MALFORMED, "MESSAGE: header2: 40 bytes, expected at least 41");
        }
    }

    @Scenario("F24")
    @ParameterizedTest
    @EnumSource
    void readsTheBeginningOfALongerMessageHeader(Revision revision) throws ProtocolException {
        for (int length : new int[] {42, 48, 100, 4096}) {
            byte[] header = new byte[length];
            header[0] = 9;
            header[40] = 0x12;
            header[41] = 0x77;
            ByteArrayOutputStream stream = new ByteArrayOutputStream();
            stream.writeBytes(
                    RawFrame.of(revision, MESSAGE, header, new byte[] {1, 2}).bytes());
            stream.writeBytes(RawFrame.of(revision, MESSAGE, header).bytes());
            List<String> received = new ArrayList<>();
            try (FrameDecoder decoder = decoder(revision, FrameBounds.session(LIMITS))) {
                FrameFeed.whole(decoder, stream.toByteArray(), frame -> {
                    Message message = frame.toMessage();
                    assertThat(message.header()).isEqualTo(new MessageHeader(9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x1200));
                    received.add(ByteBufUtil.hexDump(message.front()));
                    message.release();
                });
            }
            assertThat(received).containsExactly("0102", "");
        }
    }

    static IntStream unknownTags() {
        return IntStream.range(0, 256).filter(code -> code == 0 || code > 22);
    }

    @Scenario("F26")
    @ParameterizedTest
    @MethodSource("unknownTags")
    void refusesUnknownTags(int code) {
        for (Revision revision : Revision.values()) {
            RawFrame frame = RawFrame.of(revision, code, new byte[8]);
            assertFault(sessionFault(revision, frame), FaultKind.MALFORMED, "unknown tag " + code);
            assertFault(handshakeFault(revision, frame), FaultKind.MALFORMED, "unknown tag " + code);
        }
    }

    @Scenario("F28")
    @ParameterizedTest
    @EnumSource
    void refusesAMessageBeforeTheSessionIsReady(Revision revision) {
        byte[] preamble = message(revision).preamble();
        assertFault(
                fault(revision, FrameBounds.handshake(LIMITS), preamble),
                FaultKind.SEQUENCE,
                "MESSAGE: before the session is ready");
    }

    @ParameterizedTest
    @EnumSource
    void refusesCompressionThatWasNotNegotiated(Revision revision) {
        for (int flags : new int[] {0x01, 0x03, 0xff}) {
            assertFault(
                    sessionFault(revision, message(revision).flags(flags)),
                    FaultKind.FEATURE,
                    "MESSAGE: compressed, but compression was not negotiated");
        }
    }

    @ParameterizedTest
    @EnumSource
    void ignoresWhatIsReservedOrUnusedInAPreamble(Revision revision) throws ProtocolException {
        RawFrame frame = RawFrame.of(revision, MESSAGE, header(), new byte[] {1})
                .flags(0xfe)
                .reserved(0xff)
                .length(2, U32_MAX)
                .alignment(3, 0xffff);
        assertAccepted(revision, frame);
    }
}
