package org.msgr2.session.rpc.endpoint;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.Push;
import org.msgr2.session.rpc.Subscription;
import org.msgr2.session.rpc.machine.CallResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subscription: one call after another, each of which goes on where the one before has ended. What has come of one is heard
 * before the next begins, so nothing comes twice; and the next begins behind what was heard, so nothing is lost.
 *
 * <p>Everything happens in the callbacks' order, one at a time; but for {@link #close}.
 */
final class LongSubscription<Q, R> implements Subscription, OpenCalls.Open {
    private static final Logger LOG = LoggerFactory.getLogger(LongSubscription.class);

    /** One call. */
    private final class Attempt extends CallerCall<Q, R> {
        private final ItemReader<Push<R>> reader = new ItemReader<>(
                this,
                item -> new Push<>(method.response().decode(item.payload()), item.token(), item.anew()),
                why -> cancel(why.status(), why.text()),
                callbacks);

        Attempt() {
            super(LongSubscription.this.client, LongSubscription.this.method);
        }

        @Override
        public void itemsCame() {
            reader.changed();
        }

        @Override
        void hasEnded(CallResult result) {
            result.payload().release();
            callbacks.add(() -> {
                hear(this);
                tellInterceptors(result.isOk() ? null : result.failure());
                attemptOver(this, result);
            });
        }
    }

    private final PeerClient client;
    private final CallEndpoint endpoint;
    private final Method<Q, R> method;
    private final Q request;
    private final CallOptions options;
    private final Listener<R> listener;
    private final SerialTasks callbacks;

    private long backoffNs;
    private volatile Opaque token;
    private final AtomicInteger resumptions = new AtomicInteger();
    private volatile String closedWhy = "closed";
    private volatile boolean closed;
    private volatile @Nullable Attempt current;

    LongSubscription(
            PeerClient client,
            Method<Q, R> method,
            Q request,
            Opaque token,
            CallOptions options,
            Listener<R> listener) {
        this.client = client;
        this.endpoint = client.endpoint();
        this.method = method;
        this.request = request;
        this.token = token;
        this.options = options;
        this.listener = listener;
        this.callbacks = new SerialTasks(endpoint::execute);
    }

    void begin() {
        if (!client.open().add(this)) {
            refuse(new CallException(CallStatus.NOT_SENT, OpenCalls.CLOSED));
        } else if (endpoint.startSubscription()) {
            callbacks.add(this::attempt);
        } else {
            client.open().remove(this);
            refuse(new CallException(CallStatus.BACK_PRESSURED, "there are too many subscriptions already"));
        }
    }

    private void refuse(CallException why) {
        closed = true;
        callbacks.add(() -> listener.onEnd(why));
    }

    private void attempt() {
        if (closed) {
            end(new CallException(CallStatus.CANCELLED, closedWhy));
            return;
        }
        Attempt next = new Attempt();
        current = next;
        next.start(request, token, options);
        next.reader.onItems(() -> hear(next));
        if (closed) {
            next.cancel(CallStatus.CANCELLED, closedWhy); // whoever has closed it may not have seen this one
        }
    }

    private void hear(Attempt attempt) {
        while (!closed) {
            Push<R> push = attempt.reader.poll();
            if (push == null) {
                return;
            }
            backoffNs = 0;
            token = push.token();
            try {
                listener.onPush(push);
            } catch (RuntimeException | Error e) {
                LOG.error("a listener of {}.{} failed", client.service(), method.name(), e);
            }
        }
    }

    private void attemptOver(Attempt attempt, CallResult result) {
        attempt.cancel(CallStatus.CANCELLED, "over"); // what nobody has read goes with it
        if (result.isOk()) {
            end(null);
            return;
        }
        CallException why = result.failure();
        if (closed
                || endpoint.isClosed()
                || !isCurable(why.status())
                || !client.peers().mayComeBack()) {
            end(why);
            return;
        }
        listener.onInterrupted(why);
        Limits.Timeouts timeouts = endpoint.timeouts();
        backoffNs = backoffNs == 0
                ? timeouts.backoffInitial().toNanos()
                : Math.min(2 * backoffNs, timeouts.backoffMax().toNanos());
        try {
            endpoint.loop()
                    .schedule(
                            () -> callbacks.add(() -> {
                                resumptions.incrementAndGet();
                                attempt();
                            }),
                            endpoint.loop().nanoTime() + backoffNs);
        } catch (RejectedExecutionException e) {
            end(why); // the messenger is closed
        }
    }

    /** Whether calling again may help. */
    private static boolean isCurable(CallStatus status) {
        return switch (status) {
            case NOT_SENT, OUTCOME_UNKNOWN, OVERLOADED, BACK_PRESSURED, DEADLINE_EXCEEDED, UNAVAILABLE, DRAINING ->
                true;
            default -> false;
        };
    }

    private void end(@Nullable CallException why) {
        closed = true;
        client.open().remove(this);
        endpoint.subscriptionEnded();
        listener.onEnd(why);
    }

    @Override
    public Opaque token() {
        return token;
    }

    @Override
    public int resumptions() {
        return resumptions.get();
    }

    @Override
    public void clientClosed() {
        close(OpenCalls.CLOSED);
    }

    @Override
    public void close() {
        close("closed");
    }

    private void close(String why) {
        closedWhy = why;
        closed = true;
        Attempt last = current;
        if (last != null) {
            last.cancel(CallStatus.CANCELLED, why);
        }
    }
}
