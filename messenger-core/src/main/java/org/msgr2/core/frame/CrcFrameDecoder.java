package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Limits;

/**
 * Decodes frames in crc mode; {@link CrcFrameEncoder} has the layout. Payload segments are copied once, into a buffer of
 * their own; everything else goes through two small buffers that are reused.
 */
public final class CrcFrameDecoder extends StagedFrameDecoder {
    private final Revision revision;
    private final ByteBufAllocator allocator;
    private final Crc32c crc = new Crc32c();
    /** Preamble, then epilogue. */
    private final ByteBuf fixed = Unpooled.buffer(Preamble.BYTES, Preamble.BYTES);

    private int current;

    /**
     * @param bounds what is accepted at first
     * @param allocator for payload segments
     */
    public CrcFrameDecoder(Revision revision, Limits limits, FrameBounds bounds, ByteBufAllocator allocator) {
        super(limits, bounds, Integer.BYTES);
        this.revision = revision;
        this.allocator = allocator;
    }

    @Override
    @Nullable Preamble readPreamble(ByteBuf in) throws ProtocolException {
        return fill(fixed, Preamble.BYTES, in) ? Preamble.read(fixed, 0, crc) : null;
    }

    @Override
    void begin(Preamble accepted) {
        fixed.clear();
        current = 1;
    }

    /** In msgr2.1 the segment's crc follows it at once. */
    @Override
    boolean readFirst(ByteBuf in) throws ProtocolException {
        int length = (int) preamble().length(0);
        boolean crcFollows = revision == Revision.MSGR2_1 && length > 0;
        if (!fill(first, crcFollows ? length + Integer.BYTES : length, in)) {
            return false;
        }
        if (crcFollows) {
            checkCrc(0, first.getIntLE(length), crc.segment(first, 0, length));
            first.writerIndex(length);
        }
        return true;
    }

    @Override
    @Nullable LateStatus readPayload(ByteBuf in) throws ProtocolException {
        return fillSegments(in) && fill(fixed, epilogueBytes(), in) ? checkEpilogue() : null;
    }

    private boolean fillSegments(ByteBuf in) {
        for (; current < preamble().segments(); current++) {
            int length = (int) preamble().length(current);
            if (length == 0) {
                continue;
            }
            if (payload[current].capacity() == 0) {
                if (!in.isReadable()) {
                    return false;
                }
                payload[current] = allocator.buffer(length, length);
            }
            if (!fill(payload[current], length, in)) {
                return false;
            }
        }
        return true;
    }

    private int epilogueBytes() {
        if (revision == Revision.MSGR2_0) {
            return CrcFrameEncoder.EPILOGUE_BYTES_REV0;
        }
        return preamble().segments() > 1 ? CrcFrameEncoder.EPILOGUE_BYTES_REV1 : 0;
    }

    /** Crcs first, status then: an aborted frame has valid crcs too (spec/msgr2 §2.4). */
    private LateStatus checkEpilogue() throws ProtocolException {
        if (!fixed.isReadable()) {
            return LateStatus.COMPLETE;
        }
        int at = 1;
        if (revision == Revision.MSGR2_0) {
            checkCrc(0, fixed.getIntLE(at), crc.segment(first));
            at += Integer.BYTES;
        }
        for (int i = 1; i < preamble().segments(); i++, at += Integer.BYTES) {
            checkCrc(i, fixed.getIntLE(at), crc.segment(payload[i]));
        }
        try {
            return LateStatus.fromWire(revision, fixed.getUnsignedByte(0));
        } catch (ProtocolException e) {
            throw e.inFrame(preamble().tag().name());
        }
    }

    private void checkCrc(int segment, int actual, int computed) throws ProtocolException {
        if (actual != computed) {
            throw new ProtocolException(
                            FaultKind.INTEGRITY,
                            "crc of segment " + (segment + 1) + " is 0x" + Integer.toHexString(actual) + ", computed 0x"
                                    + Integer.toHexString(computed))
                    .inFrame(preamble().tag().name());
        }
    }

    @Override
    void reset() {
        fixed.clear();
    }
}
