package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;

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

    private final Revision revision;
    private final Crc32c crc = new Crc32c();

    public CrcFrameEncoder(Revision revision) {
        this.revision = revision;
    }

    @Override
    public void encode(OutFrame frame, ByteSink out) {
        boolean rev0 = revision == Revision.MSGR2_0;
        ByteBuf first = frame.segment(0);
        ByteBuf head = out.reserve(Preamble.BYTES + first.readableBytes() + Integer.BYTES);
        Preamble.write(head, frame, crc);
        head.writeBytes(first, first.readerIndex(), first.readableBytes());
        int firstCrc = crc.segment(first);
        if (!rev0 && first.isReadable()) {
            head.writeIntLE(firstCrc);
        }
        int frontCrc = segment(frame, 1, out);
        int middleCrc = segment(frame, 2, out);
        int dataCrc = segment(frame, 3, out);
        if (rev0 || frame.segments() > 1) {
            ByteBuf epilogue = out.reserve(EPILOGUE_BYTES_REV0);
            epilogue.writeByte(frame.lateStatus().toWire(revision));
            if (rev0) {
                epilogue.writeIntLE(firstCrc);
            }
            epilogue.writeIntLE(frontCrc).writeIntLE(middleCrc).writeIntLE(dataCrc);
        }
    }

    /** @return its crc */
    private int segment(OutFrame frame, int i, ByteSink out) {
        if (i >= frame.segments()) {
            return 0;
        }
        ByteBuf segment = frame.segment(i);
        int length = segment.readableBytes();
        if (length >= ByteSink.REFERENCE_BYTES_MIN) {
            out.append(segment.retainedSlice());
        } else if (length > 0) {
            out.reserve(length).writeBytes(segment, segment.readerIndex(), length);
        }
        return crc.segment(segment);
    }
}
