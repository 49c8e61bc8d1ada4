package org.msgr2.session.driver;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.ConnectionListing;
import org.msgr2.session.ConnectionState;
import org.msgr2.session.ConnectionStats;
import org.msgr2.session.ConnectionTraffic;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.dispatch.ConnectionQueues;
import org.msgr2.session.transport.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A messenger's connection to itself (spec/msgr2 §5.9, §7.2): what is sent comes to its own dispatchers, without a socket, an
 * encoding or a permit. The queue is bounded as that of any connection. Thread-safe.
 */
final class LoopbackConnection implements Connection {
    private static final Logger LOG = LoggerFactory.getLogger(LoopbackConnection.class);
    private static final ConnectionStats STATS = new ConnectionStats(0, 0, 0, 0, 0, 1, 0);

    /** A message on its way. */
    private final class Underway implements SendResult {
        private final Message message;
        /** Who takes it on the loop; null if it goes to a worker. */
        private final @Nullable Dispatcher fast;

        private final long number;
        private final long bytes;
        private boolean begun;
        private volatile boolean neverWritten;

        Underway(Message message, @Nullable Dispatcher fast, long number, long bytes) {
            this.message = message;
            this.fast = fast;
            this.number = number;
            this.bytes = bytes;
        }

        @Override
        public Outcome outcome() {
            return Outcome.ACCEPTED;
        }

        @Override
        public long number() {
            return number;
        }

        @Override
        public boolean neverWritten() {
            return neverWritten;
        }

        @Override
        public Revocation revoke() {
            synchronized (lock) {
                if (begun) {
                    return Revocation.TOO_LATE;
                }
                if (!(fast == null ? toWorkers : toLoop).remove(this)) {
                    return Revocation.NOTHING;
                }
                neverWritten = true;
            }
            message.release();
            budget.unreserve(bytes);
            dispatch.execute(() -> {
                tellWritable();
                endIfDrained();
            });
            return Revocation.REMOVED;
        }
    }

    private final Node node;
    private final EntityAddr addr;
    private final Policy policy;
    private final ConnectionInfo info;
    private final Loop loop;
    private final ConnectionQueues dispatch;
    private final SendBudget budget;
    private final AtomicLong numbers = new AtomicLong();
    private final CompletableFuture<ConnectionInfo> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    /** Guards the two queues; whoever takes a message out of one delivers or discards it. */
    private final Object lock = new Object();

    private final Queue<Underway> toLoop = new ArrayDeque<>();
    private final Queue<Underway> toWorkers = new ArrayDeque<>();

    private volatile boolean acceptsMessages = true;
    private volatile @Nullable Object attachment;

    /** @param addr the one of our own addresses that was asked for */
    LoopbackConnection(Node node, EntityAddr addr, Policy policy, ConnectionInfo info, Loop loop) {
        this.node = node;
        this.addr = addr;
        this.policy = policy;
        this.info = info;
        this.loop = loop;
        this.dispatch = node.newGeneralQueues();
        this.budget = new SendBudget(node.config().limits());
    }

    /** Tells that it is ready. Once. */
    void open() {
        tell(new SessionEvent.Connected(info));
        dispatch.execute(() -> ready.complete(info));
    }

    @Override
    public SendResult send(Message message) {
        if (budget.isTooLarge(message)) {
            return Refused.TOO_LARGE;
        }
        long bytes = message.payloadBytes();
        Dispatcher fast = node.chain().fast(message.type());
        Underway sent;
        synchronized (lock) {
            if (!acceptsMessages) {
                return Refused.CLOSED;
            }
            if (budget.reserve(bytes)) {
                sent = new Underway(message, fast, numbers.incrementAndGet(), bytes);
                (fast == null ? toWorkers : toLoop).add(sent);
            } else {
                sent = null;
            }
        }
        if (sent == null) {
            // The queue may have drained between the two steps: then nobody else would tell.
            dispatch.execute(this::tellWritable);
            return Refused.BACK_PRESSURED;
        }
        if (fast == null) {
            dispatch.execute(() -> deliverNext(toWorkers));
        } else {
            deliverOnLoop();
        }
        return sent;
    }

    /** For those who look after the node. */
    ConnectionListing listing() {
        return new ConnectionListing(
                peerType(),
                addr,
                true,
                policy,
                acceptsMessages ? ConnectionState.READY : ConnectionState.CLOSED,
                info,
                STATS,
                ConnectionTraffic.NONE,
                budget.messages(),
                budget.bytes(),
                0,
                false);
    }

