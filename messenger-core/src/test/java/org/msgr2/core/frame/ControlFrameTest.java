package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** One frame of every tag; those that no capture contains also with their bytes, from spec/msgr2 §2.1. */
class ControlFrameTest {
    private static final Limits LIMITS = Limits.defaults();
    private static final EntityAddr ADDR = EntityAddr.parse("v2:10.0.0.1:3300/5");
    private static final EntityAddrVec ADDRS = EntityAddrVec.parse("[v2:10.0.0.1:3300/5,v1:[2001:db8::1]:6789/5]");

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static Opaque opaque(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 0x5a);
        return Opaque.copyOf(bytes);
    }

    static Stream<ControlFrame> frames() {
        return Stream.of(
                new ControlFrame.Hello(EntityType.MGR, ADDR),
                new ControlFrame.AuthRequest(2, List.of(2, 1), opaque(30)),
                new ControlFrame.AuthBadMethod(2, -13, List.of(2), List.of(1, 2)),
                new ControlFrame.AuthReplyMore(opaque(9)),
                new ControlFrame.AuthRequestMore(opaque(36)),
                new ControlFrame.AuthDone(4124, 2, opaque(50)),
                new ControlFrame.AuthSignature(opaque(ControlFrame.AuthSignature.BYTES)),
                new ControlFrame.ClientIdent(
                        ADDRS, ADDR, -1, 7, CephFeatures.PACIFIC, CephFeatures.MSGR2_REQUIRED, 1, 0),
                new ControlFrame.ServerIdent(ADDRS, 3, 8, CephFeatures.PACIFIC, CephFeatures.MSGR2_REQUIRED, 0, -2),
                new ControlFrame.IdentMissingFeatures(CephFeatures.of(CephFeature.CEPHX_V2)),
                new ControlFrame.SessionReconnect(EntityAddrVec.of(ADDR), 1, 2, 3, 4, 5),
                new ControlFrame.SessionReset(true),
                new ControlFrame.SessionRetry(6),
                new ControlFrame.SessionRetryGlobal(-7),
                new ControlFrame.SessionReconnectOk(8),
                new ControlFrame.Wait(),
                new ControlFrame.Keepalive2(new UTime(1_795_168_225L, 999_999_999)),
                new ControlFrame.Keepalive2Ack(new UTime(0xffff_ffffL, 0xffff_ffffL)),
                new ControlFrame.Ack(Long.MIN_VALUE),
                new ControlFrame.CompressionRequest(true, List.of(1, 2, 3)),
                new ControlFrame.CompressionDone(true, 2));
    }

    static Stream<Arguments> unrecordedBytes() {
        return Stream.of(
                Arguments.of(
                        new ControlFrame.AuthBadMethod(2, -13, List.of(2), List.of(1, 2)),
                        "02000000 f3ffffff 01000000 02000000 02000000 01000000 02000000"),
                Arguments.of(
                        new ControlFrame.IdentMissingFeatures(CephFeatures.of(CephFeature.MSG_ADDR2)),
                        "0000000000000008"),
                Arguments.of(new ControlFrame.SessionRetryGlobal(0x0102), "0201000000000000"),
                Arguments.of(new ControlFrame.Keepalive2(new UTime(0x6b001797, 0x12345678)), "9717006b 78563412"),
                Arguments.of(new ControlFrame.Keepalive2Ack(new UTime(0x6b001797, 0x12345678)), "9717006b 78563412"),
                Arguments.of(new ControlFrame.CompressionRequest(true, List.of(1, 2)), "01 02000000 01000000 02000000"),
                Arguments.of(new ControlFrame.CompressionDone(false, 0), "00 00000000"));
    }

    private static byte[] payload(ControlFrame frame) {
        ByteBuf out = Unpooled.buffer();
        frame.write(new WireWriter(out));
        return ByteBufUtil.getBytes(out);
    }

    private static ControlFrame read(Tag tag, byte[] payload, int length) throws ProtocolException {
        return ControlFrame.read(tag, new WireReader(Unpooled.wrappedBuffer(payload, 0, length)), LIMITS.frames());
    }

    private static ProtocolException fault(Tag tag, String hex) {
        byte[] payload = HexFormat.of().parseHex(hex.replace(" ", ""));
        ProtocolException fault =
                catchThrowableOfType(ProtocolException.class, () -> read(tag, payload, payload.length));
        assertThat(fault).isNotNull();
        return fault;
    }

    @Test
    void hasASampleOfEveryTagButMessage() {
        assertThat(frames().map(ControlFrame::tag))
                .containsExactlyElementsOf(
                        Arrays.stream(Tag.values()).filter(Tag::isControl).toList());
    }

    @ParameterizedTest
    @MethodSource("unrecordedBytes")
    void writesTheSpecifiedBytes(ControlFrame frame, String hex) throws ProtocolException {
        byte[] expected = HexFormat.of().parseHex(hex.replace(" ", ""));
        assertThat(payload(frame)).isEqualTo(expected);
        assertThat(read(frame.tag(), expected, expected.length)).isEqualTo(frame);
    }

    @ParameterizedTest
    @MethodSource("frames")
    void travelsInBothRevisions(ControlFrame frame) throws ProtocolException {
        for (Revision revision : Revision.values()) {
            byte[] bytes = FrameBytes.of(new CrcFrameEncoder(revision), frame);
            try (FrameDecoder decoder =
                    new CrcFrameDecoder(revision, LIMITS, FrameBounds.handshake(LIMITS), leaks.allocator())) {
                FrameFeed.Outcome outcome = FrameFeed.whole(decoder, bytes, received -> {
                    assertThat(received.tag()).isEqualTo(frame.tag());
                    assertThat(received.toControl(LIMITS)).isEqualTo(frame);
                    // Reading a frame does not use it up.
                    assertThat(received.toControl(LIMITS)).isEqualTo(frame);
                });
                assertThat(outcome).isEqualTo(new FrameFeed.Outcome(1, 0, 0));
            }
        }
    }

    @Scenario("F25")
    @ParameterizedTest
    @MethodSource("frames")
    void ignoresBytesBehindTheKnownFields(ControlFrame frame) throws ProtocolException {
        byte[] payload = payload(frame);
        byte[] longer = Arrays.copyOf(payload, payload.length + 100);
        Arrays.fill(longer, payload.length, longer.length, (byte) 0xff);
        for (Revision revision : Revision.values()) {
            byte[] bytes = RawFrame.of(revision, frame.tag().code(), longer).bytes();
            try (FrameDecoder decoder =
                    new CrcFrameDecoder(revision, LIMITS, FrameBounds.session(LIMITS), leaks.allocator())) {
                FrameFeed.Outcome outcome = FrameFeed.whole(
                        decoder,
                        bytes,
                        received -> assertThat(received.toControl(LIMITS)).isEqualTo(frame));
                assertThat(outcome.frames()).isEqualTo(1);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("frames")
    void refusesAPayloadThatEndsAnywhereTooEarly(ControlFrame frame) {
        byte[] payload = payload(frame);
        for (int length = 0; length < payload.length; length++) {
            int cut = length;
            assertThatThrownBy(() -> read(frame.tag(), payload, cut))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageStartingWith(frame.tag() + ": ")
                    .extracting(fault -> ((ProtocolException) fault).kind())
                    .isEqualTo(FaultKind.MALFORMED);
        }
    }

    @ParameterizedTest
    @EnumSource
    void knowsTagsByTheirCodes(Tag tag) {
        assertThat(Tag.ofCode(tag.code())).isEqualTo(tag);
        assertThat(tag.code()).isEqualTo(tag.ordinal() + 1);
        assertThat(Tag.ofCode(tag.code() + Tag.values().length)).isNull();
        assertThat(tag.isControl()).isEqualTo(tag != Tag.MESSAGE);
    }

    @Test
    void doesNotReadAMessageAsAControlFrame() {
        assertThatThrownBy(() -> read(Tag.MESSAGE, new byte[41], 41)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void boundsLists() {
        assertThat(fault(Tag.AUTH_REQUEST, "02000000 41000000"))
                .hasMessage("AUTH_REQUEST: preferred modes: 65 elements, at most 64 are accepted")
                .extracting(ProtocolException::kind)
                .isEqualTo(FaultKind.LIMIT);
        assertThat(fault(Tag.AUTH_REQUEST, "02000000 ffffffff"))
                .hasMessage("AUTH_REQUEST: preferred modes: 4294967295 elements, at most 64 are accepted");
        assertThat(fault(Tag.AUTH_BAD_METHOD, "02000000 f3ffffff 02000000 02000000"))
                .hasMessage("AUTH_BAD_METHOD: allowed methods: 2 elements cannot fit in the 4 bytes left")
                .extracting(ProtocolException::kind)
                .isEqualTo(FaultKind.MALFORMED);
        assertThat(fault(Tag.COMPRESSION_REQUEST, "01 41000000"))
                .hasMessage("COMPRESSION_REQUEST: preferred methods: 65 elements, at most 64 are accepted");
    }

    @Test
    void boundsAddressVectors() {
        assertThat(fault(Tag.SERVER_IDENT, "02 21000000"))
                .hasMessage("SERVER_IDENT: entity_addrvec: 33 elements, at most 32 are accepted");
    }

    @Test
    void boundsPayloadsOfAuthentication() {
        assertThat(fault(Tag.AUTH_REPLY_MORE, "ffffffff 00"))
                .hasMessage("AUTH_REPLY_MORE: auth payload: needs 4294967295 bytes, 1 left");
        byte[] payload = payload(new ControlFrame.AuthRequestMore(opaque(64 * 1024 + 1)));
        assertThatThrownBy(() -> read(Tag.AUTH_REQUEST_MORE, payload, payload.length))
                .hasMessage("AUTH_REQUEST_MORE: auth payload: 65537 bytes, at most 65536 are accepted");
    }

    @Test
    void refusesEntityTypesThatNoPolicyCouldApplyTo() {
        assertThat(fault(Tag.HELLO, "03"))
                .hasMessage("HELLO: entity_type: unknown entity type 0x3")
                .extracting(ProtocolException::kind)
                .isEqualTo(FaultKind.MALFORMED);
    }

    @Test
    void takesAnyNonZeroByteForTrue() throws ProtocolException {
        assertThat(read(Tag.SESSION_RESET, new byte[] {(byte) 0x80}, 1)).isEqualTo(new ControlFrame.SessionReset(true));
        assertThat(read(Tag.SESSION_RESET, new byte[] {0}, 1)).isEqualTo(new ControlFrame.SessionReset(false));
    }

    @Test
    void readsLossyFromTheFlags() {
        assertThat(client(1).lossy()).isTrue();
        assertThat(client(-1).lossy()).isTrue();
        assertThat(client(2).lossy()).isFalse();
        assertThat(server(1).lossy()).isTrue();
        assertThat(server(0).lossy()).isFalse();
    }

    private static ControlFrame.ClientIdent client(long flags) {
        return new ControlFrame.ClientIdent(ADDRS, ADDR, 0, 0, CephFeatures.NONE, CephFeatures.NONE, flags, 0);
    }

    private static ControlFrame.ServerIdent server(long flags) {
        return new ControlFrame.ServerIdent(ADDRS, 0, 0, CephFeatures.NONE, CephFeatures.NONE, flags, 0);
    }

    @Test
    void showsNoSecretInItsText() {
        assertThat(new ControlFrame.AuthDone(4124, 2, opaque(50)).toString())
                .contains("<50 bytes>")
                .doesNotContain("5a");
    }
}
