package org.msgr2.session.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
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
 * A datagram channel as a socket. Collects what the channel reads until it says that it has no more, or a batch is full;
 * what is sent meanwhile is flushed once, so that the kernel gets it with one call where it can. What goes to one peer leaves
 * as one run of segments where the kernel can do that.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nobody waits for a datagram: what fails comes to exceptionCaught
final class DatagramHandler extends ChannelInboundHandlerAdapter implements DatagramHandle, DatagramBatch {
    private static final Logger LOG = LoggerFactory.getLogger(DatagramHandler.class);

    /** So many runs in a row that the kernel refuses, and no more are tried: the way out cannot do it. */
    private static final int RUNS_REFUSED_MAX = 8;

    private final DatagramListener listener;
    private final DatagramOptions options;
    private final Channel channel;
    private final Loop loop;

    /** Kept, since a closed channel has forgotten it. */
    private volatile @Nullable InetSocketAddress bound;

    // Of the loop.
    private final InetSocketAddress[] senders;
    private final ByteBuf[] payloads;
    private int size;
    private boolean telling;
    private int unflushed;
    private boolean ended;
    private final SegmentRun run;
    private boolean segmenting;
    private int runsRefused;
    /** Datagrams in runs that the kernel has not taken yet, beyond the first of each. */
    private int segmentsWaiting;

    /** From other threads. */
    private final Queue<DatagramPacket> mailbox = new ConcurrentLinkedQueue<>();

    private final AtomicInteger mailed = new AtomicInteger();
    private final AtomicBoolean woken = new AtomicBoolean();

    private final LongAdder received = new LongAdder();
    private final LongAdder batches = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder tooLarge = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final LongAdder failed = new LongAdder();

    DatagramHandler(Channel channel, Loop loop, DatagramOptions options, DatagramListener listener) {
        this.channel = channel;
        this.loop = loop;
        this.options = options;
        this.listener = listener;
        this.senders = new InetSocketAddress[options.batchMax()];
        this.payloads = new ByteBuf[options.batchMax()];
        this.run = new SegmentRun(channel.alloc());
        this.segmenting = segments(channel);
    }

    private static boolean segments(Channel channel) {
        return NettyIo.EPOLL.isAvailable()
                && channel instanceof EpollDatagramChannel
                && EpollDatagramChannel.isSegmentedDatagramPacketSupported();
    }

    // --- From the channel, on the loop

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        DatagramPacket packet = (DatagramPacket) message;
        ByteBuf content = packet.content();
        if (content.readableBytes() > options.receiveBytesMax()) {
            tooLarge.increment();
            if (!options.longerCut()) {
                packet.release();
                return;
            }
            content.writerIndex(content.readerIndex() + options.receiveBytesMax());
        }
        senders[size] = packet.sender();
        payloads[size] = content; // whose reference count is the packet's
        size++;
        if (size == options.batchMax()) {
            tell();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (size > 0) {
            tell();
        }
    }

