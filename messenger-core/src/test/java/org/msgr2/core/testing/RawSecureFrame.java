package org.msgr2.core.testing;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.msgr2.core.frame.Revision;

/**
 * The plaintext of a frame in secure mode, put together from spec/msgr2 §2.5 and cut to the blocks that are sealed, one nonce
 * each. Shares nothing with the production code. Valid until told otherwise. Not thread-safe.
 */
public final class RawSecureFrame {
    private static final int INLINE_BYTES = 48;

    private final Revision revision;
    private final byte[] preamble;
    private final byte[][] segments;
    private int lateStatus;
    private byte padding;

    private RawSecureFrame(Revision revision, byte[] preamble, byte[][] segments) {
        this.revision = revision;
        this.preamble = preamble;
        this.segments = segments;
        this.lateStatus = revision == Revision.MSGR2_0 ? 0 : RawFrame.COMPLETE;
    }

    /** @param segments 1 to 4 */
    public static RawSecureFrame of(Revision revision, int tag, byte[]... segments) {
        return of(revision, RawFrame.of(revision, tag, segments), segments);
    }

    /** @param frame whose preamble is used, whatever it says of the segments */
    public static RawSecureFrame of(Revision revision, RawFrame frame, byte[]... segments) {
        return new RawSecureFrame(revision, frame.preamble(), segments);
    }

    /** What padding is made of; zeros, if it is honest. */
    public RawSecureFrame padding(int value) {
        padding = (byte) value;
        return this;
    }

    /** The first byte of the epilogue. */
    public RawSecureFrame lateStatus(int value) {
        lateStatus = value;
        return this;
    }

    /** What is sealed, operation by operation. */
    public List<byte[]> blocks() {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        List<byte[]> blocks = new ArrayList<>();
        block.writeBytes(preamble);
        if (revision == Revision.MSGR2_0) {
            for (byte[] segment : segments) {
                block.writeBytes(padded(segment, whole(segment.length)));
            }
            block.writeBytes(epilogue());
            blocks.add(block.toByteArray());
            return blocks;
        }
        byte[] first = padded(segments[0], Math.max(INLINE_BYTES, whole(segments[0].length)));
        block.write(first, 0, INLINE_BYTES);
        blocks.add(block.toByteArray());
        if (first.length > INLINE_BYTES) {
            blocks.add(Arrays.copyOfRange(first, INLINE_BYTES, first.length));
        }
        if (segments.length > 1) {
            block.reset();
            for (int i = 1; i < segments.length; i++) {
                block.writeBytes(padded(segments[i], whole(segments[i].length)));
            }
            block.writeBytes(epilogue());
            blocks.add(block.toByteArray());
        }
        return blocks;
    }

    private byte[] epilogue() {
        return padded(new byte[] {(byte) lateStatus}, 16);
    }

    private static int whole(int length) {
        return (length + 15) / 16 * 16;
    }

    private byte[] padded(byte[] bytes, int length) {
        byte[] padded = Arrays.copyOf(bytes, length);
        Arrays.fill(padded, bytes.length, length, padding);
        return padded;
    }
}
