package org.msgr2.session.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.FrameObserver;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/**
 * Ends streams right behind a frame, or behind the first bytes of one: what was written until then arrives, and then the end of
 * the stream, on every network. It knows from whoever writes them where frames are, so in secure mode too; and it counts at the
 * other end, by the bytes that have come, where streams have been cut. Both ends need it:
 *
 * <pre>{@code
 * FrameCuts cuts = new FrameCuts(seed);
 * network.messenger("osd.1", allocator, cuts.on(network.transport(allocator))).frameObserver(cuts)
 * }</pre>
 *
 * <p>Thread-safe.
 */
public final class FrameCuts implements FrameObserver {
    private static final int BANNER_BYTES = 26;
    private static final long NEVER = Long.MAX_VALUE;
    /** The network does not count what it has not been given: of one flush, that is as much as it would take. */
    private static final int UNFLUSHED_BYTES_MAX = 1024 * 1024;

    private record Ends(EntityAddr from, EntityAddr to) {}

    /** What one end of a stream writes to the other. Guarded by the cuts. */
    private static final class Direction {
        final TreeSet<Long> borders = new TreeSet<>();
        long cutAt = NEVER;

        Direction() {
            borders.add((long) BANNER_BYTES);
        }
    }

    /** A cut that is to be. */
    private static final class Order {
        final boolean inside;
        int framesBefore;

        Order(int framesBefore, boolean inside) {
            this.framesBefore = framesBefore;
            this.inside = inside;
        }
    }

    // All that follows is guarded by this.
    private final SplittableRandom random;
    private final Map<Ends, Direction> directions = new HashMap<>();
    private final Queue<Order> byDiallers = new ArrayDeque<>();
    private final Queue<Order> byAcceptors = new ArrayDeque<>();
    private int inside;
    private int atBorders;

    /** @param seed of where in a frame it is cut */
    public FrameCuts(long seed) {
        random = new SplittableRandom(seed);
    }

    /** A network whose streams can be cut. */
    public Transport on(Transport network) {
        return new CutNetwork(network);
    }

    /**
     * Cuts a stream. Cuts of one direction are made in the order in which they were ordered.
     *
     * @param byDialler whether in what the end that has dialled writes
     * @param framesBefore how many frames of that direction pass before the one at which it is cut, over any number of streams
     * @param insideFrame whether inside of that frame, otherwise right behind it
     */
    public synchronized void order(boolean byDialler, int framesBefore, boolean insideFrame) {
        orders(byDialler).add(new Order(framesBefore, insideFrame));
    }

    private Queue<Order> orders(boolean byDialler) {
        return byDialler ? byDiallers : byAcceptors;
    }

    /** Cuts of that direction that were ordered, and have not been made. */
    public synchronized int pending(boolean byDialler) {
        return orders(byDialler).size();
    }

    /** Streams that have ended, for the end that reads, with a part of a frame. */
    public synchronized int inside() {
        return inside;
    }

    /** Streams that were cut, and have ended, for the end that reads, between two frames. */
    public synchronized int atBorders() {
        return atBorders;
    }

    // --- Where frames are

    @Override
    public synchronized void onFrame(ObservedFrame frame) {
        if (!frame.written()) {
            return;
        }
        Direction direction = direction(frame.local(), frame.remote());
        long end = frame.offset() + frame.bytes();
        direction.borders.add(end);
        Order next = orders(frame.dialled()).peek();
        if (next != null && direction.cutAt == NEVER && --next.framesBefore < 0) {
            orders(frame.dialled()).remove();
            direction.cutAt = next.inside ? frame.offset() + random.nextLong(1, frame.bytes()) : end;
        }
    }

    private Direction direction(EntityAddr from, EntityAddr to) {
        return directions.computeIfAbsent(new Ends(from, to), ends -> new Direction());
    }

    private synchronized long cutAt(ByteStream writer) {
        return direction(writer.localAddr(), writer.remoteAddr()).cutAt;
    }

