package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;

/**
 * The first 32 bytes of every frame (spec/msgr2 §2.3):
 *
 * <pre>
 * 0 u8 tag | 1 u8 num_segments | 2 + 6i u32 length, u16 alignment (i = 0..3) | 26 u8 flags | 27 u8 0 | 28 u32 crc32c
 * </pre>
 *
 * <p>Immutable. Lengths are u32 and handled as long.
 */
public final class Preamble {
    public static final int BYTES = 32;
    public static final int SEGMENTS_MAX = 4;

    static final int CRC_BYTES = 28;
    private static final int CRC_AT = 28;
    private static final int FLAGS_AT = 26;
    private static final int FLAG_COMPRESSED = 0x1;
    private static final int DESCRIPTORS_AT = 2;
    private static final int DESCRIPTOR_BYTES = 6;

    private final Tag tag;
    private final int segments;
    // Four pairs of fields instead of arrays: one object per frame, and no caller can change it.
    private final int length0;
    private final int length1;
    private final int length2;
    private final int length3;
    private final long alignments;

    private Preamble(Tag tag, int segments, int length0, int length1, int length2, int length3, long alignments) {
        this.tag = tag;
        this.segments = segments;
        this.length0 = length0;
        this.length1 = length1;
        this.length2 = length2;
        this.length3 = length3;
        this.alignments = alignments;
    }

    /**
     * Reads 32 bytes from {@code index}. Checks what needs no context: crc, tag, number of segments, a last segment that is
     * not empty, flags that were negotiated. Sizes are checked against {@link FrameBounds} afterwards.
     *
     * @param bytes borrowed; its indices stay
     */
    static Preamble read(ByteBuf bytes, int index, Crc32c crc) throws ProtocolException {
        int expected = crc.preamble(bytes, index);
        int actual = bytes.getIntLE(index + CRC_AT);
        if (actual != expected) {
            throw new ProtocolException(
                    FaultKind.INTEGRITY,
                    "preamble crc is 0x" + Integer.toHexString(actual) + ", computed 0x"
                            + Integer.toHexString(expected));
        }
        int code = bytes.getUnsignedByte(index);
        Tag tag = Tag.ofCode(code);
        if (tag == null) {
            throw new ProtocolException(FaultKind.MALFORMED, "unknown tag " + code);
        }
        int segments = bytes.getUnsignedByte(index + 1);
        if (segments < 1 || segments > SEGMENTS_MAX) {
            throw new ProtocolException(FaultKind.MALFORMED, segments + " segments, expected 1 to 4")
                    .inFrame(tag.name());
        }
        int flags = bytes.getUnsignedByte(index + FLAGS_AT);
        if ((flags & FLAG_COMPRESSED) != 0) {
            throw new ProtocolException(FaultKind.FEATURE, "compressed, but compression was not negotiated")
                    .inFrame(tag.name());
        }
        int[] lengths = new int[SEGMENTS_MAX];
        long alignments = 0;
        for (int i = 0; i < segments; i++) {
            int at = index + DESCRIPTORS_AT + i * DESCRIPTOR_BYTES;
            lengths[i] = bytes.getIntLE(at);
            alignments |= (long) bytes.getUnsignedShortLE(at + 4) << 16 * i;
        }
        if (segments > 1 && lengths[segments - 1] == 0) {
            throw new ProtocolException(FaultKind.MALFORMED, "last of " + segments + " segments is empty")
                    .inFrame(tag.name());
        }
        return new Preamble(tag, segments, lengths[0], lengths[1], lengths[2], lengths[3], alignments);
    }

    /** Writes 32 bytes to the end of {@code out}, which is borrowed. */
    static void write(ByteBuf out, OutFrame frame, Crc32c crc) {
        int start = out.writerIndex();
        out.writeByte(frame.tag().code()).writeByte(frame.segments());
        for (int i = 0; i < SEGMENTS_MAX; i++) {
            boolean used = i < frame.segments();
            out.writeIntLE(used ? frame.length(i) : 0).writeShortLE(used ? frame.alignment(i) : 0);
        }
        out.writeShortLE(0);
        out.writeIntLE(crc.preamble(out, start));
    }

    public Tag tag() {
        return tag;
    }

    /** 1 to 4. */
    public int segments() {
        return segments;
    }

    /** Bytes of segment {@code i}, 0 to 2^32-1; 0 for an unused one. */
    public long length(int i) {
        return switch (i) {
                    case 0 -> length0;
                    case 1 -> length1;
                    case 2 -> length2;
                    case 3 -> length3;
                    default -> throw new IndexOutOfBoundsException(i);
                }
                & 0xffff_ffffL;
    }

    /** The hint for the receiver's buffer; it has no effect on the bytes. */
    public int alignment(int i) {
        return (int) (alignments >> 16 * i) & 0xffff;
    }

    /** Bytes of the segments behind the first: what a message's throttles count. */
    public long payloadBytes() {
        return length(1) + length(2) + length(3);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(tag.name());
        for (int i = 0; i < segments; i++) {
            text.append(i == 0 ? " [" : ", ").append(length(i)).append('/').append(alignment(i));
        }
        return text.append(']').toString();
    }
}
