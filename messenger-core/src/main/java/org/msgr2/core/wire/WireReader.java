package org.msgr2.core.wire;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.msgr2.core.FaultKind;

/**
 * Reads Ceph's little-endian encodings from the readable bytes of a buffer, and never past them. Every method takes the
 * field's name: a {@link WireException} says which field was wrong and what was there.
 *
 * <p>The buffer is borrowed: it is neither retained nor released. Lengths and counts are unsigned and are compared with
 * what is left before anything is allocated. Not thread-safe.
 */
public final class WireReader {
    private final ByteBuf in;

    public WireReader(ByteBuf in) {
        this.in = in;
    }

    /** Bytes not yet read. */
    public int remaining() {
        return in.readableBytes();
    }

    public int u8(String field) throws WireException {
        need(1, field);
        return in.readUnsignedByte();
    }

    public int u16(String field) throws WireException {
        need(2, field);
        return in.readUnsignedShortLE();
    }

    public long u32(String field) throws WireException {
        need(4, field);
        return in.readUnsignedIntLE();
    }

    /** A 32-bit value as its bits: nonces, signed results. */
    public int s32(String field) throws WireException {
        need(4, field);
        return in.readIntLE();
    }

    /** A 64-bit value as its bits; unsigned on the wire unless the field says otherwise. */
    public long u64(String field) throws WireException {
        need(8, field);
        return in.readLongLE();
    }

    /** {@code u8}: 0 is false, anything else is true, as in Ceph. */
    public boolean bool(String field) throws WireException {
        return u8(field) != 0;
    }

    public byte[] bytes(int length, String field) throws WireException {
        need(length, field);
        byte[] bytes = new byte[length];
        in.readBytes(bytes);
        return bytes;
    }

    /** 16 bytes in their printed order. */
    public UUID uuid(String field) throws WireException {
        need(16, field);
        return new UUID(in.readLong(), in.readLong());
    }

    /** {@code u32 length} and that many bytes. */
    public Opaque blob(String field, int maxBytes) throws WireException {
        return Opaque.wrap(bytes(blobLength(field, maxBytes), field));
    }

    /** {@code u32 length} and that many bytes of UTF-8. */
    public String string(String field, int maxBytes) throws WireException {
        ByteBuffer bytes = ByteBuffer.wrap(bytes(blobLength(field, maxBytes), field));
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
        } catch (CharacterCodingException e) {
            throw new WireException(field + ": not UTF-8");
        }
    }

    /**
     * A {@code u32} element count.
     *
     * @param max the most we accept
     * @param elementBytesMin the least that one element takes on the wire: a count that cannot fit in what is left is
     *     refused before anything is allocated for it
     */
    public int count(String field, int max, int elementBytesMin) throws WireException {
        long count = u32(field);
        if (count > max) {
            throw new WireException(
                    FaultKind.LIMIT, field + ": " + count + " elements, at most " + max + " are accepted");
        }
        if (count * elementBytesMin > remaining()) {
            throw new WireException(
                    field + ": " + count + " elements cannot fit in the " + remaining() + " bytes left");
        }
        return (int) count;
    }

    /** A reader over the next {@code length} bytes, which this reader skips. */
    public WireReader slice(long length, String field) throws WireException {
        need(length, field);
        return new WireReader(in.readSlice((int) length));
    }

    /**
     * Enters a versioned structure: {@code u8 struct_v, u8 compat_v, u32 length, body}. This reader moves past the whole
     * structure, so bytes that a newer encoder appended to it are skipped.
     *
     * @param known the newest version that the caller can decode; a larger {@code compat_v} is refused
     */
    public Versioned versioned(int known, String field) throws WireException {
        int version = u8(field);
        int compat = u8(field);
        if (compat > known) {
            throw new WireException(
                    FaultKind.FEATURE, field + ": needs a decoder of version " + compat + ", ours is " + known);
        }
        return new Versioned(version, slice(u32(field), field));
    }

    /**
     * @param version the encoder's version; fields of later versions than that are absent
     * @param body the structure's own bytes
     */
    public record Versioned(int version, WireReader body) {}

    private int blobLength(String field, int maxBytes) throws WireException {
        long length = u32(field);
        need(length, field);
        if (length > maxBytes) {
            throw new WireException(
                    FaultKind.LIMIT, field + ": " + length + " bytes, at most " + maxBytes + " are accepted");
        }
        return (int) length;
    }

    private void need(long bytes, String field) throws WireException {
        if (bytes > remaining()) {
            throw new WireException(field + ": needs " + bytes + " bytes, " + remaining() + " left");
        }
    }
}
