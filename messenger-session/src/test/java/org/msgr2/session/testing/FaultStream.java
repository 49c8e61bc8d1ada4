package org.msgr2.session.testing;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayDeque;
import java.util.EnumMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.frame.Tag;
import org.msgr2.session.FrameObserver.ObservedFrame;
import org.msgr2.session.testing.FaultPoint.Place;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;

/**
 * One end of a stream of a {@link FaultTransport}: counts the frames that pass, and stops where it is told to. Between its
 * owner and the network, so it plays the stream to the one and the owner to the other. Lives on the stream's loop.
 */
public final class FaultStream implements ByteStream, StreamListener {
    private static final int BANNER_PREFIX_BYTES = 10;
    private static final int BANNER_BYTES = 26;
    /** The network does not count what it has not been given: of one pass, that is as much as it would take. */
    private static final int UNFLUSHED_BYTES_MAX = 1024 * 1024;

    /** A piece of a direction that stays whole: a frame, or a part of a banner. */
    private record Part(Place place, @Nullable Tag tag, long bytes) {}

    /** What waits in one direction. */
    private static final class Direction {
        final Queue<Part> parts = new ArrayDeque<>();
        final Queue<ByteBuf> bytes = new ArrayDeque<>();
        final Map<Tag, Integer> counts = new EnumMap<>(Tag.class);
        /** Of the first part, still to pass; 0 if it has not begun. */
        long left;

        boolean held;
        boolean ends;

        long queued() {
            return bytes.stream().mapToLong(ByteBuf::readableBytes).sum();
        }

        /** The next of at most so many bytes. */
        ByteBuf take(long most) {
            ByteBuf head = bytes.element();
            ByteBuf piece = head.readRetainedSlice((int) Math.min(most, head.readableBytes()));
            if (!head.isReadable()) {
                bytes.remove().release();
            }
            return piece;
        }

        void clear() {
            bytes.forEach(ByteBuf::release);
            bytes.clear();
        }
    }

    private final FaultTransport transport;
    private final StreamListener owner;
    private final boolean dialled;
    private final Direction out = new Direction();
    private final Direction in = new Direction();
    private @Nullable ByteStream stream;
    private long unflushed;
    private boolean lost;
    private boolean toldEnd;

    FaultStream(FaultTransport transport, StreamListener owner, boolean dialled) {
        this.transport = transport;
        this.owner = owner;
        this.dialled = dialled;
        out.parts.add(new Part(Place.BANNER_WRITE, null, BANNER_BYTES));
        in.parts.add(new Part(Place.BANNER_READ, null, BANNER_PREFIX_BYTES));
        in.parts.add(new Part(Place.BANNER_PAYLOAD_READ, null, BANNER_BYTES - BANNER_PREFIX_BYTES));
    }

    // --- For tests

    /** Whether our messenger has opened it. */
    public boolean dialled() {
        return dialled;
    }

    /** Whether its owner has it still, as far as that knows. */
    public boolean isOpen() {
        return stream != null && !lost && !toldEnd;
    }

    /** How many such frames its owner has written, those that a fault kept from the wire included. */
    public int written(Tag tag) {
        return out.counts.getOrDefault(tag, 0);
    }

    /** How many such frames have come, those that were lost unseen by a fault included. */
    public int read(Tag tag) {
        return in.counts.getOrDefault(tag, 0);
    }

    /** Ends it as a broken connection does, for both ends. */
    public void lose() {
        onLoop(this::breakDown);
    }

    /** Ends it for its owner only: the other end hears nothing more, not even of the end. */
    public void vanish() {
        onLoop(() -> {
            lost = true;
            dropQueued();
            tellEnd(null);
        });
    }

    /** From now on nothing gets through, not even the end: half open, with a peer that does the same. */
    public void stall() {
        onLoop(() -> {
            in.held = true;
            out.held = true;
        });
    }

    /** After {@link #stall}: what has been waiting goes first. */
    public void goOn() {
        release(true);
        release(false);
    }

