package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Limits;

/**
 * What all frame layouts have in common: a preamble that is checked, a stop for admission, a first segment that is the
 * decoder's own, payload segments that pass to the frame. The layouts say how many bytes each part takes and when it can be
 * trusted.
 */
abstract class StagedFrameDecoder implements FrameDecoder {
    private enum Stage {
        PREAMBLE,
        /** A MESSAGE is announced and not admitted yet. */
        ADMISSION,
        FIRST,
        /** The segments behind the first, and the epilogue. */
        PAYLOAD,
        /** A whole frame waits for {@link #take}. */
        COMPLETE
    }

    private static final int FIRST_BYTES_INITIAL = 128;

    /** The first segment of the current frame; larger than that segment may be by {@code slack} bytes. */
    final ByteBuf first;

    /** The segments behind the first, by their index; empty where there is none. */
    final ByteBuf[] payload = new ByteBuf[Preamble.SEGMENTS_MAX];

    private FrameBounds bounds;
    private Stage stage = Stage.PREAMBLE;
    private @Nullable Preamble preamble;

    /**
     * @param bounds what is accepted at first
     * @param slack bytes that a layout reads to the first segment's buffer besides the segment
     */
    StagedFrameDecoder(Limits limits, FrameBounds bounds, int slack) {
        this.bounds = bounds;
        this.first = Unpooled.buffer(FIRST_BYTES_INITIAL, firstBytesMax(limits) + slack);
        Arrays.fill(payload, Unpooled.EMPTY_BUFFER);
    }

    /** The longest first segment that any bounds let pass. */
    static int firstBytesMax(Limits limits) {
        int session =
                Math.max(limits.frames().controlBytesMax(), limits.frames().headerBytesMax());
        return Math.max(session, limits.handshake().frameBytesMax());
    }

    /** @return the preamble, good enough to wait for what it announces; null if more bytes are needed */
    abstract @Nullable Preamble readPreamble(ByteBuf in) throws ProtocolException;

    /** The preamble was accepted: what came with it may be used. */
    abstract void begin(Preamble accepted);

    /** @return whether {@link #first} holds the segment and nothing else, intact */
    abstract boolean readFirst(ByteBuf in) throws ProtocolException;

    /** @return the status of the frame, all of it proven intact; null if more bytes are needed */
    abstract @Nullable LateStatus readPayload(ByteBuf in) throws ProtocolException;

    /** Forgets what was received of an unfinished frame. */
    abstract void reset();

    @Override
    public final Result next(ByteBuf in) throws ProtocolException {
        while (true) {
            switch (stage) {
                case PREAMBLE -> {
                    Preamble announced = readPreamble(in);
                    if (announced == null) {
                        return Result.NEED_BYTES;
                    }
                    bounds.check(announced);
                    preamble = announced;
                    first.clear();
                    begin(announced);
                    stage = announced.tag().isControl() ? Stage.FIRST : Stage.ADMISSION;
                }
                case ADMISSION -> {
                    return Result.NEED_ADMISSION;
                }
                case FIRST -> {
                    if (!readFirst(in)) {
                        return Result.NEED_BYTES;
                    }
                    stage = Stage.PAYLOAD;
                }
                case PAYLOAD -> {
                    LateStatus status = readPayload(in);
                    if (status == null) {
                        return Result.NEED_BYTES;
                    }
                    if (status == LateStatus.COMPLETE) {
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

    @Override
    public final void admit() {
        if (stage != Stage.ADMISSION) {
            throw new IllegalStateException("nothing to admit in stage " + stage);
        }
        stage = Stage.FIRST;
    }

    @Override
    public final Preamble preamble() {
        if (preamble == null) {
            throw new IllegalStateException("no frame is being received");
        }
        return preamble;
    }

    @Override
    public final Frame take() {
        if (stage != Stage.COMPLETE) {
            throw new IllegalStateException("no frame to take in stage " + stage);
        }
        Frame frame = new Frame(preamble(), first, payload[1], payload[2], payload[3]);
        Arrays.fill(payload, Unpooled.EMPTY_BUFFER);
        restart();
        return frame;
    }

    @Override
    public final void bounds(FrameBounds newBounds) {
        bounds = newBounds;
    }

    @Override
    public void close() {
        restart();
    }

    /** Back to the start of a frame. The first segment's bytes stay: a frame that was taken still shows them. */
    private void restart() {
        for (int i = 0; i < payload.length; i++) {
            payload[i].release();
            payload[i] = Unpooled.EMPTY_BUFFER;
        }
        reset();
        preamble = null;
        stage = Stage.PREAMBLE;
    }

    /** Moves bytes until {@code target} has {@code bytes} of them; false if {@code in} has too few. */
    static boolean fill(ByteBuf target, int bytes, ByteBuf in) {
        int missing = bytes - target.readableBytes();
        if (missing > 0) {
            target.writeBytes(in, Math.min(missing, in.readableBytes()));
        }
        return target.readableBytes() >= bytes;
    }
}