    private void tell(SessionEvent event) {
        dispatch.event(this, event);
        try {
            loop.execute(() -> node.chain().fastEvent(this, event));
        } catch (RejectedExecutionException e) {
            node.chain().fastEvent(this, event); // the transport is closed: there is no order any more
        }
    }

    private void deliverOnLoop() {
        try {
            loop.execute(() -> deliverNext(toLoop));
        } catch (RejectedExecutionException e) {
            // The transport is closed and its loops have ended: nobody will take it.
            reset("the transport is closed");
        }
    }

    private void deliverNext(Queue<Underway> from) {
        Underway next;
        synchronized (lock) {
            next = from.poll();
            if (next == null) {
                return; // discarded since, or taken back
            }
            next.begun = true;
        }
        Message message;
        try {
            message = next.message.encodedFor(info.features());
        } catch (RuntimeException e) {
            LOG.error("{}: cannot be encoded", next.message, e);
            next.message.release();
            delivered(next);
            return;
        }
        next.message.release();
        if (next.fast != null) {
            dispatch.fast(next.fast, this, message);
            delivered(next);
        } else {
            dispatch.now(node.lanes().ofType(message.type()), this, message, () -> delivered(next));
        }
    }

    private void delivered(Underway sent) {
        budget.unreserve(sent.bytes);
        tellWritable();
        endIfDrained();
    }

    private void tellWritable() {
        if (acceptsMessages && budget.takeWritable()) {
            tell(new SessionEvent.Writable());
        }
    }

    private void endIfDrained() {
        if (!acceptsMessages && budget.messages() == 0) {
            node.loopbacks().remove(this);
            dispatch.execute(() -> closed.complete(null));
        }
    }

    private void discard(List<Underway> rest, String why) {
        if (rest.isEmpty()) {
            return;
        }
        for (Underway message : rest) {
            message.neverWritten = true;
            message.message.release();
            budget.unreserve(message.bytes);
        }
        LongSummaryStatistics numbered =
                rest.stream().mapToLong(underway -> underway.number).summaryStatistics();
        tell(new SessionEvent.Discarded(numbered.getMin(), numbered.getMax(), rest.size(), why));
    }

    @Override
    public CompletionStage<Void> close() {
        refuseMessages();
        dispatch.execute(this::endIfDrained);
        return closed();
    }

    @Override
    public void markDown() {
        end(null);
    }

    /** Ends at once, with an event: not because the application has asked for this one's end. */
    void reset(String why) {
        end(new ProtocolException(FaultKind.TRANSPORT, why).fromPeer(addr.toString()));
    }

    private void end(@Nullable ProtocolException cause) {
        List<Underway> rest = new ArrayList<>();
        boolean wasOpen;
        synchronized (lock) {
            wasOpen = acceptsMessages;
            acceptsMessages = false;
            rest.addAll(toLoop);
            rest.addAll(toWorkers);
            toLoop.clear();
            toWorkers.clear();
        }
        discard(rest, cause == null ? "closed by the application" : String.valueOf(cause.getMessage()));
        node.loopbacks().remove(this);
        if (cause != null && wasOpen) {
            tell(new SessionEvent.Reset(cause));
        }
        dispatch.execute(() -> closed.complete(null));
    }

    private void refuseMessages() {
        synchronized (lock) {
            acceptsMessages = false;
        }
    }

    boolean isClosed() {
        return !acceptsMessages;
    }

    /** There is no fault that could end it. */
    @Override
    public void markDisposable() {}

    @Override
    public CompletionStage<Duration> ping() {
        CompletableFuture<Duration> result = new CompletableFuture<>();
        if (acceptsMessages) {
            dispatch.execute(() -> result.complete(Duration.ZERO));
        } else {
            result.completeExceptionally(new ProtocolException(FaultKind.TRANSPORT, "the connection is closed"));
        }
        return result.minimalCompletionStage();
    }

    @Override
    public CompletionStage<ConnectionInfo> ready() {
        return ready.minimalCompletionStage();
    }

    @Override
    public CompletionStage<Void> closed() {
        return closed.minimalCompletionStage();
    }

    @Override
    public ConnectionInfo info() {
        return info;
    }

    @Override
    public ConnectionStats stats() {
        return STATS;
    }

    @Override
    public Policy policy() {
        return policy;
    }

    @Override
    public EntityType peerType() {
        return node.config().name().type();
    }

    @Override
    public EntityAddr peerAddr() {
        return addr;
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
        return "connection to ourselves at " + addr;
    }
}
