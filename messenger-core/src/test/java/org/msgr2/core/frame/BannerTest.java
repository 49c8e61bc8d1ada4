package org.msgr2.core.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireReader;

class BannerTest {
    private static final Limits.Handshake LIMITS = Limits.defaults().handshake();
    private static final Banner PACIFIC = new Banner(BannerFeatures.REVISION_1, BannerFeatures.NONE);

    private static ProtocolException fault(ByteBuf bytes) {
        int start = bytes.readerIndex();
        ProtocolException fault =
                catchThrowableOfType(ProtocolException.class, () -> Banner.payloadLength(bytes, LIMITS));
        assertThat(fault).isNotNull();
        assertThat(bytes.readerIndex()).isEqualTo(start);
        return fault;
    }

    private static ByteBuf ascii(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
    }

    private static ByteBuf prefix(int payloadLength) {
        return ascii("ceph v2\n").writeShortLE(payloadLength);
    }

    @Test
    void waitsForTheWholePrefix() throws ProtocolException {
        ByteBuf whole = Unpooled.buffer();
        PACIFIC.write(whole);
        for (int length = 0; length < Banner.PREFIX_BYTES; length++) {
            assertThat(Banner.payloadLength(whole.slice(0, length), LIMITS)).isEqualTo(-1);
        }
        assertThat(Banner.payloadLength(whole, LIMITS)).isEqualTo(16);
        assertThat(whole.readerIndex()).isZero();
        assertThat(Banner.readPayload(new WireReader(whole.skipBytes(Banner.PREFIX_BYTES))))
                .isEqualTo(PACIFIC);
    }

    @Scenario("B01")
    @ParameterizedTest
    @ValueSource(strings = {"ceph v0", "ceph v02", "ceph v027", "ceph v027\0\0", "ceph v027 and more"})
    void tellsAPeerThatSpeaksMsgr1(String start) {
        ProtocolException fault = fault(ascii(start));
        assertThat(fault.kind()).isEqualTo(FaultKind.MALFORMED);
        assertThat(fault).hasMessageStartingWith("banner: the peer speaks msgr1 (a v1 address?): it sent \"ceph v0");
    }

    @Scenario("B02")
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GET / HTTP/1.1|HTTP",
                "POST /x HTTP/1.1|HTTP",
                "HEAD / HTTP/1.1|HTTP",
                "PUT / HTTP/1.1|HTTP",
                "OPTIONS * HTTP|HTTP",
                "CONNECT a:1|HTTP",
                "HTTP/1.1 400|HTTP",
            })
    void tellsAPeerThatSpeaksHttp(String start, String protocol) {
        ProtocolException fault = fault(ascii(start));
        assertThat(fault.kind()).isEqualTo(FaultKind.MALFORMED);
        assertThat(fault)
                .hasMessage("banner: the peer speaks " + protocol + ": it sent \"" + start.substring(0, 10) + "\"");
    }

    @Scenario("B02")
    @Test
    void tellsAPeerThatSpeaksTls() {
        ProtocolException fault = fault(Unpooled.wrappedBuffer(HexFormat.of().parseHex("160301020001")));
        assertThat(fault).hasMessage("banner: the peer speaks TLS: it sent \"\\x16\\x03\\x01\\x02\\x00\\x01\"");
    }

    @Scenario("B02")
    @ParameterizedTest
    @ValueSource(strings = {"G", "SSH-2.0-OpenSSH", "ceph v3\n\u0010\0", "ceph v2\r\u0010", "\u00ff", "ceph\"\\", "x"})
    void refusesGarbageByItsFirstWrongByte(String start) {
        ProtocolException fault = fault(ascii(start));
        assertThat(fault.kind()).isEqualTo(FaultKind.MALFORMED);
        assertThat(fault).hasMessageStartingWith("banner: the peer does not speak msgr2: it sent \"");
    }

    @Scenario("B02")
    @Test
    void quotesGarbageSafely() {
        assertThat(fault(ascii("a\"\\\n\u00ffbcdefghijk")))
                .hasMessage("banner: the peer does not speak msgr2: it sent \"a\\x22\\x5c\\x0a\\xffbcdef\"");
    }

    @Scenario("B02")
    @Test
    void refusesEverySingleWrongByteOfTheMagic() {
        for (int at = 0; at < 8; at++) {
            for (int value = 0; value < 256; value++) {
                ByteBuf bytes = prefix(16);
                if (bytes.getUnsignedByte(at) != value) {
                    bytes.setByte(at, value);
                    assertThat(fault(bytes.slice(0, at + 1)).kind()).isEqualTo(FaultKind.MALFORMED);
                }
            }
        }
    }

    @Scenario("B03")
    @Test
    void refusesAPayloadThatIsTooShort() {
        for (int length = 0; length < 16; length++) {
            // No byte of the payload is there: none may be touched.
            ProtocolException fault = fault(prefix(length));
            assertThat(fault.kind()).isEqualTo(FaultKind.MALFORMED);
            assertThat(fault).hasMessage("banner: payload of " + length + " bytes, expected at least 16");
        }
    }

    @Scenario("B04")
    @Test
    void ignoresWhatALongerPayloadAdds() throws ProtocolException {
        ByteBuf bytes = prefix(64).writeLongLE(1).writeLongLE(0).writeZero(48);
        assertThat(Banner.payloadLength(bytes, LIMITS)).isEqualTo(64);
        WireReader payload = new WireReader(bytes.skipBytes(Banner.PREFIX_BYTES).readSlice(64));
        assertThat(Banner.readPayload(payload)).isEqualTo(PACIFIC);
        assertThat(payload.remaining()).isEqualTo(48);
    }

    @Scenario("B04")
    @Test
    void boundsALongerPayload() throws ProtocolException {
        int max = LIMITS.bannerPayloadBytesMax();
        assertThat(Banner.payloadLength(prefix(max), LIMITS)).isEqualTo(max);
        ProtocolException fault = fault(prefix(max + 1));
        assertThat(fault.kind()).isEqualTo(FaultKind.LIMIT);
        assertThat(fault).hasMessage("banner: payload of 1025 bytes, at most 1024 are accepted");
        // The length is unsigned.
        assertThat(fault(prefix(0xffff))).hasMessage("banner: payload of 65535 bytes, at most 1024 are accepted");
    }

    @Test
    void choosesTheRevisionThatThePeerSupports() {
        assertThat(Revision.of(BannerFeatures.REVISION_1)).isEqualTo(Revision.MSGR2_1);
        assertThat(Revision.of(new BannerFeatures(3))).isEqualTo(Revision.MSGR2_1);
        assertThat(Revision.of(BannerFeatures.NONE)).isEqualTo(Revision.MSGR2_0);
        assertThat(Revision.of(BannerFeatures.COMPRESSION)).isEqualTo(Revision.MSGR2_0);
        assertThat(Revision.values()).extracting(Revision::toString).containsExactly("msgr2.0", "msgr2.1");
    }
}
