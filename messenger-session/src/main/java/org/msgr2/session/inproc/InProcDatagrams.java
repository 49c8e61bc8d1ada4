package org.msgr2.session.inproc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.DatagramBatch;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;
import org.msgr2.session.transport.DatagramOptions;
import org.msgr2.session.transport.DatagramOutcome;
import org.msgr2.session.transport.DatagramStats;
import org.msgr2.session.transport.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A datagram socket within the process. Whoever sends puts a copy into the receiver's queue, which is bounded as a kernel's
 * is, by forgetting what is too much. Thread-safe.
 */
final class InProcDatagrams implements DatagramHandle, DatagramBatch {
    private static final Logger LOG = LoggerFactory.getLogger(InProcDatagrams.class);
    /** What a kernel keeps of small ones, about. */
    private static final int ARRIVED_MAX = 1024;

    private record Packet(InetSocketAddress sender, ByteBuf payload) {}

    private final InProcSockets owner;
    private final InProcNetwork network;
    private final ByteBufAllocator allocator;
    private final Loop loop;
    private final DatagramOptions options;
    private final DatagramListener listener;
    private final Queue<Packet> arrived = new ConcurrentLinkedQueue<>();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicBoolean closed = new AtomicBoolean();
    /** Of the loop. */
    private final List<Packet> batch = new ArrayList<>();

    private final LongAdder received = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder tooLarge = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private volatile @Nullable InetSocketAddress bound;

    InProcDatagrams(
            InProcSockets owner,
            InProcNetwork network,
            ByteBufAllocator allocator,
            Loop loop,
            DatagramOptions options,
            DatagramListener listener) {
        this.owner = owner;
        this.network = network;
        this.allocator = allocator;
        this.loop = loop;
        this.options = options;
        this.listener = listener;
    }

    void bound(InetSocketAddress addr) {
        bound = addr;
    }

    @Override
    public InetSocketAddress localAddr() {
        InetSocketAddress addr = bound;
        if (addr == null) {
            throw new IllegalStateException("the socket is not bound yet");
        }
        return addr;
    }

    @Override
    public DatagramOutcome send(InetSocketAddress to, ByteBuf payload) {
        try {
            if (payload.readableBytes() > PAYLOAD_BYTES_MAX) {
                return DatagramOutcome.TOO_LARGE;
            }
            if (closed.get()) {
                return DatagramOutcome.CLOSED;
            }
            sent.increment();
            InProcDatagrams receiver = network.datagramsAt(to);
            if (receiver != null) {
                receiver.arrives(seenFrom(to), payload);
            }
            return DatagramOutcome.QUEUED;
        } finally {
            payload.release();
        }
    }

    /** Who is bound to every address is seen at the one that is talked to: there is one host only. */
    private InetSocketAddress seenFrom(InetSocketAddress to) {
        InetSocketAddress addr = localAddr();
        return addr.getAddress().isAnyLocalAddress() ? new InetSocketAddress(to.getAddress(), addr.getPort()) : addr;
    }

    /** @param payload borrowed */
    private void arrives(InetSocketAddress sender, ByteBuf payload) {
        int length = Math.min(payload.readableBytes(), options.receiveBytesMax());
        if (length < payload.readableBytes()) {
            tooLarge.increment();
            if (!options.longerCut()) {
                return;
            }
        }
        if (waiting.incrementAndGet() > ARRIVED_MAX) {
            waiting.decrementAndGet();
            return;
        }
        ByteBuf copy = allocator.buffer(Math.max(1, length));
        copy.writeBytes(payload, payload.readerIndex(), length);
        arrived.add(new Packet(sender, copy));
        wake();
    }

    private void wake() {
        if (woken.compareAndSet(false, true)) {
            try {
                loop.execute(this::receive);
            } catch (RejectedExecutionException e) {
                forget();
            }
        }
    }

    private void receive() {
        woken.set(false);
        if (closed.get()) {
            forget();
            return;
        }
        for (int i = 0; i < options.batchMax(); i++) {
            Packet next = arrived.poll();
            if (next == null) {
                break;
            }
            waiting.decrementAndGet();
            batch.add(next);
        }
        if (!batch.isEmpty()) {
            tell();
        }
        if (!arrived.isEmpty()) {
            wake();
        }
    }

    private void tell() {
        received.add(batch.size());
        batches.increment();
        try {
            listener.onDatagrams(this, this);
        } catch (RuntimeException | Error e) {
            failed.increment();
            LOG.error("the owner of the datagram socket {} failed", bound, e);
        } finally {
            batch.forEach(packet -> packet.payload().release());
            batch.clear();
        }
    }

    private void forget() {
        for (Packet next = arrived.poll(); next != null; next = arrived.poll()) {
            waiting.decrementAndGet();
            next.payload().release();
        }
    }

    @Override
    public int size() {
        return batch.size();
    }

    @Override
    public InetSocketAddress sender(int index) {
        return batch.get(index).sender();
    }

    @Override
    public ByteBuf payload(int index) {
        return batch.get(index).payload();
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
    public DatagramStats stats() {
        return new DatagramStats(received.sum(), batches.sum(), sent.sum(), tooLarge.sum(), 0, failed.sum());
    }

    @Override
    public int export() throws IOException {
        throw new IOException("cannot export " + bound + ": a socket within the process has no descriptor");
    }

    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        network.unbindDatagrams(this);
        owner.closed(this);
        try {
            loop.execute(() -> {
                forget();
                listener.onClosed(null);
            });
        } catch (RejectedExecutionException e) {
            forget();
        }
    }
}
