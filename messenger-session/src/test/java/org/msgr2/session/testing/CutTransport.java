package org.msgr2.session.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
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
 * A network that loses its first stream at a given byte, and no other. Keeps what went through the last stream. For one loop, or
 * for loops that do not run at once.
 */
public final class CutTransport implements Transport {

    /** Which way. */
    public enum Direction {
        /** The byte is about to be written: those before it still arrive. */
        OUT,
        /** The bytes before it were read, and answered perhaps; the answer does not leave. */
        IN
    }

    /** Where: in front of byte {@code at} of a direction, counted from 0. */
    public record Cut(Direction direction, long at) {}

    private final Transport network;
    private final @Nullable Cut cut;
    private final AtomicInteger streams = new AtomicInteger();
    private ByteArrayOutputStream sent = new ByteArrayOutputStream();
    private ByteArrayOutputStream received = new ByteArrayOutputStream();

    /** @param cut null to lose nothing */
    public CutTransport(Transport network, @Nullable Cut cut) {
        this.network = network;
        this.cut = cut;
    }

    /** Streams so far. */
    public int streams() {
        return streams.get();
    }

    /** What was written to the last stream. */
    public byte[] sent() {
        return sent.toByteArray();
    }

    /** What was read from the last stream. */
    public byte[] received() {
        return received.toByteArray();
    }

    @Override
    public Sockets sockets() {
        return network.sockets();
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
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        network.connect(target, loop, watched(listener), failed);
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        return network.listen(addr, () -> watched(accepted.get()));
    }

    private StreamListener watched(StreamListener listener) {
        sent = new ByteArrayOutputStream();
        received = new ByteArrayOutputStream();
        return new Watched(listener, streams.incrementAndGet() == 1 ? cut : null);
    }

    @Override
    public void close() {
        network.close();
    }

    /** Both ends of the watch: hears what the stream tells, and is the stream that the listener sees. */
    private final class Watched implements StreamListener, ByteStream {
        private final StreamListener listener;
        private final @Nullable Cut cut;
        private @Nullable ByteStream stream;
        private boolean lost;

        private Watched(StreamListener listener, @Nullable Cut cut) {
            this.listener = listener;
            this.cut = cut;
        }

        private ByteStream stream() {
            if (stream == null) {
                throw new IllegalStateException("not open");
            }
            return stream;
        }

        @Override
        public void moveTo(Loop loop, Runnable moved) {
            stream().moveTo(loop, moved);
        }

        /** How many of {@code bytes} still get through. */
        private int left(Direction direction, ByteArrayOutputStream before, ByteBuf bytes) {
            if (lost) {
                return 0;
            }
            return cut == null || cut.direction() != direction
                    ? bytes.readableBytes()
                    : (int) Math.min(bytes.readableBytes(), cut.at() - before.size());
        }

        private void record(ByteArrayOutputStream log, ByteBuf bytes, int count) {
            for (int i = 0; i < count; i++) {
                log.write(bytes.getByte(bytes.readerIndex() + i));
            }
        }

        @Override
        public void onOpen(ByteStream opened) {
            stream = opened;
            listener.onOpen(this);
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            int count = left(Direction.IN, received, bytes);
            record(received, bytes, count);
            if (count > 0) {
                listener.onBytes(bytes.readRetainedSlice(count));
            }
            bytes.release();
            if (cut != null && cut.direction() == Direction.IN && received.size() >= cut.at()) {
                lost = true;
                stream().close();
            }
        }

        @Override
        public void onWritable() {
            listener.onWritable();
        }

        @Override
        public void onClosed(@Nullable Throwable cause) {
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
            int count = left(Direction.OUT, sent, bytes);
            boolean ends = !lost && count < bytes.readableBytes();
            record(sent, bytes, count);
            if (count > 0) {
                stream().write(bytes.readRetainedSlice(count));
            }
            bytes.release();
            if (ends) {
                lost = true;
                stream().flush();
                stream().finish();
            }
        }

        @Override
        public void flush() {
            if (!lost) {
                stream().flush();
            }
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
