package org.msgr2.session.driver;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.ConnectionListing;
import org.msgr2.session.ConnectionStats;
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

    private final Policy policy;
    private final EntityType peerType;
    private final EntityAddr peerAddr;
    private final @Nullable EntityAddrVec key;
    private final @Nullable Transport dialer;
    private final ConnectionDriver driver;
    private final NodeCounters counters;

    /** Bounded by the budget below, in which a message counts until it is written. */
    private final MpscUnboundedArrayQueue<OutMessage> mailbox = new MpscUnboundedArrayQueue<>(MAILBOX_CHUNK);

    private final SendBudget budget;
    private final AtomicLong numbers = new AtomicLong();
    private final CompletableFuture<ConnectionInfo> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
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
        this.budget = new SendBudget(node.config().limits());
        this.key = key;
        this.dialer = dialer;
        this.counters = node.counters();
        this.driver = new ConnectionDriver(node, this, loop);
    }

    @Override
    public SendResult send(Message message) {
        long bytes = message.payloadBytes();
        if (budget.isTooLarge(message)) {
            return refuse(Refused.TOO_LARGE);
        }
        if (!acceptsMessages) {
            return refuse(Refused.CLOSED);
        }
        if (!budget.reserve(bytes)) {
            // The queue may have drained between the two steps: then nobody else would tell.
            driver.wake();
            return refuse(Refused.BACK_PRESSURED);
        }
        OutMessage accepted = new OutMessage(message, numbers.incrementAndGet(), bytes, driver);
        mailbox.offer(accepted);
        driver.wake();
        return accepted;
    }

    private SendResult refuse(SendResult answer) {
        counters.refused(answer.outcome());
        return answer;
    }

    /** For those who look after the node. */
    ConnectionListing listing() {
        return new ConnectionListing(
                peerType,
                peerAddr,
                false,
                policy,
                driver.state(),
                info,
                driver.stats(),
                driver.traffic(),
                budget.messages(),
                budget.bytes(),
                driver.undispatched(),
                driver.isReadingPaused());
    }

    /** The message is written or discarded. */
    void unreserve(OutMessage message) {
        budget.unreserve(message.bytes());
    }

    /** Whether a waiting sender is to be told now; if so, it counts as told. */
    boolean takeWritable() {
        return budget.takeWritable();
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

    /** As {@link #markDown}, with a Reset event. */
    void reset(String why) {
        acceptsMessages = false;
        driver.displaced(why);
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
    public ConnectionStats stats() {
        return driver.stats();
    }

    @Override
    public long queuedBytes() {
        return budget.bytes();
    }

    @Override
    public int queuedMessages() {
        return budget.messages();
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