    /** The end that reads has read so much of it in all. */
    private synchronized void ended(ByteStream reader, long readBytes) {
        Direction direction = directions.remove(new Ends(reader.remoteAddr(), reader.localAddr()));
        if (direction == null || direction.cutAt == NEVER) {
            return;
        }
        if (direction.borders.contains(readBytes)) {
            atBorders++;
        } else {
            inside++;
        }
    }

    // --- The network

    private final class CutNetwork implements Transport {
        private final Transport network;

        CutNetwork(Transport network) {
            this.network = network;
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
        public boolean movesStreams() {
            return network.movesStreams();
        }

        @Override
        public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
            network.connect(target, loop, new CutStream(listener), failed);
        }

        @Override
        public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
            return network.listen(addr, () -> new CutStream(accepted.get()));
        }

        @Override
        public void close() {
            network.close();
        }
    }

    /** One end of a stream: plays the stream to its owner, and the owner to the network. On the stream's loop. */
    private final class CutStream implements ByteStream, StreamListener {
        private final StreamListener owner;
        private @Nullable ByteStream stream;
        private final Queue<ByteBuf> unflushed = new ArrayDeque<>();
        private long unflushedBytes;
        private long readBytes;
        private long writtenBytes;
        private boolean cut;

        CutStream(StreamListener owner) {
            this.owner = owner;
        }

        private ByteStream open() {
            if (stream == null) {
                throw new IllegalStateException("not open");
            }
            return stream;
        }

        // --- As the network sees it

        @Override
        public void onOpen(ByteStream opened) {
            stream = opened;
            owner.onOpen(this);
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            readBytes += bytes.readableBytes();
            owner.onBytes(bytes);
        }

        @Override
        public void onWritable() {
            owner.onWritable();
        }

        @Override
        public void onClosed(@Nullable Throwable cause) {
            if (stream != null) {
                ended(stream, readBytes);
            }
            drop();
            owner.onClosed(cause);
        }

        // --- As its owner sees it

        /** Kept until it is flushed: by then it is known which frames it belongs to. */
        @Override
        public void write(ByteBuf bytes) {
            if (cut) {
                bytes.release();
            } else {
                unflushedBytes += bytes.readableBytes();
                unflushed.add(bytes);
            }
        }

        @Override
        public void flush() {
            for (ByteBuf bytes = unflushed.poll(); bytes != null; bytes = unflushed.poll()) {
                pass(bytes);
            }
            unflushedBytes = 0;
            if (!cut) {
                open().flush();
            }
        }

        private void pass(ByteBuf bytes) {
            long left = cutAt(open()) - writtenBytes;
            int count = (int) Math.min(bytes.readableBytes(), left);
            if (!cut && count > 0) {
                writtenBytes += count;
                open().write(bytes.readRetainedSlice(count));
            }
            bytes.release();
            if (!cut && count == left) {
                cut = true;
                open().flush();
                open().finish();
            }
        }

        private void drop() {
            unflushed.forEach(ByteBuf::release);
            unflushed.clear();
        }

        @Override
        public void close() {
            drop();
            open().close();
        }

        @Override
        public void finish() {
            flush();
            if (!cut) {
                open().finish();
            }
        }

        @Override
        public void moveTo(Loop loop, Runnable moved) {
            open().moveTo(loop, moved);
        }

        @Override
        public Loop loop() {
            return open().loop();
        }

        @Override
        public ByteBufAllocator allocator() {
            return open().allocator();
        }

        @Override
        public EntityAddr localAddr() {
            return open().localAddr();
        }

        @Override
        public EntityAddr remoteAddr() {
            return open().remoteAddr();
        }

        @Override
        public boolean isWritable() {
            return unflushedBytes < UNFLUSHED_BYTES_MAX && open().isWritable();
        }

        @Override
        public void setReading(boolean reading) {
            open().setReading(reading);
        }

        @Override
        public void setReadBufferBytes(int bytes) {
            open().setReadBufferBytes(bytes);
        }
    }
}
