package org.msgr2.session.transport;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * What a stream tells its owner, always on the stream's loop: {@link #onOpen} first, {@link #onClosed} last, each once. One that
 * is to be secured says so before, by {@link #onSecuring}; if that fails, {@link #onClosed} follows without {@link #onOpen}.
 */
public interface StreamListener {

    /**
     * The stream is connected, and its ends agree on what is to protect it. Until they have, it can be closed, and nothing
     * else. How long that may take, and how many peers may be at it, is up to the owner.
     */
    default void onSecuring(ByteStream stream) {}

    /** Bytes can be read and written. */
    void onOpen(ByteStream stream);

    /** Bytes came. Ownership of the buffer passes. */
    void onBytes(ByteBuf bytes);

    /** {@link ByteStream#isWritable} is true again. */
    void onWritable();

    /**
     * The stream ended.
     *
     * @param cause null if the peer closed it, or we did; a {@link org.msgr2.core.ProtocolException} says by itself what there is
     *     to say
     */
    void onClosed(@Nullable Throwable cause);
}
