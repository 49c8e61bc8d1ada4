package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Frames in crc mode (spec/msgr2 §2.5).
 *
 * <pre>
 * msgr2.0: preamble | seg1..segn | epilogue 17: u8 late_flags, u32 crc[4]
 * msgr2.1: preamble | seg1 | u32 crc(seg1), if not empty | seg2..segn | epilogue 13, if n > 1: u8 late_status, u32 crc[3]
 * </pre>
 *
 * <p>The crc of an empty segment that is used is all ones; the place of an unused one holds 0.
 */
public final class CrcFrameEncoder implements FrameEncoder {
    static final int EPILOGUE_BYTES_REV0 = 17;
    static final int EPILOGUE_BYTES_REV1 = 13;

    /**
     * A frame of msgr2.1 leaves in pieces of so many bytes of payload: enough to keep a transport busy, and a message that
     * the sender takes back in mid-frame costs no more memory. In msgr2.0 nothing protects the flag that would say so.
     */
    static final int PIECE_BYTES = 256 * 1024;

    private static final int ZEROS_BYTES = 16 * 1024;

    private final Revision revision;
    private final Crc32c crc = new Crc32c();
    /** Of the payload segments of the frame that is being written; 0 for one that is not used. */
    private final int[] crcs = new int[3];

    private int firstCrc;
    /** Where the next piece begins. */
    private int segment;

    private int offset;

    public CrcFrameEncoder(Revision revision) {
        this.revision = revision;
    }

    @Override
    public void encode(OutFrame frame, ByteSink out) {
        if (!frame.hasRest()) {
            begin(frame, out);
        }
        payload(frame, out);
        long left = left(frame);
        frame.rest(left > 0, left <= PIECE_BYTES);
        if (left == 0 && (revision == Revision.MSGR2_0 || frame.segments() > 1)) {
            ByteBuf epilogue = out.reserve(EPILOGUE_BYTES_REV0);
            epilogue.writeByte(frame.lateStatus().toWire(revision));
            if (revision == Revision.MSGR2_0) {
                epilogue.writeIntLE(firstCrc);
            }
            epilogue.writeIntLE(crcs[0]).writeIntLE(crcs[1]).writeIntLE(crcs[2]);
        }
    }

    private void begin(OutFrame frame, ByteSink out) {
        ByteBuf first = frame.segment(0);
        ByteBuf head = out.reserve(Preamble.BYTES + first.readableBytes() + Integer.BYTES);
        Preamble.write(head, frame, crc);
        head.writeBytes(first, first.readerIndex(), first.readableBytes());
        firstCrc = crc.segment(first);
        if (revision == Revision.MSGR2_1 && first.isReadable()) {
            head.writeIntLE(firstCrc);
        }
        Arrays.fill(crcs, 0);
        segment = 1;
        offset = 0;
        crc.begin();
    }

    /** Bytes of payload that are not written yet. */
    private long left(OutFrame frame) {
        long left = -offset;
        for (int i = segment; i < frame.segments(); i++) {
            left += frame.length(i);
        }
        return left;
    }

    private void payload(OutFrame frame, ByteSink out) {
        boolean zeros = frame.hasRest() && frame.lateStatus() == LateStatus.ABORTED;
        int left = revision == Revision.MSGR2_0 ? Integer.MAX_VALUE : PIECE_BYTES;
        while (segment < frame.segments() && left > 0) {
            int bytes = Math.min(left, frame.length(segment) - offset);
            if (zeros) {
                zeros(bytes, out);
            } else {
                slice(frame.segment(segment), bytes, out);
            }
            left -= bytes;
            offset += bytes;
            if (offset == frame.length(segment)) {
                crcs[segment - 1] = crc.value();
                segment++;
                offset = 0;
                crc.begin();
            }
        }
    }

    private void slice(ByteBuf of, int bytes, ByteSink out) {
        int index = of.readerIndex() + offset;
        if (bytes >= ByteSink.REFERENCE_BYTES_MIN) {
            out.append(of.retainedSlice(index, bytes));
        } else if (bytes > 0) {
            out.reserve(bytes).writeBytes(of, index, bytes);
        }
        crc.add(of, index, bytes);
    }

    private void zeros(int bytes, ByteSink out) {
        for (int left = bytes; left > 0; ) {
            int now = Math.min(left, ZEROS_BYTES);
            ByteBuf buffer = out.reserve(now);
            int index = buffer.writerIndex();
            buffer.writeZero(now);
            crc.add(buffer, index, now);
            left -= now;
        }
    }
}