    private void tell() {
        received.add(size);
        batches.increment();
        telling = true;
        try {
            listener.onDatagrams(this, this);
        } catch (RuntimeException | Error e) {
            failed.increment();
            LOG.error("the owner of the datagram socket {} failed", channel.localAddress(), e);
        } finally {
            telling = false;
            for (int i = 0; i < size; i++) {
                payloads[i].release();
            }
            size = 0;
            flush();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // An unreachable peer, a full table, a filter: it concerns one datagram, and nobody is told of any.
        failed.increment();
        LOG.debug("datagram socket {}: {}", channel.localAddress(), cause.toString());
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (!ended) {
            ended = true;
            takeMailbox();
            run.close();
            listener.onClosed(null);
        }
    }

    // --- The batch

    @Override
    public int size() {
        return size;
    }

    @Override
    public InetSocketAddress sender(int index) {
        return senders[checked(index)];
    }

    @Override
    public ByteBuf payload(int index) {
        return payloads[checked(index)];
    }

    private int checked(int index) {
        if (index >= size) {
            throw new IndexOutOfBoundsException(index + " of " + size + " datagrams");
        }
        return index;
    }

    // --- The handle

    @Override
    public DatagramOutcome send(InetSocketAddress to, ByteBuf payload) {
        if (payload.readableBytes() > PAYLOAD_BYTES_MAX) {
            payload.release();
            return DatagramOutcome.TOO_LARGE;
        }
        if (!channel.isOpen()) {
            payload.release();
            return DatagramOutcome.CLOSED;
        }
        if (loop.inLoop()) {
            DatagramOutcome outcome = write(to, payload);
            if (!telling && outcome == DatagramOutcome.QUEUED) {
                wake(); // what else this task sends goes with it
            }
            return outcome;
        }
        if (mailed.incrementAndGet() > options.queuedMax()) {
            mailed.decrementAndGet();
            payload.release();
            dropped.increment();
            return DatagramOutcome.BACK_PRESSURED;
        }
        mailbox.add(new DatagramPacket(payload, to));
        return wake() ? DatagramOutcome.QUEUED : DatagramOutcome.CLOSED;
    }

    @Override
    public DatagramOutcome send(InetSocketAddress to, byte[] bytes, int offset, int length) {
        if (loop.inLoop() && telling && segmenting && run.takes(to, length) && hasRoom()) {
            run.add(to, bytes, offset, length);
            sent.increment();
            return DatagramOutcome.QUEUED;
        }
        return DatagramHandle.super.send(to, bytes, offset, length);
    }

    /** @return false if the loop has ended */
    private boolean wake() {
        if (woken.compareAndSet(false, true)) {
            try {
                channel.eventLoop().execute(() -> {
                    woken.set(false);
                    takeMailbox();
                    flush();
                });
            } catch (RejectedExecutionException e) {
                woken.set(false);
                releaseMailbox();
                return false;
            }
        }
        return true;
    }

    private void takeMailbox() {
        if (ended) {
            releaseMailbox();
            return;
        }
        for (DatagramPacket next = mailbox.poll(); next != null; next = mailbox.poll()) {
            mailed.decrementAndGet();
            write(next.recipient(), next.content());
        }
    }

    private void releaseMailbox() {
        for (DatagramPacket next = mailbox.poll(); next != null; next = mailbox.poll()) {
            mailed.decrementAndGet();
            next.release();
        }
    }

    private DatagramOutcome write(InetSocketAddress to, ByteBuf payload) {
        if (!channel.isOpen()) {
            payload.release();
            return DatagramOutcome.CLOSED;
        }
        if (!hasRoom()) {
            payload.release();
            dropped.increment();
            return DatagramOutcome.BACK_PRESSURED;
        }
        sent.increment();
        int size = payload.readableBytes();
        if (!segmenting || !run.takes(to, size)) {
            endRun();
        }
        if (segmenting && run.takes(to, size)) {
            run.add(to, payload);
        } else {
            write(new DatagramPacket(payload, to));
        }
        return DatagramOutcome.QUEUED;
    }

    private boolean hasRoom() {
        ChannelOutboundBuffer waiting = channel.unsafe().outboundBuffer();
        return waiting != null && waiting.size() + unflushed + segmentsWaiting + run.segments() < options.queuedMax();
    }

    private void write(DatagramPacket packet) {
        unflushed++;
        channel.write(packet, channel.voidPromise());
    }

    private void endRun() {
        int segments = run.segments();
        DatagramPacket packet = run.take();
        if (packet instanceof SegmentedDatagramPacket segmented) {
            unflushed++;
            segmentsWaiting += segments - 1;
            ByteBuf kept = segmented.content().retainedDuplicate();
            channel.write(segmented).addListener(written -> {
                segmentsWaiting -= segments - 1;
                if (written.isSuccess()) {
                    runsRefused = 0;
                    kept.release();
                } else {
                    onRefused(kept, segmented, written.cause());
                }
            });
        } else if (packet != null) {
            write(packet);
        }
    }

    /** It may be for what they have in common, or for being a run: apart, those that can get there do. */
    private void onRefused(ByteBuf bytes, SegmentedDatagramPacket refused, Throwable cause) {
        DatagramPacket[] packets = SegmentRun.apart(bytes, refused.segmentSize(), refused.recipient());
        if (!channel.isActive()) {
            failed.add(packets.length);
            for (DatagramPacket packet : packets) {
                packet.release();
            }
            return;
        }
        if (++runsRefused == RUNS_REFUSED_MAX) {
            segmenting = false;
            LOG.debug("datagram socket {}: no more runs of segments: {}", channel.localAddress(), cause.toString());
        }
        for (DatagramPacket packet : packets) {
            write(packet);
        }
        wake();
    }

    private void flush() {
        endRun();
        if (unflushed > 0) {
            unflushed = 0;
            channel.flush();
        }
    }

    /** For tests: its options say what the kernel is to do. */
    Channel channel() {
        return channel;
    }

    /** Whether runs of segments are tried. Of the loop. */
    boolean segments() {
        return segmenting;
    }

    /** So many messages, each of one datagram or one run, wait to be flushed. Of the loop. */
    int packetsWaiting() {
        return unflushed;
    }

    /** The channel is bound. */
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
    public Loop loop() {
        return loop;
    }

    @Override
    public ByteBufAllocator allocator() {
        return channel.alloc();
    }

    @Override
    public DatagramStats stats() {
        return new DatagramStats(
                received.sum(), batches.sum(), sent.sum(), tooLarge.sum(), dropped.sum(), failed.sum());
    }

    @Override
    public int export() throws IOException {
        return Descriptors.of(channel);
    }

    @Override
    public void close() {
        Descriptors.close(channel);
    }
}
