package org.msgr2.session.inproc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;

/**
 * One end of a stream within the process. Each end is touched by its own loop only; they meet by tasks that one gives to
 * the other's. Bytes that were flushed count against the writer until the reader has taken them, as a socket's buffers
 * would make them.
 */
final class InProcStream implements ByteStream {
    private static final int HIGH_WATER_BYTES = 1024 * 1024;
    private static final int LOW_WATER_BYTES = 256 * 1024;
    private static final int READ_BYTES_INITIAL = 2048;

    private final InProcTransport transport;
    /** Tasks for this end, in order, whichever loop it is on. */
    private final Queue<Runnable> inbox = new ConcurrentLinkedQueue<>();

    private volatile Loop loop;
    private final EntityAddr local;
    private final EntityAddr remote;
    private final StreamListener listener;
    private final ByteBufAllocator allocator;
    private final Queue<ByteBuf> written = new ArrayDeque<>();
    private final Queue<ByteBuf> received = new ArrayDeque<>();
    private @Nullable InProcStream peer;
    private boolean reading = true;
    /** On the way from one loop to another: nothing is told to the listener. */
    private volatile boolean moving;

    private boolean delivering;
    private boolean peerFinished;
    private boolean closed;
    private int readBytes = READ_BYTES_INITIAL;
    /** Written and not taken by the peer's reader yet. */
    private long outstanding;

    InProcStream(
            InProcTransport transport,
            Loop loop,
            EntityAddr local,
            EntityAddr remote,
            StreamListener listener,
            ByteBufAllocator allocator) {
        this.transport = transport;
        this.loop = loop;
        this.local = local;
        this.remote = remote;
        this.listener = listener;
        this.allocator = allocator;
    }

    /** Before either end is open. */
    void join(InProcStream other) {
        peer = other;
        other.peer = this;
    }

    void open() {
        if (transport.opened(this)) {
            listener.onOpen(this);
        } else {
            closed = true;
            tell(peer(), peer()::peerClosed);
        }
    }

    private InProcStream peer() {
        if (peer == null) {
            throw new IllegalStateException("the stream has one end only");
        }
        return peer;
    }

    @Override
    public void write(ByteBuf bytes) {
        if (closed) {
            bytes.release();
            return;
        }
        outstanding += bytes.readableBytes();
        written.add(bytes);
    }

    @Override
    public void flush() {
        if (closed || written.isEmpty()) {
            return;
        }
        ByteBuf[] batch = written.toArray(new ByteBuf[0]);
        written.clear();
        InProcStream to = peer();
        if (!tell(to, () -> to.arrived(batch))) {
            for (ByteBuf bytes : batch) {
                bytes.release();
            }
        }
    }

    /** @return false if that end's transport is closed and its loops have ended */
    private static boolean tell(InProcStream end, Runnable task) {
        end.inbox.add(task);
        try {
            end.loop.execute(end::runTask);
            return true;
        } catch (RejectedExecutionException e) {
            return !end.inbox.remove(task);
        }
    }

    /** One of them, so that the loop's other tasks have their turns. */
    private void runTask() {
        if (moving || !loop.inLoop()) {
            return; // the end of the move sees to what is left
        }
        Runnable task = inbox.poll();
        if (task != null) {
            task.run();
        }
    }

    @Override
    public void moveTo(Loop target, Runnable moved) {
        moving = true;
        // Behind what this loop is in the middle of.
        loop.execute(() -> {
            loop = target;
            target.execute(() -> {
                moving = false;
                if (!ended) {
                    moved.run();
                }
                for (int left = inbox.size(); left > 0; left--) {
                    target.execute(this::runTask);
                }
                deliver();
            });
        });
    }

    private void arrived(ByteBuf[] batch) {
        for (ByteBuf bytes : batch) {
            if (closed) {
                bytes.release();
            } else {
                received.add(bytes);
            }
        }
        deliver();
    }

    /** Gives the listener what has come, in pieces of the size that it reads. */
    private void deliver() {
        if (delivering) {
            return; // the listener turned reading on while it was being given bytes
        }
        delivering = true;
        try {
            while (reading && !moving && !closed && !received.isEmpty()) {
                ByteBuf head = received.element();
                int count = Math.min(readBytes, head.readableBytes());
                ByteBuf piece = allocator.buffer(Math.max(1, count));
                piece.writeBytes(head, count);
                if (!head.isReadable()) {
                    received.remove().release();
                }
                InProcStream from = peer();
                tell(from, () -> from.taken(count));
                listener.onBytes(piece);
            }
        } finally {
            delivering = false;
        }
        if (peerFinished && received.isEmpty() && !closed && !moving) {
            end();
        }
    }

    private void taken(int bytes) {
        boolean full = !isWritable();
        outstanding -= bytes;
        if (full && outstanding <= LOW_WATER_BYTES && !closed) {
            writable = true;
            listener.onWritable();
        }
    }

    private boolean writable = true;

    @Override
    public boolean isWritable() {
        if (outstanding > HIGH_WATER_BYTES) {
            writable = false;
        }
        return writable;
    }

    @Override
    public void setReading(boolean on) {
        reading = on;
        if (on) {
            tell(this, this::deliver);
        }
    }

    @Override
    public void setReadBufferBytes(int bytes) {
        readBytes = bytes;
    }

    @Override
    public void close() {
        if (!closed) {
            written.forEach(ByteBuf::release);
            written.clear();
            finish();
        }
    }

    @Override
    public void finish() {
        if (closed) {
            return;
        }
        flush();
        InProcStream to = peer();
        tell(to, to::peerClosed);
        // As a socket does: the owner hears of it when its own call has returned.
        tell(this, this::end);
        closed = true;
        release();
    }

    private void peerClosed() {
        peerFinished = true;
        deliver();
    }

    /** The listener hears of the end once: closed from here, or because the peer has finished. */
    private void end() {
        if (ended) {
            return;
        }
        ended = true;
        if (!closed) {
            closed = true;
            release();
        }
        transport.closed(this);
        listener.onClosed(null);
    }

    private boolean ended;

    private void release() {
        received.forEach(ByteBuf::release);
        received.clear();
        written.forEach(ByteBuf::release);
        written.clear();
    }

    @Override
    public Loop loop() {
        return loop;
    }

    @Override
    public ByteBufAllocator allocator() {
        return allocator;
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
