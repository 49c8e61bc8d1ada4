package org.msgr2.examples.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/**
 * A network whose connections break on demand, as if somebody pulled the cable: of the next bytes that are written half is
 * sent, all after them is lost without a word to the writer, and then the socket is closed. Without TLS. Thread-safe.
 */
final class BreakableTransport implements Transport {
    private final Transport inner;
    private final AtomicBoolean breakNext = new AtomicBoolean();

    /** @param inner is closed with this one */
    BreakableTransport(Transport inner) {
        this.inner = inner;
    }

    /** Breaks the connection that is written to next. Asking once more before that changes nothing. */
    void breakNext() {
        breakNext.set(true);
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public int loops() {
        return inner.loops();
    }

    @Override
    public Loop loop(int index) {
        return inner.loop(index);
    }

    @Override
    public boolean movesStreams() {
        return inner.movesStreams();
    }

    /** Those do not break. */
    @Override
    public Sockets sockets() {
        return inner.sockets();
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        inner.connect(target, loop, new Listening(listener), failed);
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        return inner.listen(addr, () -> new Listening(accepted.get()));
    }

    @Override
    public void close() {
        inner.close();
    }

    private final class Listening implements StreamListener {
        private final StreamListener owner;

        Listening(StreamListener owner) {
            this.owner = owner;
        }

        @Override
        public void onOpen(ByteStream stream) {
            owner.onOpen(new Breakable(stream));
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            owner.onBytes(bytes);
        }

        @Override
        public void onWritable() {
            owner.onWritable();
        }

        @Override
        public void onClosed(@Nullable Throwable cause) {
            owner.onClosed(cause);
        }
    }

    private final class Breakable implements ByteStream {
        private final ByteStream inner;
        private boolean broken;

        Breakable(ByteStream inner) {
            this.inner = inner;
        }

        @Override
        public void write(ByteBuf bytes) {
            if (broken) {
                bytes.release();
            } else if (breakNext.compareAndSet(true, false)) {
                inner.write(bytes.readRetainedSlice(bytes.readableBytes() / 2));
                bytes.release();
                inner.flush();
                broken = true;
                // Later, as news of a broken connection come: never within a write.
                inner.loop().execute(inner::close);
            } else {
                inner.write(bytes);
            }
        }

        @Override
        public void flush() {
            if (!broken) {
                inner.flush();
            }
        }

        @Override
        public boolean isWritable() {
            return inner.isWritable();
        }

        @Override
        public void finish() {
            if (broken) {
                inner.close();
            } else {
                inner.finish();
            }
        }

        @Override
        public void close() {
            inner.close();
        }

        @Override
        public void setReading(boolean reading) {
            inner.setReading(reading);
        }

        @Override
        public void moveTo(Loop loop, Runnable moved) {
            inner.moveTo(loop, moved);
        }

        @Override
        public void setReadBufferBytes(int bytes) {
            inner.setReadBufferBytes(bytes);
        }

        @Override
        public Loop loop() {
            return inner.loop();
        }

        @Override
        public ByteBufAllocator allocator() {
            return inner.allocator();
        }

        @Override
        public EntityAddr localAddr() {
            return inner.localAddr();
        }

        @Override
        public EntityAddr remoteAddr() {
            return inner.remoteAddr();
        }
    }
}