    private void onLoop(Runnable task) {
        loop().execute(task);
    }

    // --- What passes

    void willWrite(ObservedFrame frame) {
        out.counts.merge(frame.tag(), 1, Integer::sum);
        out.parts.add(new Part(Place.FRAME_WRITE, frame.tag(), frame.bytes()));
    }

    void willRead(ObservedFrame frame) {
        in.parts.add(new Part(Place.FRAME_READ, frame.tag(), frame.bytes()));
    }

    void release(boolean outgoing) {
        onLoop(() -> {
            (outgoing ? out : in).held = false;
            if (outgoing) {
                flush();
            } else {
                deliver();
            }
        });
    }

    /** Lets pass what may. */
    private void pass(Direction way, boolean outgoing) {
        while (!lost && !way.held && !way.bytes.isEmpty()) {
            if (way.left == 0 && !begin(way, outgoing)) {
                return;
            }
            ByteBuf piece = way.take(way.parts.isEmpty() ? Long.MAX_VALUE : way.left);
            way.left = way.parts.isEmpty() ? 0 : way.left - piece.readableBytes();
            if (way.left == 0 && !way.parts.isEmpty()) {
                passed(way, outgoing, way.parts.remove());
            }
            if (outgoing) {
                open().write(piece);
            } else {
                owner.onBytes(piece);
            }
        }
    }

    /** The next part is at the head. Whether it goes on; of a stream whose parts nobody tells, it does. */
    private boolean begin(Direction way, boolean outgoing) {
        Part next = way.parts.peek();
        if (next == null) {
            return true;
        }
        if (!outgoing && way.queued() < next.bytes() && transport.awaits(next.place(), next.tag())) {
            return false; // until it has come, nobody knows what would be lost
        }
        switch (transport.decide(this, outgoing, next.place(), next.tag())) {
            case GO_ON -> {
                way.left = next.bytes();
                return true;
            }
            case LOSE -> {
                passed(way, outgoing, next);
                breakDown();
            }
            case HOLD -> {
                way.left = next.bytes();
                way.held = true;
            }
        }
        return false;
    }

    private static void passed(Direction way, boolean outgoing, Part part) {
        if (part.tag() != null && !outgoing) {
            way.counts.merge(part.tag(), 1, Integer::sum);
        }
    }

    /** What has passed still arrives. */
    private void breakDown() {
        if (lost || stream == null) {
            return;
        }
        lost = true;
        dropQueued();
        stream.flush();
        stream.finish();
    }

    void dropQueued() {
        out.clear();
        in.clear();
    }

    private void tellEnd(@Nullable Throwable cause) {
        if (!toldEnd) {
            toldEnd = true;
            owner.onClosed(cause);
        }
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
        transport.opened(this);
        owner.onOpen(this);
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        if (lost) {
            bytes.release();
            return;
        }
        in.bytes.add(bytes);
        deliver();
    }

    private void deliver() {
        pass(in, false);
        if (in.ends && !in.held) {
            tellEnd(null);
        }
    }

    @Override
    public void onWritable() {
        owner.onWritable();
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        transport.closed(this);
        in.ends = true;
        if (lost || !in.held) { // else what is held comes first
            dropQueued();
            tellEnd(cause);
        }
    }

    // --- As its owner sees it

    @Override
    public void write(ByteBuf bytes) {
        if (lost || toldEnd) {
            bytes.release();
        } else {
            unflushed += bytes.readableBytes();
            out.bytes.add(bytes);
        }
    }

    @Override
    public void flush() {
        unflushed = 0;
        pass(out, true);
        if (!lost) {
            open().flush();
            if (out.ends && out.bytes.isEmpty()) {
                open().finish();
            }
        }
    }

    @Override
    public void close() {
        if (!lost) {
            lost = true;
            dropQueued();
            open().close();
        }
    }

    @Override
    public void finish() {
        out.ends = true;
        flush();
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
        return unflushed < UNFLUSHED_BYTES_MAX && open().isWritable();
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
