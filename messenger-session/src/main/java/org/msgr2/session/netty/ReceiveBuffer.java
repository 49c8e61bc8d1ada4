package org.msgr2.session.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Receives every batch of datagrams of one channel into the same buffer, unless somebody has kept a piece of it: then into a new
 * one. A batch takes hundreds of kilobytes, and to get and clear these costs more than to receive. Of the channel's loop; whoever
 * made the channel calls {@link #close} there when it has ended.
 */
final class ReceiveBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private final int bytes;
    private @Nullable ByteBuf last;
    private boolean closed;

    /**
     * @param bytes of a batch
     * @param batchMax datagrams per reading
     */
    ReceiveBuffer(int bytes, int batchMax) {
        super(batchMax);
        this.bytes = bytes;
    }

    @Override
    public ExtendedHandle newHandle() {
        return new MaxMessageHandle() {
            private final UncheckedBooleanSupplier isFull = () -> lastBytesRead() >= attemptedBytesRead();

            @Override
            public ByteBuf allocate(ByteBufAllocator allocator) {
                return next(allocator);
            }

            @Override
            public int guess() {
                return bytes;
            }

            /** Not to be told that there is nothing more, which a batch with room for more has told. */
            @Override
            public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
                return super.continueReading(isFull);
            }
        };
    }

    private ByteBuf next(ByteBufAllocator allocator) {
        ByteBuf reused = last;
        if (reused != null && reused.refCnt() == 1) {
            return reused.clear().retain();
        }
        ByteBuf fresh = allocator.ioBuffer(bytes);
        if (!closed) {
            if (reused != null) {
                reused.release();
            }
            last = fresh.retain();
        }
        return fresh;
    }

    /** The channel reads no more. */
    void close() {
        closed = true;
        if (last != null) {
            last.release();
            last = null;
        }
    }
}
