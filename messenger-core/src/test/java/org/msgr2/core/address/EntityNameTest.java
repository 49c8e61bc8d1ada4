package org.msgr2.core.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

class EntityNameTest {

    @ParameterizedTest
    @ValueSource(
            strings = {"client.admin", "osd.0", "mon.a", "mgr.x", "mds.a.b", "client.ä", "auth.1", "any.0", "mon."})
    void survivesTheWireAndTheText(String text) throws WireException {
        EntityName name = EntityName.parse(text);
        assertThat(name).hasToString(text);
        ByteBuf out = Unpooled.buffer();
        name.write(new WireWriter(out));
        assertThat(EntityName.read(new WireReader(out), "name")).isEqualTo(name);
        assertThat(out.isReadable()).isFalse();
    }

    /** As in the recorded AUTH_REQUEST of client.admin. */
    @Test
    void writesTheFormOfAuthentication() {
        ByteBuf out = Unpooled.buffer();
        EntityName.parse("client.admin").write(new WireWriter(out));
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("080000000500000061646d696e");
    }

    @Test
    void writesTheFormOfMessages() throws WireException {
        ByteBuf out = Unpooled.buffer();
        EntityName.of(EntityType.OSD, 3).writeNumbered(new WireWriter(out));
        EntityName.of(EntityType.CLIENT, -1).writeNumbered(new WireWriter(out));
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("040300000000000000" + "08ffffffffffffffff");
        WireReader in = new WireReader(out);
        assertThat(EntityName.readNumbered(in, "src")).hasToString("osd.3");
        assertThat(EntityName.readNumbered(in, "src")).hasToString("client.-1");
        assertThatThrownBy(() -> EntityName.parse("client.admin").writeNumbered(new WireWriter(Unpooled.buffer())))
                .isInstanceOf(NumberFormatException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "client", "client.", ".admin", "robot.1", "CLIENT.admin"})
    void saysWhatIsWrongWithAText(String text) {
        assertThatThrownBy(() -> EntityName.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is no entity name: expected TYPE.ID such as client.admin");
    }

    @Test
    void refusesWhatIsNoNameOnTheWire() {
        assertThatThrownBy(() -> read(out -> out.u32(8).u32(0)))
                .isInstanceOf(WireException.class)
                .hasMessage("name: empty id");
        assertThatThrownBy(() -> read(out -> out.u32(3).u32(0))).hasMessage("name: unknown entity type 0x3");
        assertThatThrownBy(() -> read(out -> out.u32(8).u32(1).u8(0xff))).hasMessage("name: not UTF-8");
        assertThatThrownBy(() -> read(out -> out.u32(8).u32(257).bytes(new byte[257])))
                .hasMessage("name: 257 bytes, at most 256 are accepted")
                .extracting(fault -> ((ProtocolException) fault).kind())
                .isEqualTo(FaultKind.LIMIT);
        assertThatThrownBy(() -> new EntityName(EntityType.OSD, ""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("an entity name needs an id after 'osd.'");
    }

    private static EntityName read(Consumer<WireWriter> bytes) throws WireException {
        ByteBuf in = Unpooled.buffer();
        bytes.accept(new WireWriter(in));
        return EntityName.read(new WireReader(in), "name");
    }

    @ParameterizedTest
    @EnumSource
    void knowsTypesByCodeAndLabel(EntityType type) throws WireException {
        assertThat(EntityType.fromWire(type.code(), "type")).isEqualTo(type);
        assertThat(EntityType.ofLabel(type.toString())).isEqualTo(type);
        assertThat(EntityType.ofLabel(type.name())).isNull();
    }

    @Test
    void hasTheCodesOfTypesOnTheWire() {
        assertThat(EntityType.values()).extracting(EntityType::code).containsExactly(1, 2, 4, 8, 16, 32, 255);
        assertThatThrownBy(() -> EntityType.fromWire(0x40, "type")).hasMessage("type: unknown entity type 0x40");
    }
}
