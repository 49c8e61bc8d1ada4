package org.msgr2.core.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import org.msgr2.core.frame.ByteSink;

/** Collects what an encoder writes in one array. Copies and releases what is passed by reference. Not thread-safe. */
public final class BufferSink implements ByteSink {
    private final ByteBuf bytes = Unpooled.buffer();
    private int references;

    @Override
    public ByteBuf reserve(int room) {
        bytes.ensureWritable(room);
        return bytes;
    }

    @Override
    public void append(ByteBuf segment) {
        references++;
        bytes.writeBytes(segment);
        segment.release();
    }

    /** How many segments were passed by reference. */
    public int references() {
        return references;
    }

    /** Everything so far; a copy. */
    public byte[] toByteArray() {
        return ByteBufUtil.getBytes(bytes);
    }
}
