package org.msgr2.session.testing;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.frame.Banner;
import org.msgr2.core.frame.Preamble;

/**
 * Follows one direction of a connection in crc mode of msgr2.1, from its first byte, and knows where frames begin and end
 * (spec/msgr2 §2.5). Checks nothing but that it has not lost its way. Not thread-safe.
 */
final class FrameEdges {
    private static final int BANNER_LENGTH_AT = 8;
    private static final int DESCRIPTORS_AT = 2;
    private static final int DESCRIPTOR_BYTES = 6;
    private static final int EPILOGUE_BYTES = 13;

    /** The banner's prefix, and later each preamble: what says how much follows. */
    private final byte[] head = new byte[Preamble.BYTES];

    private int headBytes;
    private boolean banner = true;
    private long rest;

    /** @param bytes borrowed; {@code count} of them from {@code from} on go by */
    void pass(ByteBuf bytes, int from, int count) {
        int end = from + count;
        for (int at = from; at < end; ) {
            if (rest > 0) {
                int now = (int) Math.min(rest, end - at);
                rest -= now;
                at += now;
                continue;
            }
            int needed = banner ? Banner.PREFIX_BYTES : Preamble.BYTES;
            int now = Math.min(needed - headBytes, end - at);
            bytes.getBytes(at, head, headBytes, now);
            headBytes += now;
            at += now;
            if (headBytes == needed) {
                rest = banner ? bannerRest() : frameRest();
                banner = false;
                headBytes = 0;
            }
        }
    }

    /** Whether what went by ends within the banner or a frame, with at least a byte before and behind. */
    boolean isInside() {
        return rest > 0 || headBytes > 0;
    }

    private long bannerRest() {
        return unsigned(BANNER_LENGTH_AT) | unsigned(BANNER_LENGTH_AT + 1) << 8;
    }

    private long frameRest() {
        int segments = head[1];
        if (segments < 1 || segments > Preamble.SEGMENTS_MAX) {
            throw new IllegalStateException("a frame of " + segments + " segments: not crc mode?");
        }
        long bytes = length(0) == 0 ? 0 : Integer.BYTES;
        for (int i = 0; i < segments; i++) {
            bytes += length(i);
        }
        return segments == 1 ? bytes : bytes + EPILOGUE_BYTES;
    }

    private long length(int segment) {
        int at = DESCRIPTORS_AT + segment * DESCRIPTOR_BYTES;
        return unsigned(at) | unsigned(at + 1) << 8 | unsigned(at + 2) << 16 | unsigned(at + 3) << 24;
    }

    private long unsigned(int at) {
        return head[at] & 0xff;
    }
}
