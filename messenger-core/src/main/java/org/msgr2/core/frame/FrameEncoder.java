package org.msgr2.core.frame;

import org.msgr2.core.ProtocolException;

/** Turns frames into bytes, in the order in which they are sent. One per direction of a connection; not thread-safe. */
public interface FrameEncoder extends AutoCloseable {

    /**
     * Writes a frame, or the next piece of it: see {@link OutFrame#hasRest}.
     *
     * @param frame borrowed; its large segments are passed to the sink as retained slices
     * @throws ProtocolException if the frame can no longer be protected: a cipher that ran out of nonces
     */
    void encode(OutFrame frame, ByteSink out) throws ProtocolException;

    /** Forgets the keys, where there are any. */
    @Override
    default void close() {}
}
