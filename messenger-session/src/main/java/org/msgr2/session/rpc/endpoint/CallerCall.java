package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Connection;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.CallerInterceptor;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.machine.CallEnvelope;
import org.msgr2.session.rpc.machine.CallMachine.Offer;
import org.msgr2.session.rpc.machine.CallResult;
import org.msgr2.session.rpc.machine.Received;
import org.msgr2.session.transport.Loop;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A call of ours, from before there is a connection for it until it has ended: {@link #ended} comes exactly once, whatever stops
 * it. Thread-safe.
 */
abstract class CallerCall<Q, R> implements CallEntry.Listener, CallEnd, OpenCalls.Open {
    private static final Logger LOG = LoggerFactory.getLogger(CallerCall.class);

    /** What is to be sent as soon as there is somebody to send it to. Owns its payload. */
    private record Prepared(CallEnvelope.Request request, ByteBuf payload, boolean hasDeadline, long deadlineNs) {}

    final PeerClient client;
    final CallEndpoint endpoint;
    final Method<Q, R> method;
    private final CallCounters counters;
    private final long startNs;
    private final AtomicBoolean placed = new AtomicBoolean();
    private CallOptions options = CallOptions.DEFAULT;
    private int intercepted;
    private volatile @Nullable CallEntry entry;
    private volatile @Nullable CallResult failedBefore;
    private volatile @Nullable Prepared waiting;
    private volatile @Nullable CompletionStage<Connection> waitingFor;

    CallerCall(PeerClient client, Method<Q, R> method) {
        this.client = client;
        this.endpoint = client.endpoint();
        this.method = method;
        this.counters = endpoint.callerCounters().of(client.service(), method.name());
        this.startNs = endpoint.loop().nanoTime();
    }

    /** What happens when there is a connection. */
    void begun() {}

    /** As {@link CallEntry.Listener#ended}: once. */
    abstract void hasEnded(CallResult result);

    @Override
    public final void ended(CallResult result) {
        client.open().remove(this);
        endpoint.count(counters, result.status(), startNs);
        CallEntry begun = entry;
        if (begun != null) {
            client.peers().ended(begun.peer().connection(), result.status());
        }
        hasEnded(result);
    }

    /** @param request null if there is none */
    final void start(@Nullable Q request, Opaque token, CallOptions asked) {
        counters.begin();
        if (!client.open().add(this)) {
            endBefore(CallResult.of(CallStatus.NOT_SENT, OpenCalls.CLOSED));
            return;
        }
        Prepared prepared;
        try {
            prepared = prepare(request, token, intercept(asked));
        } catch (CallException e) {
            endBefore(new CallResult(e.status(), e.code(), e.text(), true, Unpooled.EMPTY_BUFFER));
            return;
        } catch (RuntimeException | Error e) { // an interceptor's
            client.open().remove(this);
            endpoint.count(counters, CallStatus.INTERNAL, startNs);
            throw e;
        }
        waiting = prepared;
        CompletionStage<Connection> pick = client.peers().pick();
        waitingFor = pick;
        Loop.@Nullable Timer timer = pick.toCompletableFuture().isDone() ? null : timeout(prepared);
        pick.whenComplete((connection, failure) -> {
            if (timer != null) {
                timer.cancel();
            }
            if (!placed.compareAndSet(false, true)) {
                return;
            }
            if (failure == null) {
                place(prepared, connection);
            } else {
                prepared.payload().release();
                endBefore(unsent(failure));
            }
        });
        if (client.open().isClosed()) {
            clientClosed(); // whoever has closed it may have come before there was anything to cancel
        }
    }

    @Override
    public final void clientClosed() {
        cancel(CallStatus.CANCELLED, OpenCalls.CLOSED);
    }

    private CallOptions intercept(CallOptions asked) {
        options = asked;
        for (CallerInterceptor interceptor : client.interceptors()) {
            options = interceptor.starting(client.service(), method, options);
            intercepted++;
        }
        return options;
    }

    private Prepared prepare(@Nullable Q request, Opaque token, CallOptions how) {
        Limits.Calls limits = endpoint.limits();
        Method.Shape shape = method.shape();
        Duration within = how.within();
        if (within == null && !shape.callerStreams() && !shape.calleeStreams()) {
            within = limits.deadline();
        }
        long withinNs = within == null ? 0 : Math.max(1, within.toNanos());
        int items = how.windowItems() == 0 ? limits.windowItems() : how.windowItems();
        CallEnvelope.Request envelope = new CallEnvelope.Request(
                CallEndpoint.shapeBits(shape),
                client.service(),
                method.name(),
                withinNs,
                shape.calleeStreams() ? items : 0,
                shape.calleeStreams() ? limits.windowBytes() : 0,
                token,
                how.metadata());
        requireWithin(envelope, limits);
        ByteBuf payload =
                request == null ? Unpooled.EMPTY_BUFFER : Payloads.encode(method.request(), request, endpoint);
        return new Prepared(envelope, payload, within != null, endpoint.loop().nanoTime() + withinNs);
    }

    private static void requireWithin(CallEnvelope.Request request, Limits.Calls limits) {
        int metadataBytes = 0;
        for (Map.Entry<String, String> entry : request.metadata().entrySet()) {
            metadataBytes += utf8(entry.getKey()) + utf8(entry.getValue());
        }
        if (utf8(request.service()) > limits.nameBytesMax()
                || utf8(request.method()) > limits.nameBytesMax()
                || request.token().length() > limits.tokenBytesMax()
                || request.metadata().size() > limits.metadataEntriesMax()
                || metadataBytes > limits.metadataBytesMax()) {
            throw CallException.of(CallStatus.TOO_LARGE, 0, "names, token or metadata beyond Limits.Calls", true);
        }
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private Loop.@Nullable Timer timeout(Prepared prepared) {
        if (!prepared.hasDeadline()) {
            return null;
        }
        try {
            return endpoint.loop()
                    .schedule(
                            () -> endUnplaced(CallStatus.DEADLINE_EXCEEDED, "none of its peers was ready in time"),
                            prepared.deadlineNs());
        } catch (RejectedExecutionException e) {
            return null; // the messenger is closed, and ends what waits
        }
    }

    private void place(Prepared prepared, Connection connection) {
        long leftNs = prepared.deadlineNs() - endpoint.loop().nanoTime();
        CallEnvelope.Request request = prepared.request();
        CallEntry begun =
                new CallEntry(endpoint.peer(connection), this, counters, prepared.hasDeadline(), prepared.deadlineNs());
        entry = begun;
        begun.peer()
                .call(
                        begun,
                        prepared.hasDeadline() ? request.withRemaining(Math.max(1, leftNs)) : request,
                        prepared.payload());
        begun();
    }

    private static CallResult unsent(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof CallException said
                ? new CallResult(said.status(), said.code(), said.text(), true, Unpooled.EMPTY_BUFFER)
                : CallResult.of(CallStatus.NOT_SENT, String.valueOf(cause.getMessage()));
    }

    private void endUnplaced(CallStatus status, String text) {
        Prepared prepared = waiting;
        if (prepared != null && placed.compareAndSet(false, true)) {
            CompletionStage<Connection> pick = waitingFor;
            if (pick != null) {
                client.peers().forget(pick);
            }
            prepared.payload().release();
            endBefore(new CallResult(status, 0, text, true, Unpooled.EMPTY_BUFFER));
        }
    }

    private void endBefore(CallResult how) {
        failedBefore = how;
        ended(how);
    }

    /** From any thread; does nothing to a call that has ended but drop what nobody has read. */
    final void cancel(CallStatus why, String text) {
        CallEntry begun = entry;
        if (begun == null) {
            endUnplaced(why, text);
            begun = entry; // it may have been placed meanwhile
        }
        if (begun != null) {
            begun.peer().cancel(begun, why, text);
        }
    }

    /** Tells those that were told of its beginning. Not on an event loop. */
    final void tellInterceptors(@Nullable CallException failure) {
        for (CallerInterceptor interceptor : client.interceptors().subList(0, intercepted)) {
            try {
                interceptor.ended(client.service(), method, options, failure);
            } catch (RuntimeException | Error e) {
                LOG.error("an interceptor failed behind a call of {}.{}", client.service(), method.name(), e);
            }
        }
    }

    // --- For streams

    @Override
    public final @Nullable Received take() {
        CallEntry begun = entry;
        return begun == null ? null : begun.take();
    }

    @Override
    public final boolean isExhausted() {
        CallEntry begun = entry;
        return begun == null ? failedBefore != null : begun.isExhausted();
    }

    @Override
    public final @Nullable CallResult result() {
        CallEntry begun = entry;
        return begun == null ? failedBefore : begun.result();
    }

    @Override
    public final boolean wantsItem() {
        CallEntry begun = entry;
        return begun != null && begun.wantsItem();
    }

    @Override
    public final Offer offer(ByteBuf payload, Opaque token, boolean anew) {
        CallEntry begun = entry;
        if (begun != null) {
            return begun.offer(payload, token, anew);
        }
        return failedBefore == null ? Offer.WAIT : Offer.ENDED;
    }

    final void endItems() {
        CallEntry begun = entry;
        if (begun != null) {
            begun.peer().endItems(begun);
        }
    }
}
