package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;

/**
 * Where an encoder puts bytes: small pieces are copied into a buffer that several frames share, large ones are passed on
 * by reference, so that bulk data is never copied. Order of calls is order of bytes.
 */
public interface ByteSink {

    /** From this size on a segment is passed on by reference: below it copying is cheaper (measured). */
    int REFERENCE_BYTES_MIN = 4096;

    /**
     * A buffer to whose end the caller may append up to {@code bytes} bytes before it calls the sink again. It stays the
     * sink's.
     */
    ByteBuf reserve(int bytes);

    /** Passes the readable bytes on. Ownership of the buffer passes to the sink. */
    void append(ByteBuf segment);
}
