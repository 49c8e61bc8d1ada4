package org.msgr2.examples.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/**
 * A network whose streams, from a moment on, lose everything that goes one way, until they are cut: so a test decides what the
 * other end has not got, or has not told, when the connection ends. Streams that are opened later are whole. Thread-safe.
 */
final class OneWayTransport implements Transport {
    private final Transport network;
    private final Set<Watched> open = ConcurrentHashMap.newKeySet();
    private final AtomicLong outgoingMaxOfNext = new AtomicLong(Long.MAX_VALUE);

    OneWayTransport(Transport network) {
        this.network = network;
    }

    /** What we write does not leave any more. */
    void loseOutgoing() {
        open.forEach(stream -> stream.losesOutgoing = true);
    }

    /** What peers write does not arrive any more. */
    void loseIncoming() {
        open.forEach(stream -> stream.losesIncoming = true);
    }

    /** The next stream ends in front of that byte of ours, counted from 0. */
    void cutNextBefore(long bytes) {
        outgoingMaxOfNext.set(bytes);
    }

    /** How many bytes we have written to the only stream that is open. */
    long outgoingBytes() {
        List<Watched> all = List.copyOf(open);
        if (all.size() != 1) {
            throw new AssertionError("expected one stream: " + all.size());
        }
        return all.get(0).outgoing.get();
    }

    /** Ends every stream that is open, without a word. */
    void cut() {
        List.copyOf(open).forEach(Watched::cut);
    }

    @Override
    public String name() {
        return network.name();
    }

    @Override
    public int loops() {
        return network.loops();
    }

    @Override
    public Loop loop(int index) {
        return network.loop(index);
    }

    @Override
    public boolean movesStreams() {
        return network.movesStreams();
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        network.connect(target, loop, new Watched(listener), failed);
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        return network.listen(addr, () -> new Watched(accepted.get()));
    }

    @Override
    public void close() {
        network.close();
    }

    /** Hears what the stream tells, and is the stream that the listener sees. */
    private final class Watched implements StreamListener, ByteStream {
        private final StreamListener listener;
        private volatile @Nullable ByteStream stream;
        private final long outgoingMax = outgoingMaxOfNext.getAndSet(Long.MAX_VALUE);
        private final AtomicLong outgoing = new AtomicLong();
        private volatile boolean losesOutgoing;
        private volatile boolean losesIncoming;

        private Watched(StreamListener listener) {
            this.listener = listener;
        }

        private ByteStream stream() {
            ByteStream opened = stream;
            if (opened == null) {
                throw new IllegalStateException("not open");
            }
            return opened;
        }

        private void cut() {
            try {
                stream().loop().execute(stream()::close);
            } catch (RejectedExecutionException e) {
                open.remove(this); // its loop has ended, and so has the stream
            }
        }

        @Override
        public void onOpen(ByteStream opened) {
            stream = opened;
            open.add(this);
            listener.onOpen(this);
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            if (losesIncoming) {
                bytes.release();
            } else {
                listener.onBytes(bytes);
            }
        }

        @Override
        public void onWritable() {
            listener.onWritable();
        }

        @Override
        public void onClosed(@Nullable Throwable cause) {
            open.remove(this);
            listener.onClosed(cause);
        }

        @Override
        public Loop loop() {
            return stream().loop();
        }

        @Override
        public ByteBufAllocator allocator() {
            return stream().allocator();
        }

        @Override
        public EntityAddr localAddr() {
            return stream().localAddr();
        }

        @Override
        public EntityAddr remoteAddr() {
            return stream().remoteAddr();
        }

        @Override
        public void write(ByteBuf bytes) {
            if (losesOutgoing) {
                bytes.release();
                return;
            }
            long room = outgoingMax - outgoing.get();
            if (room >= bytes.readableBytes()) {
                outgoing.addAndGet(bytes.readableBytes());
                stream().write(bytes);
                return;
            }
            losesOutgoing = true;
            stream().write(bytes.readRetainedSlice((int) room));
            bytes.release();
            stream().flush();
            stream().finish();
        }

        @Override
        public void flush() {
            stream().flush();
        }

        @Override
        public boolean isWritable() {
            return stream().isWritable();
        }

        @Override
        public void setReading(boolean reading) {
            stream().setReading(reading);
        }

        @Override
        public void moveTo(Loop loop, Runnable moved) {
            stream().moveTo(loop, moved);
        }

        @Override
        public void setReadBufferBytes(int bytes) {
            stream().setReadBufferBytes(bytes);
        }

        @Override
        public void close() {
            stream().close();
        }

        @Override
        public void finish() {
            stream().finish();
        }
    }
}
