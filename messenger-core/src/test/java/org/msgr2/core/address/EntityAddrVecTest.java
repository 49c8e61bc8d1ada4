package org.msgr2.core.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr.Type;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

class EntityAddrVecTest {
    private static final EntityAddr V2 = EntityAddr.parse("v2:10.0.0.1:3300/0");
    private static final EntityAddr V1 = EntityAddr.parse("v1:10.0.0.1:6789/0");

    private static ByteBuf written(EntityAddrVec addrs) {
        ByteBuf out = Unpooled.buffer();
        addrs.write(new WireWriter(out));
        return out;
    }

    private static EntityAddrVec read(ByteBuf in) throws WireException {
        EntityAddrVec addrs = EntityAddrVec.read(new WireReader(in), 4);
        assertThat(in.isReadable()).as("bytes left over").isFalse();
        return addrs;
    }

    private static ByteBuf hex(String text) {
        return Unpooled.wrappedBuffer(HexFormat.of().parseHex(text));
    }

    @Scenario("B13")
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "v2:10.0.0.1:3300/0",
                "[v2:10.0.0.1:3300/0,v1:10.0.0.1:6789/0]",
                "[v2:[::1]:3300/5,v1:[::1]:6789/5,any:1.2.3.4:0/5]",
                "[any:10.0.0.1:0/3,v2:10.0.0.1:1/3]",
                "[-,v2:10.0.0.1:3300/0]",
                "-"
            })
    void survivesTheWireAndTheText(String text) throws WireException {
        EntityAddrVec addrs = EntityAddrVec.parse(text);
        assertThat(addrs).hasToString(text);
        assertThat(read(written(addrs))).isEqualTo(addrs);
    }

    @Test
    void parsesASingleAddressWithOrWithoutBrackets() {
        assertThat(EntityAddrVec.parse("[v2:10.0.0.1:3300/0]")).isEqualTo(EntityAddrVec.of(V2));
        assertThat(EntityAddrVec.parse("10.0.0.1:3300")).isEqualTo(EntityAddrVec.of(V2));
        assertThat(EntityAddrVec.parse("[::1]:3300")).hasToString("v2:[::1]:3300/0");
    }

    @Test
    void saysWhatIsWrongWithAText() {
        assertThatThrownBy(() -> EntityAddrVec.parse("[v2:10.0.0.1:3300/0"))
                .hasMessage("cannot parse address vector '[v2:10.0.0.1:3300/0': missing ']'");
        assertThatThrownBy(() -> EntityAddrVec.parse("[v2:10.0.0.1:3300/0,]"))
                .hasMessageStartingWith("cannot parse address ''");
        assertThatThrownBy(() -> EntityAddrVec.parse("nobody")).hasMessageStartingWith("cannot parse address 'nobody'");
    }

    @Scenario("B13")
    @Test
    void readsASingleAddressInPlaceOfAVector() throws WireException {
        ByteBuf addr2 = Unpooled.buffer();
        V2.write(new WireWriter(addr2));
        assertThat(read(addr2)).isEqualTo(EntityAddrVec.of(V2));
        ByteBuf legacy = Unpooled.buffer();
        V1.writeLegacy(new WireWriter(legacy));
        assertThat(read(legacy)).isEqualTo(EntityAddrVec.of(V1));
    }

    @Scenario("B14")
    @ParameterizedTest
    @ValueSource(strings = {"03", "80", "ff"})
    void refusesUnknownMarkers(String marker) {
        assertThatThrownBy(() -> read(hex(marker)))
                .isInstanceOf(WireException.class)
                .hasMessage("entity_addrvec marker: " + Integer.parseInt(marker, 16) + ", expected 0, 1 or 2");
    }

    @Scenario("B14")
    @Test
    void refusesCountsThatCannotBeTrue() {
        assertThatThrownBy(() -> read(hex("0204000000" + "00".repeat(75))))
                .hasMessage("entity_addrvec: 4 elements cannot fit in the 75 bytes left");
        assertThatThrownBy(() -> read(hex("0205000000" + "00".repeat(500))))
                .hasMessage("entity_addrvec: 5 elements, at most 4 are accepted")
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.LIMIT);
        assertThatThrownBy(() -> read(hex("02ffffffff")))
                .hasMessage("entity_addrvec: 4294967295 elements, at most 4 are accepted");
    }

    @Scenario("B14")
    @Test
    void refusesAVectorThatEndsAnywhereTooEarly() {
        byte[] whole = ByteBufUtil.getBytes(written(EntityAddrVec.of(V2, V1)));
        for (int length = 0; length < whole.length; length++) {
            ByteBuf cut = Unpooled.wrappedBuffer(whole, 0, length);
            assertThatThrownBy(() -> read(cut)).isInstanceOf(WireException.class);
        }
    }

    @Scenario("B14")
    @Test
    void refusesAVectorInsideAVector() {
        assertThatThrownBy(() -> read(hex("0201000000" + "0200000000" + "00".repeat(20))))
                .hasMessage("entity_addr marker: 2, expected 0 or 1");
    }

    @Test
    void findsAddresses() {
        EntityAddrVec both = EntityAddrVec.of(V1, V2);
        assertThat(both.first()).isEqualTo(V1);
        assertThat(both.msgr2()).isEqualTo(V2);
        assertThat(both.contains(V2)).isTrue();
        assertThat(both.contains(V2.withNonce(1))).isFalse();
        assertThat(both.contains(V2.withType(Type.ANY))).isFalse();
        assertThat(both).isNotEqualTo(EntityAddrVec.of(V2, V1));
        assertThat(both.isEmpty()).isFalse();
        assertThat(EntityAddrVec.EMPTY.isEmpty()).isTrue();
        assertThat(EntityAddrVec.EMPTY.first()).isEqualTo(EntityAddr.BLANK);
        assertThat(EntityAddrVec.of(V1).msgr2()).isEqualTo(EntityAddr.BLANK);
    }
}
