package org.msgr2.core.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.function.IntSupplier;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameDecoder;

/** Feeds a stream of bytes to a decoder, cut as the test wants it, and admits every message. */
public final class FrameFeed {
    private FrameFeed() {}

    /** Takes a frame, which is released when the call returns; what is to stay has to be taken out of it. */
    @FunctionalInterface
    public interface Receiver {
        void frame(Frame frame) throws ProtocolException;
    }

    /**
     * How often a decoder said what.
     *
     * @param frames handed on
     * @param admissions asked for
     * @param aborted frames that were admitted and came to nothing
     */
    public record Outcome(int frames, int admissions, int aborted) {}

    /** The whole stream at once. */
    public static Outcome whole(FrameDecoder decoder, byte[] stream, Receiver receiver) throws ProtocolException {
        return chunks(decoder, stream, () -> Math.max(1, stream.length), receiver);
    }

    /**
     * @param chunkBytes the size of the next chunk, at least 1
     * @throws AssertionError if the decoder wants more bytes while it has some
     */
    public static Outcome chunks(FrameDecoder decoder, byte[] stream, IntSupplier chunkBytes, Receiver receiver)
            throws ProtocolException {
        int frames = 0;
        int admissions = 0;
        int aborted = 0;
        // One buffer whose end moves, as a channel's would, and so that feeding itself takes no memory.
        ByteBuf in = Unpooled.wrappedBuffer(stream);
        int end = 0;
        while (end < stream.length) {
            end += Math.min(chunkBytes.getAsInt(), stream.length - end);
            in.writerIndex(end);
            for (boolean hungry = false; !hungry; ) {
                switch (decoder.next(in)) {
                    case NEED_BYTES -> hungry = true;
                    case NEED_ADMISSION -> {
                        admissions++;
                        decoder.admit();
                    }
                    case FRAME -> {
                        frames++;
                        Frame frame = decoder.take();
                        try {
                            receiver.frame(frame);
                        } finally {
                            frame.release();
                        }
                    }
                    case ABORTED -> aborted++;
                }
            }
            if (in.isReadable()) {
                throw new AssertionError("the decoder left " + in.readableBytes() + " bytes and wants more");
            }
        }
        return new Outcome(frames, admissions, aborted);
    }
}
