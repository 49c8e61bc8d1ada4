package org.msgr2.core.testing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.msgr2.core.frame.Revision;

/**
 * A frame in crc mode from raw parts, valid until told otherwise: for peers that lie. Every crc is right unless it is
 * corrupted on purpose, so that a decoder gets as far as the lie.
 *
 * <p>Shares nothing with the production code, its crc included. Not thread-safe.
 */
public final class RawFrame {
    /** late_status of a frame that is complete, in msgr2.1; msgr2.0 has flags and 0 there. */
    public static final int COMPLETE = 0x0e;

    private static final int SEGMENTS_MAX = 4;
    private static final int PREAMBLE_BYTES = 32;
    private static final int PREAMBLE_CRC_AT = 28;
    private static final int ALIGNMENT_DEFAULT = 8;
    private static final int[] CRC_TABLE = crcTable();

    private final Revision revision;
    private final byte[][] segments;
    private final long[] lengths = new long[SEGMENTS_MAX];
    private final int[] alignments = new int[SEGMENTS_MAX];
    private final int[] crcErrors = new int[SEGMENTS_MAX];
    private int tag;
    private int count;
    private int flags;
    private int reserved;
    private int lateStatus;
    private int preambleCrcError;

    private RawFrame(Revision revision, int tag, byte[][] segments) {
        this.revision = revision;
        this.segments = segments;
        this.tag = tag;
        this.count = segments.length;
        this.lateStatus = revision == Revision.MSGR2_0 ? 0 : COMPLETE;
        for (int i = 0; i < segments.length; i++) {
            lengths[i] = segments[i].length;
            alignments[i] = ALIGNMENT_DEFAULT;
        }
    }

    /** @param segments 1 to 4, also empty ones at the end */
    public static RawFrame of(Revision revision, int tag, byte[]... segments) {
        if (segments.length < 1 || segments.length > SEGMENTS_MAX) {
            throw new IllegalArgumentException(segments.length + " segments");
        }
        return new RawFrame(revision, tag, segments);
    }

    /** States another number of segments than there are. */
    public RawFrame segments(int stated) {
        count = stated;
        return this;
    }

    /** States another length than segment {@code i} has: a u32. */
    public RawFrame length(int i, long stated) {
        lengths[i] = stated;
        return this;
    }

    public RawFrame alignment(int i, int alignment) {
        alignments[i] = alignment;
        return this;
    }

    /** Byte 26 of the preamble. */
    public RawFrame flags(int value) {
        flags = value;
        return this;
    }

    /** Byte 27 of the preamble. */
    public RawFrame reserved(int value) {
        reserved = value;
        return this;
    }

    /** The first byte of the epilogue: late_status in msgr2.1, late_flags in msgr2.0. */
    public RawFrame lateStatus(int value) {
        lateStatus = value;
        return this;
    }

    /** @param error is added to the right crc, bit by bit; 0 repairs it */
    public RawFrame corruptPreambleCrc(int error) {
        preambleCrcError = error;
        return this;
    }

    /** @param error is added to the right crc of segment {@code i}, bit by bit; 0 repairs it */
    public RawFrame corruptCrc(int i, int error) {
        crcErrors[i] = error;
        return this;
    }

    /** The preamble alone. */
    public byte[] preamble() {
        ByteBuffer out = littleEndian(PREAMBLE_BYTES);
        putPreamble(out);
        return out.array();
    }

    /** The whole frame: the segments as they are, whatever the preamble states of them. */
    public byte[] bytes() {
        int size = PREAMBLE_BYTES + 1 + SEGMENTS_MAX * Integer.BYTES + Integer.BYTES;
        for (byte[] segment : segments) {
            size += segment.length;
        }
        ByteBuffer out = littleEndian(size);
        putPreamble(out);
        boolean rev0 = revision == Revision.MSGR2_0;
        for (int i = 0; i < segments.length; i++) {
            out.put(segments[i]);
            if (i == 0 && !rev0 && segments[0].length > 0) {
                out.putInt(crcOf(0));
            }
        }
        if (rev0 || count > 1) {
            out.put((byte) lateStatus);
            for (int i = rev0 ? 0 : 1; i < SEGMENTS_MAX; i++) {
                out.putInt(i < segments.length ? crcOf(i) : 0);
            }
        }
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private void putPreamble(ByteBuffer out) {
        out.put((byte) tag).put((byte) count);
        for (int i = 0; i < SEGMENTS_MAX; i++) {
            out.putInt((int) lengths[i]).putShort((short) alignments[i]);
        }
        out.put((byte) flags).put((byte) reserved);
        out.putInt(crc(0, out.array(), 0, PREAMBLE_CRC_AT) ^ preambleCrcError);
    }

    private int crcOf(int i) {
        return crc(-1, segments[i], 0, segments[i].length) ^ crcErrors[i];
    }

    /**
     * Makes the crcs of a frame right again that was changed in place, as far as its bytes reach: what a fuzzer needs
     * to get past them.
     *
     * @param frame changed in place
     * @return whether every crc that the preamble's lengths call for was within the array
     */
    public static boolean sealCrcs(Revision revision, byte[] frame) {
        if (frame.length < PREAMBLE_BYTES) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(PREAMBLE_CRC_AT, crc(0, frame, 0, PREAMBLE_CRC_AT));
        boolean rev0 = revision == Revision.MSGR2_0;
        int stated = frame[1] & 0xff;
        int[] crcs = new int[SEGMENTS_MAX];
        long at = PREAMBLE_BYTES;
        for (int i = 0; i < Math.min(stated, SEGMENTS_MAX); i++) {
            long length = bytes.getInt(2 + 6 * i) & 0xffff_ffffL;
            if (at + length > frame.length) {
                return false;
            }
            crcs[i] = crc(-1, frame, (int) at, (int) length);
            at += length;
            if (i == 0 && !rev0 && length > 0) {
                if (at + Integer.BYTES > frame.length) {
                    return false;
                }
                bytes.putInt((int) at, crcs[0]);
                at += Integer.BYTES;
            }
        }
        if (rev0 || stated > 1) {
            at++;
            for (int i = rev0 ? 0 : 1; i < SEGMENTS_MAX; i++, at += Integer.BYTES) {
                if (at + Integer.BYTES > frame.length) {
                    return false;
                }
                bytes.putInt((int) at, crcs[i]);
            }
        }
        return true;
    }

    /**
     * crc32c without the final inversion.
     *
     * @param seed 0 for preambles, -1 for segments
     */
    public static int crc(int seed, byte[] bytes, int offset, int length) {
        int crc = seed;
        for (int i = offset; i < offset + length; i++) {
            crc = crc >>> 8 ^ CRC_TABLE[(crc ^ bytes[i]) & 0xff];
        }
        return crc;
    }

    private static int[] crcTable() {
        int[] table = new int[256];
        for (int i = 0; i < table.length; i++) {
            int crc = i;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ 0x82f6_3b78;
            }
            table[i] = crc;
        }
        return table;
    }

    private static ByteBuffer littleEndian(int bytes) {
        return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }
}
