package org.msgr2.core.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;

/** Ceph's little-endian encodings, and the bounds of reading them. */
class WireTest {

    private static WireReader reader(String hex) {
        return new WireReader(Unpooled.wrappedBuffer(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    @Test
    void writesLittleEndianAndReadsItBack() throws WireException {
        ByteBuf bytes = Unpooled.buffer();
        UUID uuid = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
        new WireWriter(bytes)
                .u8(0xff)
                .u16(0xfffe)
                .u32(0xffff_fffdL)
                .u64(-4)
                .bool(true)
                .bool(false)
                .uuid(uuid)
                .string("aé")
                .blob(Opaque.copyOf(new byte[] {1, 2}))
                .raw(Opaque.copyOf(new byte[] {3}))
                .bytes(new byte[] {4, 5})
                .u32(-13);
        assertThat(ByteBufUtil.hexDump(bytes))
                .isEqualTo("ff" + "feff" + "fdffffff" + "fcffffffffffffff" + "01" + "00"
                        + "00112233445566778899aabbccddeeff" + "0300000061c3a9" + "020000000102" + "03" + "0405"
                        + "f3ffffff");
        WireReader in = new WireReader(bytes);
        assertThat(in.u8("a")).isEqualTo(0xff);
        assertThat(in.u16("b")).isEqualTo(0xfffe);
        assertThat(in.u32("c")).isEqualTo(0xffff_fffdL);
        assertThat(in.u64("d")).isEqualTo(-4);
        assertThat(in.bool("e")).isTrue();
        assertThat(in.bool("f")).isFalse();
        assertThat(in.uuid("g")).isEqualTo(uuid);
        assertThat(in.string("h", 3)).isEqualTo("aé");
        assertThat(in.blob("i", 2)).isEqualTo(Opaque.copyOf(new byte[] {1, 2}));
        assertThat(in.bytes(1, "j")).containsExactly(3);
        assertThat(in.slice(2, "k").remaining()).isEqualTo(2);
        assertThat(in.s32("l")).isEqualTo(-13);
        assertThat(in.remaining()).isZero();
    }

    @Test
    void namesTheFieldThatIsMissing() {
        assertThatThrownBy(() -> reader("").u8("age")).hasMessage("age: needs 1 bytes, 0 left");
        assertThatThrownBy(() -> reader("00").u16("age")).hasMessage("age: needs 2 bytes, 1 left");
        assertThatThrownBy(() -> reader("000000").u32("age")).hasMessage("age: needs 4 bytes, 3 left");
        assertThatThrownBy(() -> reader("000000").s32("age")).hasMessage("age: needs 4 bytes, 3 left");
        assertThatThrownBy(() -> reader("000000").u64("age")).hasMessage("age: needs 8 bytes, 3 left");
        assertThatThrownBy(() -> reader("000000").uuid("age")).hasMessage("age: needs 16 bytes, 3 left");
        assertThatThrownBy(() -> reader("00").bytes(2, "age")).hasMessage("age: needs 2 bytes, 1 left");
        assertThatThrownBy(() -> reader("00").slice(0xffff_ffffL, "age"))
                .hasMessage("age: needs 4294967295 bytes, 1 left");
    }

    @Test
    void comparesLengthsWithWhatIsLeftBeforeItAllocates() {
        assertThatThrownBy(() -> reader("ffffffff 00").blob("key", Integer.MAX_VALUE))
                .hasMessage("key: needs 4294967295 bytes, 1 left");
        assertThatThrownBy(() -> reader("ffffff7f 00").string("name", Integer.MAX_VALUE))
                .hasMessage("name: needs 2147483647 bytes, 1 left");
        assertThatThrownBy(() -> reader("03000000 000000").blob("key", 2))
                .hasMessage("key: 3 bytes, at most 2 are accepted")
                .isInstanceOf(WireException.class)
                .extracting(fault -> ((WireException) fault).kind())
                .isEqualTo(FaultKind.LIMIT);
    }

    @Test
    void comparesCountsWithWhatIsLeft() throws WireException {
        assertThat(reader("03000000 000000").count("things", 3, 1)).isEqualTo(3);
        assertThatThrownBy(() -> reader("03000000 0000").count("things", 3, 1))
                .hasMessage("things: 3 elements cannot fit in the 2 bytes left");
        assertThatThrownBy(() -> reader("04000000 00000000").count("things", 3, 1))
                .hasMessage("things: 4 elements, at most 3 are accepted");
        // A product beyond 32 bits.
        assertThatThrownBy(() -> reader("ffffff7f 00").count("things", Integer.MAX_VALUE, 1024))
                .hasMessage("things: 2147483647 elements cannot fit in the 1 bytes left");
    }

    @Test
    void refusesTextThatIsNotUtf8() {
        assertThatThrownBy(() -> reader("02000000 c328").string("name", 9)).hasMessage("name: not UTF-8");
        assertThatThrownBy(() -> reader("01000000 c3").string("name", 9)).hasMessage("name: not UTF-8");
    }

    @Test
    void movesPastAVersionedStructureAsAWhole() throws WireException {
        ByteBuf bytes = Unpooled.buffer();
        WireWriter out = new WireWriter(bytes);
        int body = out.beginVersioned(7, 2);
        out.u32(1).u32(2).endVersioned(body).u8(9);
        assertThat(ByteBufUtil.hexDump(bytes)).isEqualTo("0702" + "08000000" + "0100000002000000" + "09");
        WireReader in = new WireReader(bytes);
        WireReader.Versioned struct = in.versioned(2, "struct");
        assertThat(struct.version()).isEqualTo(7);
        assertThat(struct.body().u32("first")).isEqualTo(1);
        // The second field is a newer one, which this reader does not know.
        assertThat(in.u8("behind")).isEqualTo(9);
        assertThatThrownBy(() -> struct.body().u64("beyond")).hasMessage("beyond: needs 8 bytes, 4 left");
        assertThatThrownBy(() -> reader("0702 00000000").versioned(1, "struct"))
                .hasMessage("struct: needs a decoder of version 2, ours is 1");
    }

    @Test
    void borrowsItsBuffer() throws WireException {
        ByteBuf bytes = Unpooled.buffer().writeZero(8);
        new WireReader(bytes).slice(4, "part").u32("x");
        assertThat(bytes.refCnt()).isEqualTo(1);
        assertThat(bytes.readerIndex()).isEqualTo(4);
    }

    @Test
    void comparesOpaqueBytesByContentAndShowsTheirLengthOnly() {
        byte[] bytes = {1, 2, 3};
        Opaque opaque = Opaque.copyOf(bytes);
        bytes[0] = 9;
        opaque.toByteArray()[1] = 9;
        assertThat(opaque.toByteArray()).containsExactly(1, 2, 3);
        assertThat(opaque)
                .isEqualTo(Opaque.copyOf(new byte[] {1, 2, 3}))
                .hasSameHashCodeAs(Opaque.copyOf(new byte[] {1, 2, 3}))
                .isNotEqualTo(Opaque.copyOf(new byte[] {1, 2, 4}))
                .isNotEqualTo("<3 bytes>")
                .hasToString("<3 bytes>");
        assertThat(opaque.length()).isEqualTo(3);
        assertThat(opaque.isEmpty()).isFalse();
        assertThat(Opaque.EMPTY.isEmpty()).isTrue();
        assertThat(Opaque.copyOf(new byte[0])).isSameAs(Opaque.EMPTY);
        assertThat(Opaque.zeros(32)).isEqualTo(Opaque.copyOf(new byte[32]));
    }

    @Test
    void keepsTimesAsTheyWereRead() throws WireException {
        UTime odd = UTime.read(reader("ffffffff ffffffff"), "stamp");
        assertThat(odd).isEqualTo(new UTime(0xffff_ffffL, 0xffff_ffffL));
        ByteBuf out = Unpooled.buffer();
        odd.write(new WireWriter(out));
        assertThat(ByteBufUtil.hexDump(out)).isEqualTo("ffffffffffffffff");
        assertThat(odd.toInstant()).isEqualTo(Instant.ofEpochSecond(0xffff_ffffL + 4, 294_967_295));
    }

    @Test
    void convertsTimes() {
        assertThat(UTime.ofEpochNanos(1_795_168_225_393_162_000L)).isEqualTo(new UTime(1_795_168_225, 393_162_000));
        assertThat(new UTime(1_795_168_225, 393_162_000)).hasToString("2026-11-20T09:50:25.393162Z");
        assertThat(UTime.ofEpochNanos(-1)).isEqualTo(new UTime(0xffff_ffffL, 999_999_999));
        assertThat(UTime.ZERO.toInstant()).isEqualTo(Instant.EPOCH);
        assertThatThrownBy(() -> new UTime(1L << 32, 0)).hasMessage("not a pair of u32: 4294967296, 0");
        assertThatThrownBy(() -> new UTime(0, -1)).hasMessage("not a pair of u32: 0, -1");
    }
}
