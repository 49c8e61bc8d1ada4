package org.msgr2.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.frame.Banner;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.CrcFrameDecoder;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** The lines of {@code vectors/msgr2.txt} that concern crc mode, byte for byte. */
class PublishedVectorsTest {
    private static final List<String> LINES = CephVectors.lines("msgr2.txt");

    private static final Pattern SIZES = Pattern.compile(
            "\\[(\\d+), (\\d+), (\\d+), (\\d+)\\] rev0crc (\\d+) rev0sec \\d+ rev1crc (\\d+) rev1sec \\d+");

    private static final EntityAddr MON = EntityAddr.parse("v2:192.168.1.10:3300/0");

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** The first word behind the name of a line: hex, in most. */
    private static String published(String name) {
        List<String> found = LINES.stream()
                .filter(line -> line.startsWith(name + ":") || line.startsWith(name + " :"))
                .toList();
        assertThat(found).as(name).hasSize(1);
        return found.get(0).substring(name.length()).replaceFirst("^ ?: *", "").split(" ")[0];
    }

    private static String hex(Consumer<WireWriter> what) {
        ByteBuf out = Unpooled.buffer();
        what.accept(new WireWriter(out));
        return ByteBufUtil.hexDump(out);
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** Eleven of them are of secure mode and of keys, and checked in the modules that implement those. */
    @Test
    void knowsHowManyLinesThereAre() {
        assertThat(LINES).hasSize(28);
        assertThat(LINES.stream().filter(line -> line.matches("(secure|nonce|challenge|K[ei] |rfc8009).*")))
                .hasSize(11);
    }

    @Test
    void turnsTheJdksCrcIntoThatOfAPreamble() {
        CRC32C jdk = new CRC32C();
        jdk.update(new byte[28]);
        int zeros = ~(int) jdk.getValue();
        assertThat(LINES).contains("K28 crc(-1,0*28)= 0x" + Integer.toHexString(zeros));
        assertThat(RawFrame.crc(-1, new byte[28], 0, 28)).isEqualTo(zeros);
    }

    @Scenario("B13")
    @ParameterizedTest
    @CsvSource({"v2:192.168.1.10:3300/0, 35", "v2:[2001:db8::1]:6800/7, 47"})
    void encodesAddresses(String text, int bytes) throws ProtocolException {
        String published = published("addr " + text);
        EntityAddr addr = EntityAddr.parse(text);
        assertThat(hex(addr::write)).isEqualTo(published).hasSize(2 * bytes);
        ByteBuf in = Unpooled.wrappedBuffer(HexFormat.of().parseHex(published));
        assertThat(EntityAddr.read(new WireReader(in))).isEqualTo(addr);
        assertThat(in.isReadable()).isFalse();
    }

    @Scenario("B13")
    @Test
    void encodesAnAddressVector() throws ProtocolException {
        String published = published("addrvec[any:10.0.0.5:0/0x11223344]");
        EntityAddrVec addrs = EntityAddrVec.parse("any:10.0.0.5:0/" + 0x1122_3344);
        assertThat(hex(addrs::write)).isEqualTo(published);
        ByteBuf in = Unpooled.wrappedBuffer(HexFormat.of().parseHex(published));
        assertThat(EntityAddrVec.read(new WireReader(in), 1)).isEqualTo(addrs);
    }

    @Test
    void encodesBanners() {
        assertThat(banner(1)).isEqualTo(published("banner pacific"));
        assertThat(banner(3)).isEqualTo(published("banner quincy+"));
    }

    private static String banner(long supported) {
        ByteBuf out = Unpooled.buffer();
        new Banner(new BannerFeatures(supported), BannerFeatures.NONE).write(out);
        return ByteBufUtil.hexDump(out);
    }

    @Scenario("F03")
    @Test
    void encodesHello() throws ProtocolException {
        ControlFrame hello = new ControlFrame.Hello(EntityType.CLIENT, MON);
        assertThat(hex(FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_1), hello)))
                .isEqualTo(published("HELLO(client,->mon addr) rev1 crc"));
        assertThat(hex(FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_0), hello)))
                .isEqualTo(published("HELLO rev0 crc"));
    }

    @Scenario("F03")
    @Test
    void encodesWait() throws ProtocolException {
        ControlFrame wait = new ControlFrame.Wait();
        assertThat(hex(FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_1), wait)))
                .isEqualTo(published("WAIT rev1 crc"));
        assertThat(hex(FrameBytes.of(new CrcFrameEncoder(Revision.MSGR2_0), wait)))
                .isEqualTo(published("WAIT rev0 crc"));
    }

    @Scenario("F03")
    @Test
    void encodesMessages() throws ProtocolException {
        CrcFrameEncoder encoder = new CrcFrameEncoder(Revision.MSGR2_1);
        Message ping = Message.builder(MessageType.PING).build();
        assertThat(hex(FrameBytes.of(encoder, ping, 1, 0))).isEqualTo(published("MSG ping rev1"));
        Message parts = Message.builder(MessageType.PING)
                .front(Unpooled.copiedBuffer("abc", StandardCharsets.US_ASCII))
                .data(Unpooled.copiedBuffer("xyz", StandardCharsets.US_ASCII))
                .build();
        assertThat(hex(FrameBytes.of(encoder, parts, 1, 0))).isEqualTo(published("MSG front=abc,data=xyz rev1"));
        parts.release();
        ping.release();
        assertThat(LINES).contains("header2 len " + MessageHeader.BYTES);
    }

    @Scenario("F01")
    @Test
    void takesExactlyThePublishedSizes() throws ProtocolException {
        List<String> checked = new ArrayList<>();
        for (String line : LINES) {
            Matcher sizes = SIZES.matcher(line);
            if (sizes.matches()) {
                checkSize(sizes, Revision.MSGR2_0, Integer.parseInt(sizes.group(5)));
                checkSize(sizes, Revision.MSGR2_1, Integer.parseInt(sizes.group(6)));
                checked.add(line);
            }
        }
        assertThat(checked).hasSize(4);
    }

    /** A frame of zeros, cut to the published size, is complete: one byte less and it is not. */
    private void checkSize(Matcher sizes, Revision revision, int published) throws ProtocolException {
        int used = 1;
        for (int i = 1; i < 4; i++) {
            used = sizes.group(i + 1).equals("0") ? used : i + 1;
        }
        byte[][] segments = new byte[used][];
        for (int i = 0; i < used; i++) {
            segments[i] = new byte[Integer.parseInt(sizes.group(i + 1))];
        }
        byte[] bytes = RawFrame.of(revision, Tag.MESSAGE.code(), segments).bytes();
        assertThat(bytes).as(sizes.group()).hasSize(published);
        FrameBounds anything = preamble -> {};
        try (FrameDecoder decoder = new CrcFrameDecoder(revision, Limits.defaults(), anything, leaks.allocator())) {
            ByteBuf in = Unpooled.wrappedBuffer(bytes, 0, published - 1);
            assertThat(decoder.next(in))
                    .isEqualTo(published == 32 ? FrameDecoder.Result.NEED_BYTES : FrameDecoder.Result.NEED_ADMISSION);
            if (published > 32) {
                decoder.admit();
                assertThat(decoder.next(in)).isEqualTo(FrameDecoder.Result.NEED_BYTES);
            }
            byte[] last = {bytes[published - 1]};
            FrameFeed.Outcome outcome = FrameFeed.whole(
                    decoder,
                    last,
                    frame -> assertThat(frame.first().readableBytes()).isEqualTo(segments[0].length));
            assertThat(outcome.frames()).isEqualTo(1);
        }
    }

    @Test
    void computesThePublishedCrcOfZeros() {
        assertThat(LINES).contains("K28 crc(-1,0*28)= 0x" + Integer.toHexString(RawFrame.crc(-1, new byte[28], 0, 28)));
    }
}
