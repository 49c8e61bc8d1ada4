package org.msgr2.examples.msgr;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;

/**
 * Sends numbered messages to an echo service and checks what comes back: each number once, in order, with its contents.
 *
 * <p>Replies drive the stream, so that everything but the first message is sent on the connection's event loop and leaves
 * with the flush that ends the loop's pass. A reply makes room for one message, and for a second one until the window is
 * open: far below the bounds of either end's queue, where a lossless session keeps what is not acknowledged, so nobody has
 * to refuse anything.
 *
 * <p>On its way the stream can be disturbed, at even intervals that are longer than a window.
 */
final class EchoStream implements Dispatcher {
    private static final int WINDOW_MAX = 256;
    private static final int WINDOW_BYTES_MAX = 16 << 20;

    /** The most that one stream can be disturbed. */
    static final int DISTURBANCES_MAX = 5;

    private final int messages;
    private final int sizeBytes;
    private final int window;
    private final int disturbances;
    private final Runnable disturb;
    private final CountDownLatch end = new CountDownLatch(1);
    private final Result result = new Result();

    /** By number modulo the window. Sending and receiving happen on one thread, and begin after {@link #start}. */
    private final long[] sentNs = new long[WINDOW_MAX];

    private final AtomicInteger connections = new AtomicInteger();
    private int disturbed;
    private volatile long received;
    private volatile @Nullable String problem;

    /** Undisturbed. */
    EchoStream(int messages, int sizeBytes) {
        this(messages, sizeBytes, 0, () -> {});
    }

    /** @param disturb is called on the connection's event loop, within its dispatch, with more to be sent right after it */
    EchoStream(int messages, int sizeBytes, Runnable disturb) {
        this(messages, sizeBytes, disturbances(messages), disturb);
    }

    private EchoStream(int messages, int sizeBytes, int disturbances, Runnable disturb) {
        this.messages = messages;
        this.sizeBytes = sizeBytes;
        this.window = Math.max(1, Math.min(WINDOW_MAX, WINDOW_BYTES_MAX / Math.max(1, sizeBytes)));
        this.disturbances = disturbances;
        this.disturb = disturb;
    }

    /** So few that one is over before the next, but one at least if anything is left to be sent then. */
    private static int disturbances(int messages) {
        int most = Math.min(DISTURBANCES_MAX, messages / (2 * WINDOW_MAX));
        return messages == 1 ? 0 : Math.max(1, most);
    }

    /** Counts; complete, and safe to read, when the stream has ended. */
    static final class Result {
        private final BitSet seen = new BitSet();
        private final Histogram nanos = new Histogram(3);
        private long sent;
        private long received;
        private long duplicated;
        private long reordered;
        private long damaged;
        private int last;

        long sent() {
            return sent;
        }

        long received() {
            return received;
        }

        long lost() {
            return sent - seen.cardinality();
        }

        long duplicated() {
            return duplicated;
        }

        long reordered() {
            return reordered;
        }

        /** Replies with other contents than were sent, or to nothing that was. */
        long damaged() {
            return damaged;
        }

        boolean perfect() {
            return lost() == 0 && duplicated == 0 && reordered == 0 && damaged == 0 && received == sent;
        }

        double latencyUs(double percentile) {
            return nanos.getValueAtPercentile(percentile) / 1e3;
        }
    }

    /** Sends the first message. */
    void start(Connection connection) {
        sendNext(connection);
    }

    /** @return whether the stream has ended */
    boolean awaitEnd(Duration wait) throws InterruptedException {
        return end.await(wait.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** So far. */
    long received() {
        return received;
    }

    Result result() {
        return result;
    }

    /** How many messages are on their way at once. */
    int window() {
        return window;
    }

    /** How many disturbances belong to the whole stream. */
    int disturbances() {
        return disturbances;
    }

    /** How many connections the session has had. */
    int connections() {
        return connections.get();
    }

    /** What ended the stream before its time, for the end of a line; empty if nothing did. */
    String problem() {
        return problem == null ? "" : "; " + problem;
    }

    private void fail(String why) {
        problem = why;
        end.countDown();
    }

    private void sendNext(Connection connection) {
        if (result.sent == messages || problem != null) {
            return;
        }
        int number = (int) ++result.sent;
        sentNs[number % WINDOW_MAX] = System.nanoTime();
        Message message = Message.builder(MessageType.ECHO)
                .tid(number)
                .front(contents(number))
                .build();
        SendResult answer = connection.send(message);
        if (!answer.accepted()) {
            message.release();
            result.sent--;
            fail("message " + number + " was not accepted: " + answer.outcome());
        }
    }

    @Override
    public boolean canFastDispatch(int messageType) {
        return messageType == MessageType.ECHO_REPLY.code();
    }

    @Override
    public void fastDispatch(Connection connection, Message reply) {
        check(reply);
        received = result.received;
        if (result.received >= messages) {
            end.countDown();
            return;
        }
        disturbIfDue();
        sendNext(connection);
        if (result.sent - result.received < window) {
            sendNext(connection);
        }
    }

    private void disturbIfDue() {
        if (disturbed < disturbances && result.received >= (long) messages * (disturbed + 1) / (disturbances + 1)) {
            disturbed++;
            disturb.run();
        }
    }

    private void check(Message reply) {
        result.received++;
        long tid = reply.tid();
        if (tid < 1 || tid > result.sent) {
            result.damaged++;
            return;
        }
        int number = (int) tid;
        if (result.seen.get(number)) {
            result.duplicated++;
            return;
        }
        result.seen.set(number);
        if (number < result.last) {
            result.reordered++;
        }
        result.last = Math.max(result.last, number);
        if (!hasContents(number, reply.front())) {
            result.damaged++;
        }
        result.nanos.recordValue(System.nanoTime() - sentNs[number % WINDOW_MAX]);
    }

    @Override
    public void onEvent(Connection connection, SessionEvent event) {
        if (event instanceof SessionEvent.Connected) {
            connections.incrementAndGet();
        } else if (event instanceof SessionEvent.RemoteReset) {
            fail("the node has forgotten the session");
        } else if (event instanceof SessionEvent.Reset reset) {
            fail("the connection was lost: " + Faults.root(reset.cause()));
        }
    }

    /** Bytes that differ from message to message and from place to place. */
    private ByteBuf contents(int number) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.buffer(sizeBytes);
        int at = 0;
        for (; at + Long.BYTES <= sizeBytes; at += Long.BYTES) {
            buffer.writeLong(word(number, at));
        }
        for (; at < sizeBytes; at++) {
            buffer.writeByte((byte) word(number, at));
        }
        return buffer;
    }

    private boolean hasContents(int number, ByteBuf buffer) {
        int start = buffer.readerIndex();
        boolean same = buffer.readableBytes() == sizeBytes;
        int at = 0;
        for (; same && at + Long.BYTES <= sizeBytes; at += Long.BYTES) {
            same = buffer.getLong(start + at) == word(number, at);
        }
        for (; same && at < sizeBytes; at++) {
            same = buffer.getByte(start + at) == (byte) word(number, at);
        }
        return same;
    }

    /** Two rounds of a multiplicative hash: cheap, and no two messages look alike. */
    private static long word(int number, int at) {
        long mixed = ((long) number << 32 | at) * 0x9e37_79b9_7f4a_7c15L;
        return (mixed ^ mixed >>> 29) * 0xbf58_476d_1ce4_e5b9L;
    }
}
