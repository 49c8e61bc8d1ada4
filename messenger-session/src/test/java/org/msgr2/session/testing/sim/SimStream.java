package org.msgr2.session.testing.sim;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;

/** One end of a simulated stream. What it writes is copied: the buffers of two processes have nothing to do with each other. */
final class SimStream implements ByteStream, SimTime.Place {
    private final SimTransport transport;
    private final SimTime time;
    private final StreamListener listener;
    private final EntityAddr local;
    private final EntityAddr remote;
    private final int highWaterBytes;
    private SimLoop loop;
    private @Nullable SimPipe out;
    private @Nullable SimPipe in;
    private final List<ByteBuf> written = new ArrayList<>();
    private final Queue<byte[]> received = new ArrayDeque<>();
    private int receivedOffset;
    private int writtenBytes;
    private int unarrived;
    private int readBytes = 2048;
    private boolean opened;
    private boolean reading = true;
    private boolean moving;
    private boolean delivering;
    private boolean unwritable;
    private boolean closed;
    private boolean ended;
    private boolean endArrived;
    private @Nullable Throwable endCause;

    SimStream(
            SimTransport transport,
            SimLoop loop,
            EntityAddr local,
            EntityAddr remote,
            StreamListener listener,
            int highWaterBytes) {
        this.transport = transport;
        this.time = transport.network().time();
        this.loop = loop;
        this.local = local;
        this.remote = remote;
        this.listener = listener;
        this.highWaterBytes = highWaterBytes;
    }

    void join(SimPipe outgoing, SimPipe incoming) {
        out = outgoing;
        in = incoming;
    }

    int node() {
        return transport.node();
    }

    SimPipe out() {
        return known(out);
    }

    SimPipe in() {
        return known(in);
    }

    private static SimPipe known(@Nullable SimPipe pipe) {
        if (pipe == null) {
            throw new IllegalStateException("the stream has one end only");
        }
        return pipe;
    }

    @Override
    public SimLoop loop() {
        return loop;
    }

    /** On the loop. */
    void open() {
        if (ended) {
            return;
        }
        opened = true;
        listener.onOpen(this);
        deliver();
    }

    boolean hasEnded() {
        return ended || loop.isDead();
    }

    // --- Writing

    @Override
    public void write(ByteBuf bytes) {
        if (closed) {
            bytes.release();
            return;
        }
        writtenBytes += bytes.readableBytes();
        written.add(bytes);
    }

    @Override
    public void flush() {
        if (closed || written.isEmpty()) {
            return;
        }
        byte[] all = new byte[writtenBytes];
        int offset = 0;
        for (ByteBuf bytes : written) {
            int length = bytes.readableBytes();
            bytes.readBytes(all, offset, length);
            bytes.release();
            offset += length;
        }
        written.clear();
        writtenBytes = 0;
        if (all.length > 0) {
            unarrived += all.length;
            out().send(all);
        }
    }

    @Override
    public boolean isWritable() {
        unwritable = unwritable || unarrived + writtenBytes > highWaterBytes;
        return !unwritable;
    }

    /** So many of our bytes are in the peer's hands. */
    void arrived(int bytes) {
        unarrived -= bytes;
        if (unwritable && unarrived <= highWaterBytes / 4 && !closed) {
            unwritable = false;
            time.at(this, time.nowNs(), () -> {
                if (!closed && !moving) {
                    listener.onWritable();
                }
            });
        }
    }

    // --- Reading

    /** On the loop. */
    void bytesArrived(byte[] bytes) {
        if (!closed) {
            received.add(bytes);
            deliver();
        }
    }

    private void deliver() {
        if (delivering || !opened) {
            return;
        }
        delivering = true;
        try {
            while (reading && !moving && !closed && !received.isEmpty()) {
                byte[] head = received.element();
                int count = Math.min(readBytes, head.length - receivedOffset);
                ByteBuf piece = allocator().buffer(count);
                piece.writeBytes(head, receivedOffset, count);
                receivedOffset += count;
                if (receivedOffset == head.length) {
                    received.remove();
                    receivedOffset = 0;
                }
                listener.onBytes(piece);
            }
        } finally {
            delivering = false;
        }
        if (endArrived && !moving && !closed && (received.isEmpty() || endCause != null)) {
            end(endCause);
        }
    }

    /** The peer has finished, or the stream broke. On the loop. */
    void endArrived(@Nullable Throwable cause) {
        endArrived = true;
        endCause = cause;
        if (opened) {
            deliver();
        }
    }

    /** The network tells this end that the stream is gone. */
    void reset() {
        time.at(this, time.nowNs(), () -> endArrived(new IOException("Connection reset by peer")));
    }

    @Override
    public void setReading(boolean on) {
        reading = on;
        if (on) {
            time.at(this, time.nowNs(), this::deliver);
        }
    }

    @Override
    public void setReadBufferBytes(int bytes) {
        readBytes = bytes;
    }

    @Override
    public void moveTo(Loop target, Runnable moved) {
        moving = true;
        time.at(this, time.nowNs(), () -> {
            loop = (SimLoop) target;
            time.at(this, time.nowNs(), () -> {
                moving = false;
                if (!ended && !closed) {
                    moved.run();
                }
                deliver();
            });
        });
    }

    // --- The end

    @Override
    public void close() {
        if (!closed) {
            release();
            finish();
        }
    }

    @Override
    public void finish() {
        if (closed) {
            return;
        }
        flush();
        closed = true;
        release();
        out().end(null);
        // The owner hears of it when its own call has returned.
        time.at(this, time.nowNs(), () -> end(null));
    }

    private void end(@Nullable Throwable cause) {
        if (ended) {
            return;
        }
        ended = true;
        if (!closed) {
            closed = true;
            release();
            if (cause == null) {
                out().end(null);
            }
        }
        transport.ended(this);
        listener.onClosed(cause);
    }

    private void release() {
        written.forEach(ByteBuf::release);
        written.clear();
        writtenBytes = 0;
        received.clear();
        receivedOffset = 0;
    }

    @Override
    public ByteBufAllocator allocator() {
        return transport.allocator();
    }

    @Override
    public EntityAddr localAddr() {
        return local;
    }

    @Override
    public EntityAddr remoteAddr() {
        return remote;
    }
}
