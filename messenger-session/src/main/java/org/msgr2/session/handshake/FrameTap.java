package org.msgr2.session.handshake;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.frame.ByteSink;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameBounds;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.FrameEncoder;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.frame.Preamble;
import org.msgr2.core.frame.Tag;
import org.msgr2.session.FrameObserver;
import org.msgr2.session.FrameObserver.ObservedFrame;

/**
 * Shows the frames of one stream to an observer, by going between its codec and whoever uses that: so that a stream that nobody
 * observes pays nothing. Not thread-safe.
 */
public final class FrameTap {
    private final FrameObserver observer;
    private final EntityAddr local;
    private final EntityAddr remote;
    private final boolean dialled;
    private long writtenBytes;
    private long readBytes;

    /**
     * @param local our end of the stream
     * @param remote the peer's
     * @param dialled whether we have opened it
     */
    public FrameTap(FrameObserver observer, EntityAddr local, EntityAddr remote, boolean dialled) {
        this.observer = observer;
        this.local = local;
        this.remote = remote;
        this.dialled = dialled;
    }

    /** The banners have gone by: so many bytes. */
    void banners(long written, long read) {
        writtenBytes = written;
        readBytes = read;
    }

    private void wrote(Tag tag, long bytes) {
        long offset = writtenBytes;
        writtenBytes += bytes;
        observer.onFrame(new ObservedFrame(local, remote, dialled, true, tag, offset, bytes));
    }

    /** @param offset where the frame has begun */
    private void read(Tag tag, long offset) {
        observer.onFrame(new ObservedFrame(local, remote, dialled, false, tag, offset, readBytes - offset));
    }

    FrameEncoder on(FrameEncoder encoder) {
        return new Writing(encoder);
    }

    FrameDecoder on(FrameDecoder decoder) {
        return new Reading(decoder);
    }

    private final class Writing implements FrameEncoder {
        private final FrameEncoder encoder;
        /** Of the frame that is being written, in its pieces so far. */
        private long bytes;

        Writing(FrameEncoder encoder) {
            this.encoder = encoder;
        }

        @Override
        public void encode(OutFrame frame, ByteSink out) throws ProtocolException {
            Counting counting = new Counting(out);
            encoder.encode(frame, counting);
            bytes += counting.total();
            if (!frame.hasRest()) {
                long whole = bytes;
                bytes = 0;
                wrote(frame.tag(), whole);
            }
        }

        @Override
        public void close() {
            encoder.close();
        }
    }

    /** Counts what goes into a sink. */
    private static final class Counting implements ByteSink {
        private final ByteSink out;
        private @Nullable ByteBuf reserved;
        private int start;
        private long bytes;

        Counting(ByteSink out) {
            this.out = out;
        }

        /** So far; a buffer that was reserved counts with what has been appended to it. */
        long total() {
            if (reserved != null) {
                bytes += reserved.writerIndex() - start;
                reserved = null;
            }
            return bytes;
        }

        @Override
        public ByteBuf reserve(int count) {
            total();
            reserved = out.reserve(count);
            start = reserved.writerIndex();
            return reserved;
        }

        @Override
        public void append(ByteBuf segment) {
            total();
            bytes += segment.readableBytes();
            out.append(segment);
        }
    }

    private final class Reading implements FrameDecoder {
        private final FrameDecoder decoder;
        private long offset = readBytes;

        Reading(FrameDecoder decoder) {
            this.decoder = decoder;
        }

        @Override
        public Result next(ByteBuf in) throws ProtocolException {
            int before = in.readableBytes();
            Result result = decoder.next(in);
            readBytes += before - in.readableBytes();
            if (result == Result.ABORTED) {
                whole(Tag.MESSAGE);
            }
            return result;
        }

        @Override
        public Frame take() {
            Frame frame = decoder.take();
            try {
                whole(frame.tag());
            } catch (RuntimeException e) {
                frame.release();
                throw e;
            }
            return frame;
        }

        private void whole(Tag tag) {
            long began = offset;
            offset = readBytes;
            read(tag, began);
        }

        @Override
        public Preamble preamble() {
            return decoder.preamble();
        }

        @Override
        public void admit() {
            decoder.admit();
        }

        @Override
        public void bounds(FrameBounds bounds) {
            decoder.bounds(bounds);
        }

        @Override
        public void close() {
            decoder.close();
        }
    }
}
