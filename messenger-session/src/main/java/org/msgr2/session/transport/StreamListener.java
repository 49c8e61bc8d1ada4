package org.msgr2.session.transport;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What a stream tells its owner, always on the stream's loop: {@link #onOpen} first, {@link #onClosed} last, each once. */
public interface StreamListener {

    void onOpen(ByteStream stream);

    /** Bytes came. Ownership of the buffer passes. */
    void onBytes(ByteBuf bytes);

    /** {@link ByteStream#isWritable} is true again. */
    void onWritable();

    /**
     * The stream ended.
     *
     * @param cause null if the peer closed it, or we did
     */
    void onClosed(@Nullable Throwable cause);
}
