package org.msgr2.session.driver;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.machine.OutMessage;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Transport;

/**
 * The application's end of a connection: what any thread may touch. Bounds what is accepted, and passes it to the loop
 * through a mailbox.
 */
public final class ConnectionHandle implements Connection {
    private static final int MAILBOX_CHUNK = 64;

    /** The answers that carry nothing. */
    private record Refused(Outcome outcome) implements SendResult {
        @Override
        public long number() {
            return 0;
        }
    }

    private static final SendResult BACK_PRESSURED = new Refused(SendResult.Outcome.BACK_PRESSURED);
    private static final SendResult CLOSED = new Refused(SendResult.Outcome.CLOSED);
    private static final SendResult TOO_LARGE = new Refused(SendResult.Outcome.TOO_LARGE);

    private final Policy policy;
    private final EntityType peerType;
    private final EntityAddr peerAddr;
    private final @Nullable EntityAddrVec key;
    private final Limits limits;
    private final @Nullable Transport dialer;
    private final ConnectionDriver driver;

    /** Bounded by the two counters below, which count a message until it is written. */
    private final MpscUnboundedArrayQueue<OutMessage> mailbox = new MpscUnboundedArrayQueue<>(MAILBOX_CHUNK);

    private final AtomicInteger queuedMessages = new AtomicInteger();
    private final AtomicLong queuedBytes = new AtomicLong();
    private final AtomicLong numbers = new AtomicLong();
    private final CompletableFuture<ConnectionInfo> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** A sender was told to wait; cleared by the one who tells it to go on. */
    private volatile boolean senderWaits;

    private volatile boolean acceptsMessages = true;
    private volatile @Nullable ConnectionInfo info;
    private volatile @Nullable Object attachment;

    /**
     * @param peerAddr to dial, or where the peer came from
     * @param key the addresses that the session is registered under; null if it is not
     * @param dialer what to dial with; null if it is the peer who has to
     */
    ConnectionHandle(
            Node node,
            Policy policy,
            EntityType peerType,
            EntityAddr peerAddr,
            @Nullable EntityAddrVec key,
            @Nullable Transport dialer,
            Loop loop) {
        this.policy = policy;
        this.peerType = peerType;
        this.peerAddr = peerAddr;
        this.limits = node.config().limits();
        this.key = key;
        this.dialer = dialer;
        this.driver = new ConnectionDriver(node, this, loop);
    }

    @Override
    public SendResult send(Message message) {
        long bytes = message.payloadBytes();
        if (tooLarge(message, bytes)) {
            return TOO_LARGE;
        }
        if (!acceptsMessages) {
            return CLOSED;
        }
        if (!reserve(bytes)) {
            senderWaits = true;
            // The queue may have drained between the two steps: then nobody else would tell.
            driver.wake();
            return BACK_PRESSURED;
        }
        OutMessage accepted = new OutMessage(message, numbers.incrementAndGet(), bytes);
        mailbox.offer(accepted);
        driver.wake();
        return accepted;
    }

    private boolean tooLarge(Message message, long bytes) {
        Limits.Frames max = limits.frames();
        return message.front().readableBytes() > max.frontBytesMax()
                || message.middle().readableBytes() > max.middleBytesMax()
                || message.data().readableBytes() > max.dataBytesMax()
                || bytes > max.messageBytesMax();
    }

    private boolean reserve(long bytes) {
        Limits.Queues max = limits.queues();
        if (queuedMessages.incrementAndGet() > max.sendMessagesMax()) {
            queuedMessages.decrementAndGet();
            return false;
        }
        long total = queuedBytes.addAndGet(bytes);
        if (total > max.sendBytesMax() && total != bytes) {
            queuedBytes.addAndGet(-bytes);
            queuedMessages.decrementAndGet();
            return false;
        }
        return true;
    }

    /** The message is written or discarded. */
    void unreserve(OutMessage message) {
        queuedBytes.addAndGet(-message.bytes());
        queuedMessages.decrementAndGet();
    }

    /** Whether a waiting sender is to be told now; if so, it counts as told. */
    boolean takeWritable() {
        Limits.Queues max = limits.queues();
        if (senderWaits
                && queuedMessages.get() <= max.sendMessagesMax() / 2
                && queuedBytes.get() <= max.sendBytesMax() / 2) {
            senderWaits = false;
            return true;
        }
        return false;
    }

    /** The next message that was sent and is not with the session yet; null when there is none. On the loop. */
    @Nullable OutMessage takeSent() {
        return mailbox.poll();
    }

    boolean hasSent() {
        return !mailbox.isEmpty();
    }

    @Override
    public CompletionStage<Duration> ping() {
        CompletableFuture<Duration> result = new CompletableFuture<>();
        driver.ping(result);
        return result.minimalCompletionStage();
    }

    @Override
    public CompletionStage<Void> close() {
        acceptsMessages = false;
        driver.close();
        return closed();
    }

    @Override
    public void markDown() {
        acceptsMessages = false;
        driver.markDown();
    }

    @Override
    public void markDisposable() {
        driver.markDisposable();
    }

    @Override
    public CompletionStage<ConnectionInfo> ready() {
        return ready.minimalCompletionStage();
    }

    @Override
    public CompletionStage<Void> closed() {
        return closed.minimalCompletionStage();
    }

    CompletableFuture<ConnectionInfo> readyFuture() {
        return ready;
    }

    CompletableFuture<Void> closedFuture() {
        return closed;
    }

    void info(ConnectionInfo negotiated) {
        info = negotiated;
    }

    /** The session is over: nothing is accepted from now on. */
    void refuseMessages() {
        acceptsMessages = false;
    }

    boolean isClosed() {
        return !acceptsMessages;
    }

    @Nullable EntityAddrVec key() {
        return key;
    }

    @Nullable Transport dialer() {
        return dialer;
    }

    Transport requireDialer() {
        if (dialer == null) {
            throw new IllegalStateException("the peer has dialled: " + this);
        }
        return dialer;
    }

    ConnectionDriver driver() {
        return driver;
    }

    @Override
    public @Nullable ConnectionInfo info() {
        return info;
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public EntityType peerType() {
        return peerType;
    }

    @Override
    public EntityAddr peerAddr() {
        return peerAddr;
    }

    @Override
    public long queuedBytes() {
        return queuedBytes.get();
    }

    @Override
    public int queuedMessages() {
        return queuedMessages.get();
    }

    @Override
    public @Nullable Object attachment() {
        return attachment;
    }

    @Override
    public void attach(@Nullable Object data) {
        attachment = data;
    }

    @Override
    public String toString() {
        return "connection to " + peerType + " at " + peerAddr;
    }
}
