package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Limits;

/**
 * Decodes frames in crc mode; {@link CrcFrameEncoder} has the layout. Payload segments are copied once, into a buffer of
 * their own; everything else goes through two small buffers that are reused.
 */
public final class CrcFrameDecoder implements FrameDecoder {
    private enum Stage {
        PREAMBLE,
        /** A MESSAGE is announced and not admitted yet. */
        ADMISSION,
        /** The first segment, in msgr2.1 with its crc. */
        FIRST,
        /** The segments behind the first, one after the other. */
        PAYLOAD,
        EPILOGUE,
        /** A whole frame waits for {@link #take}. */
        COMPLETE
    }

    private final Revision revision;
    private final ByteBufAllocator allocator;
    private final Crc32c crc = new Crc32c();
    /** Preamble, then epilogue. */
    private final ByteBuf fixed = Unpooled.buffer(Preamble.BYTES, Preamble.BYTES);

    private final ByteBuf first;
    private final ByteBuf[] payload = new ByteBuf[Preamble.SEGMENTS_MAX];
    private FrameBounds bounds;
    private Stage stage = Stage.PREAMBLE;
    private @Nullable Preamble preamble;
    private int current;

    /**
     * @param allocator for payload segments
     * @param bounds what is accepted at first
     */
    public CrcFrameDecoder(Revision revision, Limits limits, FrameBounds bounds, ByteBufAllocator allocator) {
        this.revision = revision;
        this.bounds = bounds;
        this.allocator = allocator;
        int firstBytesMax =
                Math.max(limits.frames().controlBytesMax(), limits.frames().headerBytesMax());
        this.first =
                Unpooled.buffer(128, Math.max(firstBytesMax, limits.handshake().frameBytesMax()) + Integer.BYTES);
        Arrays.fill(payload, Unpooled.EMPTY_BUFFER);
    }

    @Override
    public Result next(ByteBuf in) throws ProtocolException {
        while (true) {
            switch (stage) {
                case PREAMBLE -> {
                    if (!fill(fixed, Preamble.BYTES, in)) {
                        return Result.NEED_BYTES;
                    }
                    readPreamble();
                }
                case ADMISSION -> {
                    return Result.NEED_ADMISSION;
                }
                case FIRST -> {
                    if (!fill(first, firstBytesOnWire(), in)) {
                        return Result.NEED_BYTES;
                    }
                    current = 1;
                    stage = Stage.PAYLOAD;
                    checkFirstInline();
                }
                case PAYLOAD -> {
                    if (!fillPayload(in)) {
                        return Result.NEED_BYTES;
                    }
                    stage = Stage.EPILOGUE;
                }
                case EPILOGUE -> {
                    if (!fill(fixed, epilogueBytes(), in)) {
                        return Result.NEED_BYTES;
                    }
                    if (checkEpilogue() == LateStatus.COMPLETE) {
                        stage = Stage.COMPLETE;
                        return Result.FRAME;
                    }
                    boolean admitted = !preamble().tag().isControl();
                    restart();
                    if (admitted) {
                        return Result.ABORTED;
                    }
                }
                case COMPLETE -> throw new IllegalStateException("the frame was not taken");
            }
        }
    }

    private void readPreamble() throws ProtocolException {
        Preamble announced = Preamble.read(fixed, 0, crc);
        bounds.check(announced);
        preamble = announced;
        fixed.clear();
        first.clear();
        stage = announced.tag().isControl() ? Stage.FIRST : Stage.ADMISSION;
    }

    @Override
    public void admit() {
        if (stage != Stage.ADMISSION) {
            throw new IllegalStateException("nothing to admit in stage " + stage);
        }
        stage = Stage.FIRST;
    }

    private int firstBytesOnWire() {
        int length = (int) preamble().length(0);
        return revision == Revision.MSGR2_1 && length > 0 ? length + Integer.BYTES : length;
    }

    private void checkFirstInline() throws ProtocolException {
        if (revision == Revision.MSGR2_1 && first.isReadable()) {
            int length = first.readableBytes() - Integer.BYTES;
            checkCrc(0, first.getIntLE(length), crc.segment(first, 0, length));
            first.writerIndex(length);
        }
    }

    private boolean fillPayload(ByteBuf in) {
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
    public Preamble preamble() {
        if (preamble == null) {
            throw new IllegalStateException("no frame is being received");
        }
        return preamble;
    }

    @Override
    public Frame take() {
        if (stage != Stage.COMPLETE) {
            throw new IllegalStateException("no frame to take in stage " + stage);
        }
        Frame frame = new Frame(preamble(), first, payload[1], payload[2], payload[3]);
        Arrays.fill(payload, Unpooled.EMPTY_BUFFER);
        restart();
        return frame;
    }

    @Override
    public void bounds(FrameBounds newBounds) {
        bounds = newBounds;
    }

    @Override
    public void close() {
        restart();
    }

    /** Back to the start of a frame. The first segment's bytes stay until then: a frame that was taken still shows them. */
    private void restart() {
        for (int i = 0; i < payload.length; i++) {
            payload[i].release();
            payload[i] = Unpooled.EMPTY_BUFFER;
        }
        fixed.clear();
        preamble = null;
        stage = Stage.PREAMBLE;
    }

    /** Moves bytes until {@code target} has {@code bytes} of them; false if {@code in} has too few. */
    private static boolean fill(ByteBuf target, int bytes, ByteBuf in) {
        int missing = bytes - target.readableBytes();
        if (missing > 0) {
            // Not in.readBytes(target): that does not let the target grow.
            target.writeBytes(in, Math.min(missing, in.readableBytes()));
        }
        return target.readableBytes() >= bytes;
    }
}
