package org.msgr2.core.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr.Type;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

class EntityAddrTest {
    private static final String BODY_ELSE = "00000000000000000000000000000000000000000000000000000000";

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    private static EntityAddr read(String text) throws WireException {
        ByteBuf in = Unpooled.wrappedBuffer(hex(text));
        EntityAddr addr = EntityAddr.read(new WireReader(in));
        assertThat(in.isReadable()).as("bytes left over").isFalse();
        return addr;
    }

    private static String written(EntityAddr addr) {
        ByteBuf out = Unpooled.buffer();
        addr.write(new WireWriter(out));
        return ByteBufUtil.hexDump(out);
    }

    private static void assertMalformed(String text, String message) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(WireException.class)
                .hasMessage(message)
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.MALFORMED);
    }

    @Scenario("B13")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "v2:10.0.0.1:3300/0",
                "v1:10.0.0.1:6789/4294967295",
                "any:127.0.0.1:0/1869278464",
                "-:1.2.3.4:5/6",
                "v2:255.255.255.255:65535/2147483648",
                "v2:[::1]:6800/123",
                "v1:[2001:db8::1]:6800/7",
                "any:[fe80::1%2]:0/9",
                "v2:[fe80::1%4294967295]:1/1",
                "v2:[::]:0/0",
                "v2:0.0.0.0:0/0",
                "v2:-:0/77",
                "-"
            })
    void survivesTheWireAndTheText(String text) throws WireException {
        EntityAddr addr = EntityAddr.parse(text);
        assertThat(addr).hasToString(text);
        String bytes = written(addr);
        assertThat(bytes).hasSize(2 * (addr.family() == EntityAddr.FAMILY_INET ? 35 : 47));
        assertThat(read(bytes)).isEqualTo(addr).hasSameHashCodeAs(addr).hasToString(text);
    }

    @Scenario("B13")
    @Test
    void encodesAsThePublishedBytes() throws WireException {
        String bytes = "01 01 01 1c000000 02000000 00000000 10000000 0200 0ce4 c0a8010a 0000000000000000";
        EntityAddr addr = read(bytes);
        assertThat(addr.type()).isEqualTo(Type.MSGR2);
        assertThat(addr.nonce()).isZero();
        assertThat(addr.family()).isEqualTo(EntityAddr.FAMILY_INET);
        assertThat(addr.port()).isEqualTo(3300);
        assertThat(addr.ip()).containsExactly(192, 168, 1, 10);
        assertThat(addr.scopeId()).isZero();
        assertThat(written(addr)).isEqualTo(bytes.replace(" ", ""));
    }

    @Scenario("B13")
    @Test
    void encodesScopesLittleEndianBehindTheAddress() throws WireException {
        EntityAddr addr = EntityAddr.parse("any:[fe80::2%258]:3300/1");
        assertThat(written(addr))
                .isEqualTo("01010128000000" + "03000000" + "01000000" + "1c000000" + "0a000ce4" + "00000000"
                        + "fe800000000000000000000000000002" + "02010000");
        assertThat(addr.scopeId()).isEqualTo(258);
    }

    @Scenario("B13")
    @Test
    void readsAndWritesTheLegacyForm() throws WireException {
        // u32 0, u32 nonce, a sockaddr_storage of 128 bytes whose family is big-endian.
        String inet = "00000000 07000000 0002 1a85 0a000001" + "00".repeat(120);
        EntityAddr addr = read(inet);
        assertThat(addr).isEqualTo(EntityAddr.parse("v1:10.0.0.1:6789/7"));
        assertThat(legacy(addr)).isEqualTo(inet.replace(" ", "")).hasSize(2 * 136);

        String inet6 =
                "00000000 07000000 000a 1a85 00000000 20010db8000000000000000000000001 05000000" + "00".repeat(100);
        EntityAddr addr6 = read(inet6);
        assertThat(addr6).isEqualTo(EntityAddr.parse("v1:[2001:db8::1%5]:6789/7"));
        assertThat(legacy(addr6)).isEqualTo(inet6.replace(" ", "")).hasSize(2 * 136);
    }

    @Scenario("B13")
    @Test
    void losesTheTypeInTheLegacyForm() throws WireException {
        EntityAddr any = EntityAddr.parse("any:10.0.0.1:0/7");
        assertThat(read(legacy(any))).isEqualTo(any.withType(Type.LEGACY));
        assertThat(read(legacy(EntityAddr.BLANK))).isEqualTo(EntityAddr.BLANK.withType(Type.LEGACY));
    }

    private static String legacy(EntityAddr addr) {
        ByteBuf out = Unpooled.buffer();
        addr.writeLegacy(new WireWriter(out));
        return ByteBufUtil.hexDump(out);
    }

    @Scenario("B13")
    @Test
    void writesABlankAddressWithAWholeSockaddrAndReadsOneWithout() throws WireException {
        String published = "01 01 01 28000000 00000000 00000000 1c000000" + BODY_ELSE;
        assertThat(written(EntityAddr.BLANK))
                .isEqualTo(published.replace(" ", ""))
                .hasSize(2 * 47);
        assertThat(read(published)).isEqualTo(EntityAddr.BLANK);
        assertThat(read("01 01 01 0c000000 00000000 00000000 00000000")).isEqualTo(EntityAddr.BLANK);
        assertThat(read("01 01 01 0c000000 03000000 09000000 00000000"))
                .isEqualTo(EntityAddr.BLANK.withType(Type.ANY).withNonce(9));
    }

    @Scenario("B13")
    @Test
    void skipsWhatANewerEncoderAppends() throws WireException {
        assertThat(read("01 02 01 20000000 02000000 00000000 10000000 0200 0ce4 c0a8010a 0000000000000000 ffffffff"))
                .isEqualTo(EntityAddr.parse("v2:192.168.1.10:3300/0"));
    }

    @Scenario("B14")
    @Test
    void refusesASockaddrThatHoldsNoFamily() {
        assertMalformed(
                "01 01 01 0d000000 02000000 00000000 01000000 02",
                "entity_addr sockaddr length: 1 cannot hold an address family");
    }

    @Scenario("B14")
    @Test
    void refusesASockaddrThatIsTooLongForItsFamily() {
        String rest = "00".repeat(300);
        assertMalformed(
                "01 01 01 d4000000 02000000 00000000 c8000000 0200" + rest,
                "entity_addr sockaddr length: 200, family 2 takes at most 16");
        assertMalformed(
                "01 01 01 d4000000 02000000 00000000 c8000000 0a00" + rest,
                "entity_addr sockaddr length: 200, family 10 takes at most 28");
        assertMalformed(
                "01 01 01 d4000000 02000000 00000000 11000000 0200" + rest,
                "entity_addr sockaddr length: 17, family 2 takes at most 16");
        assertMalformed(
                "01 01 01 d4000000 02000000 00000000 1d000000 0a00" + rest,
                "entity_addr sockaddr length: 29, family 10 takes at most 28");
        assertMalformed(
                "01 01 01 d4000000 02000000 00000000 ffffffff 0000" + rest,
                "entity_addr sockaddr length: 4294967295, family 0 takes at most 28");
    }

    @Scenario("B14")
    @Test
    void refusesAStructureThatIsShorterThanItsContent() {
        assertMalformed(
                "01 01 01 1b000000 02000000 00000000 10000000 0200 0ce4 c0a8010a 0000000000000000",
                "entity_addr sockaddr: needs 14 bytes, 13 left");
        assertMalformed("01 01 01 04000000 02000000 00000000", "entity_addr nonce: needs 4 bytes, 0 left");
        assertMalformed("01 01 01 1d000000 02000000", "entity_addr: needs 29 bytes, 4 left");
    }

    @Scenario("B14")
    @ParameterizedTest
    @ValueSource(strings = {"v2:10.0.0.1:3300/5", "v2:[::1]:3300/5", "-"})
    void refusesAnAddressThatEndsAnywhereTooEarly(String text) {
        String whole = written(EntityAddr.parse(text));
        String legacy = legacy(EntityAddr.parse(text));
        for (int bytes = 0; bytes < whole.length() / 2; bytes++) {
            String cut = whole.substring(0, 2 * bytes);
            assertThatThrownBy(() -> read(cut))
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("left");
        }
        for (int bytes = 0; bytes < legacy.length() / 2; bytes++) {
            String cut = legacy.substring(0, 2 * bytes);
            assertThatThrownBy(() -> read(cut))
                    .isInstanceOf(WireException.class)
                    .hasMessageContaining("left");
        }
    }

    @Scenario("B14")
    @Test
    void refusesUnknownMarkersVersionsAndTypes() {
        assertMalformed("02", "entity_addr marker: 2, expected 0 or 1");
        assertMalformed("ff", "entity_addr marker: 255, expected 0 or 1");
        assertMalformed("01 01 01 0c000000 04000000 00000000 00000000", "entity_addr type: unknown value 4");
        assertMalformed("01 01 01 0c000000 ffffffff 00000000 00000000", "entity_addr type: unknown value 4294967295");
        assertThatThrownBy(() -> read("01 02 02 0c000000 00000000 00000000 00000000"))
                .hasMessage("entity_addr: needs a decoder of version 2, ours is 1")
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.FEATURE);
    }

    @Test
    void keepsAnAddressOfAnUnknownFamily() throws WireException {
        String bytes = "01 01 01 28000000 02000000 05000000 1c000000 2800" + "ab".repeat(26);
        EntityAddr addr = read(bytes);
        assertThat(addr.family()).isEqualTo(40);
        assertThat(addr.ip()).isEmpty();
        assertThat(addr.isBlankIp()).isTrue();
        assertThat(addr).hasToString("v2:-:43947/5");
        assertThat(written(addr)).isEqualTo(bytes.replace(" ", ""));
    }

    /** The order of spec/msgr2 §1.2, smallest first: type, nonce from its least significant byte, family, port, IP. */
    @Test
    void sortsAsCephComparesMemory() {
        List<EntityAddr> sorted = List.of(
                EntityAddr.BLANK,
                EntityAddr.parse("v1:9.9.9.9:9/9"),
                EntityAddr.parse("v2:9.9.9.9:9/0"),
                EntityAddr.parse("v2:9.9.9.9:9/16777216"),
                EntityAddr.parse("v2:10.0.0.2:9/256"),
                EntityAddr.parse("v2:10.0.0.1:9/1"),
                EntityAddr.parse("v2:10.0.0.2:9/1"),
                EntityAddr.parse("v2:10.0.0.1:10/1"),
                EntityAddr.parse("v2:200.0.0.1:10/1"),
                EntityAddr.parse("v2:10.0.0.1:300/1"),
                EntityAddr.parse("v2:10.0.0.1:65535/1"),
                EntityAddr.parse("v2:[::1]:1/1"),
                EntityAddr.parse("v2:[::1%1]:1/1"),
                EntityAddr.parse("v2:[8000::]:1/1"),
                EntityAddr.parse("v2:10.0.0.1:9/255"),
                EntityAddr.parse("any:10.0.0.1:9/0"));
        List<EntityAddr> shuffled = new ArrayList<>(sorted);
        Collections.shuffle(shuffled, new Random(1));
        Collections.sort(shuffled);
        assertThat(shuffled).isEqualTo(sorted);
    }

    /** Two peers that dial each other: who wins must not follow from the IP, nor from the nonce as a number. */
    @Test
    void ordersByTheNoncesLeastSignificantByteBeforeTheIp() {
        EntityAddr lowIp = EntityAddr.parse("v2:10.0.0.1:6800/258");
        EntityAddr highIp = EntityAddr.parse("v2:10.0.0.2:6800/513");
        assertThat(highIp).isLessThan(lowIp);
        assertThat(highIp.nonce()).isGreaterThan(lowIp.nonce());
        assertThat(highIp.withNonce(258)).isGreaterThan(lowIp);
    }

    @Test
    void isUnequalInEveryField() {
        EntityAddr addr = EntityAddr.parse("v2:10.0.0.1:3300/5");
        assertThat(addr)
                .isEqualTo(EntityAddr.of(Type.MSGR2, 5, new byte[] {10, 0, 0, 1}, 3300))
                .isEqualByComparingTo(EntityAddr.parse("10.0.0.1:3300/5"))
                .isNotEqualTo(addr.withType(Type.LEGACY))
                .isNotEqualTo(addr.withNonce(6))
                .isNotEqualTo(addr.withPort(3301))
                .isNotEqualTo(EntityAddr.parse("v2:10.0.0.2:3300/5"))
                .isNotEqualTo("v2:10.0.0.1:3300/5");
        assertThat(addr.withPort(0xabcd).port()).isEqualTo(0xabcd);
        assertThat(addr).hasToString("v2:10.0.0.1:3300/5");
    }

    @Test
    void knowsABlankIp() {
        assertThat(EntityAddr.BLANK.isBlankIp()).isTrue();
        assertThat(EntityAddr.parse("any:0.0.0.0:0/5").isBlankIp()).isTrue();
        assertThat(EntityAddr.parse("v2:[::]:7/5").isBlankIp()).isTrue();
        assertThat(EntityAddr.parse("v2:[::1]:7/5").isBlankIp()).isFalse();
        assertThat(EntityAddr.parse("v2:0.0.0.1:7/5").isBlankIp()).isFalse();
    }

    @Test
    void refusesPartsThatAreNoAddress() {
        assertThatThrownBy(() -> EntityAddr.of(Type.MSGR2, 0, new byte[5], 1))
                .hasMessage("an IP address has 4 or 16 bytes, not 5");
        assertThatThrownBy(() -> EntityAddr.of(Type.MSGR2, 0, new byte[4], 65536))
                .hasMessage("port 65536 is not within 0..65535");
        assertThatThrownBy(() -> EntityAddr.of(Type.MSGR2, 0, new byte[4], -1))
                .hasMessage("port -1 is not within 0..65535");
    }

    @Test
    void keepsItsBytesToItself() {
        byte[] ip = {10, 0, 0, 1};
        EntityAddr addr = EntityAddr.of(Type.MSGR2, 0, ip, 1);
        ip[0] = 99;
        addr.ip()[1] = 99;
        assertThat(addr).hasToString("v2:10.0.0.1:1/0");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.1:3300, v2:10.0.0.1:3300/0",
        "10.0.0.1:3300/7, v2:10.0.0.1:3300/7",
        "[::1]:3300, v2:[::1]:3300/0",
        "v2:[0:0:0:0:0:0:0:1]:3300, v2:[::1]:3300/0",
        "v2:[::ffff:1.2.3.4]:3300, v2:[::ffff:102:304]:3300/0",
        "v2:-:0/0, v2:-:0/0",
        "any:-:0/18, any:-:0/18",
    })
    void parsesShortForms(String text, String canonical) {
        assertThat(EntityAddr.parse(text)).hasToString(canonical);
        assertThat(EntityAddr.parse(canonical)).isEqualTo(EntityAddr.parse(text));
    }

    @Test
    void printsAnyIpv6AddressSoThatItCanBeParsedBack() {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            byte[] ip = new byte[16];
            // Mostly zeros: runs of them are what the short text form is about.
            for (int k = 0; k < 16; k++) {
                ip[k] = random.nextInt(3) == 0 ? (byte) random.nextInt() : 0;
            }
            if (i % 5 == 0) {
                Arrays.fill(ip, 0, 10, (byte) 0);
                ip[10] = ip[11] = (byte) 0xff;
            }
            EntityAddr addr = EntityAddr.of(Type.MSGR2, random.nextInt(), ip, random.nextInt(3), random.nextInt(65536));
            assertThat(EntityAddr.parse(addr.toString())).as(addr.toString()).isEqualTo(addr);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|expected HOST:PORT, an IPv6 host in brackets",
                "v2:|expected HOST:PORT, an IPv6 host in brackets",
                "10.0.0.1|expected HOST:PORT, an IPv6 host in brackets",
                ":3300|expected HOST:PORT, an IPv6 host in brackets",
                "::1:3300|expected HOST:PORT, an IPv6 host in brackets",
                "[::1]|expected HOST:PORT, an IPv6 host in brackets",
                "v3:10.0.0.1:3300/0|expected HOST:PORT, an IPv6 host in brackets",
                "10.0.0.1:|port '' is not within 0..65535",
                "10.0.0.1:x|port 'x' is not within 0..65535",
                "10.0.0.1:65536|port '65536' is not within 0..65535",
                "10.0.0.1:-1|port '-1' is not within 0..65535",
                "10.0.0.1:3300/|nonce '' is not an unsigned 32-bit number",
                "10.0.0.1:3300/-1|nonce '-1' is not an unsigned 32-bit number",
                "10.0.0.1:3300/4294967296|nonce '4294967296' is not an unsigned 32-bit number",
                "mon.example.org:3300|'mon.example.org' is no IP address (names are not resolved here)",
                "[10.0.0.1]:3300|'10.0.0.1' is no IP address (names are not resolved here)",
                "[fe80::1%eth0]:3300|scope 'eth0' is not a number",
                "[nonsense]:3300|'nonsense' is no IP address (names are not resolved here)",
            })
    void saysWhatIsWrongWithAText(String text, String why) {
        assertThatThrownBy(() -> EntityAddr.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot parse address '" + text + "': " + why + " (example: v2:127.0.0.1:3300/0)");
    }

    @Test
    void hasTheCodesOfTypesOnTheWire() {
        assertThat(Type.values()).extracting(Type::code).containsExactly(0, 1, 2, 3);
        assertThat(Type.values()).extracting(Type::toString).containsExactly("-", "v1", "v2", "any");
    }
}
