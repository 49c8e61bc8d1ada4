package org.msgr2.core.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * Writes Ceph's little-endian encodings to the end of a buffer. The buffer is borrowed; its own {@code maxCapacity}
 * bounds what can be written. Not thread-safe.
 */
public final class WireWriter {
    private final ByteBuf out;

    public WireWriter(ByteBuf out) {
        this.out = out;
    }

    public WireWriter u8(int value) {
        out.writeByte(value);
        return this;
    }

    public WireWriter u16(int value) {
        out.writeShortLE(value);
        return this;
    }

    /** The low 32 bits. */
    public WireWriter u32(long value) {
        out.writeIntLE((int) value);
        return this;
    }

    public WireWriter u64(long value) {
        out.writeLongLE(value);
        return this;
    }

    public WireWriter bool(boolean value) {
        return u8(value ? 1 : 0);
    }

    public WireWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** The readable bytes of a buffer, which is borrowed and whose indices stay. */
    public WireWriter bytes(ByteBuf bytes) {
        out.writeBytes(bytes, bytes.readerIndex(), bytes.readableBytes());
        return this;
    }

    /** The bytes alone, without a length. */
    public WireWriter raw(Opaque bytes) {
        return bytes(bytes.array());
    }

    /** {@code u32 length} and the bytes. */
    public WireWriter blob(Opaque blob) {
        return u32(blob.length()).raw(blob);
    }

    /** {@code u32 length} and UTF-8. */
    public WireWriter string(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return u32(bytes.length).bytes(bytes);
    }

    public WireWriter uuid(UUID uuid) {
        out.writeLong(uuid.getMostSignificantBits());
        out.writeLong(uuid.getLeastSignificantBits());
        return this;
    }

    /** Starts a versioned structure; {@link #endVersioned} with the returned position fills its length in. */
    public int beginVersioned(int version, int compat) {
        u8(version).u8(compat).u32(0);
        return out.writerIndex();
    }

    public WireWriter endVersioned(int bodyStart) {
        out.setIntLE(bodyStart - Integer.BYTES, out.writerIndex() - bodyStart);
        return this;
    }
}
