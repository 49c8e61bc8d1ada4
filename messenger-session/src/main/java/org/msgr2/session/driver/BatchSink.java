package org.msgr2.session.driver;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.frame.ByteSink;
import org.msgr2.session.transport.ByteStream;

/**
 * Collects what one pass writes: small pieces in one shared buffer, large segments by reference, one flush at the end.
 * The buffer's size follows what recent passes needed, so an idle connection does not tie up 64 KiB per frame. Lives on
 * the stream's loop.
 */
final class BatchSink implements ByteSink {
    private static final int BUFFER_BYTES_MIN = 512;
    private static final int BUFFER_BYTES_MAX = 64 * 1024;

    private final ByteStream stream;
    private @Nullable ByteBuf buffer;
    private int bufferBytes = BUFFER_BYTES_MIN;
    private boolean written;
    private boolean overflowed;
    private long bytes;

    BatchSink(ByteStream stream) {
        this.stream = stream;
    }

    @Override
    public ByteBuf reserve(int bytes) {
        if (buffer != null && buffer.writableBytes() < bytes) {
            passOn();
            overflowed = true;
        }
        if (buffer == null) {
            int size = Math.max(bytes, bufferBytes);
            buffer = stream.allocator().buffer(size, size);
        }
        return buffer;
    }

    @Override
    public void append(ByteBuf segment) {
        passOn();
        bytes += segment.readableBytes();
        stream.write(segment);
        written = true;
    }

    /**
     * Sends what was collected.
     *
     * @return how many bytes that is, since the flush before
     */
    long flush() {
        passOn();
        if (written) {
            written = false;
            stream.flush();
        }
        bufferBytes = overflowed
                ? Math.min(BUFFER_BYTES_MAX, bufferBytes * 2)
                : Math.max(BUFFER_BYTES_MIN, bufferBytes - bufferBytes / 8);
        overflowed = false;
        long flushed = bytes;
        bytes = 0;
        return flushed;
    }

    private void passOn() {
        if (buffer == null) {
            return;
        }
        if (buffer.isReadable()) {
            bytes += buffer.readableBytes();
            stream.write(buffer);
            written = true;
        } else {
            buffer.release();
        }
        buffer = null;
    }

    /** Throws away what was not flushed. */
    void discard() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }
}
