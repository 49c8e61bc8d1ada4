package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.ProtocolException;

/**
 * Finds frames in a stream of bytes, however it is cut. Nothing of a frame is handed on before its crcs or its tag hold,
 * and no memory is taken for the body of a MESSAGE before it is admitted. Not thread-safe.
 *
 * <p>A decoder consumes exactly the bytes of the frames that it returns: another one can continue where it stopped.
 */
public interface FrameDecoder extends AutoCloseable {

    /** What a call of {@link #next} has found. */
    enum Result {
        /** All bytes given are consumed; more are needed. */
        NEED_BYTES,
        /**
         * A MESSAGE is announced by {@link #preamble}: call {@link #admit} when there is room for it, then {@link #next}, even
         * if no bytes are left: in secure mode they may all have come with the announcement.
         */
        NEED_ADMISSION,
        /** {@link #take} has it. */
        FRAME,
        /** A MESSAGE that was admitted was aborted by its sender: nothing will come of it. */
        ABORTED
    }

    /**
     * Goes on with the readable bytes of {@code in}, which is borrowed.
     *
     * @throws ProtocolException if they do not form acceptable frames: the connection is lost then
     */
    Result next(ByteBuf in) throws ProtocolException;

    /**
     * Of the frame that is being received. Before the frame is whole this can be a claim of whoever sits in the wire: in crc mode
     * always, in secure mode with msgr2.0 only.
     */
    Preamble preamble();

    /** There is room for the announced message. */
    void admit();

    /** The frame; ownership passes to the caller. Once per {@link Result#FRAME}. */
    Frame take();

    /** Changes what is accepted, from the next frame on. */
    void bounds(FrameBounds bounds);

    /** Releases what was received of an unfinished frame. */
    @Override
    void close();
}
