package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.Access;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.Connection;
import org.msgr2.session.dispatch.CallRefusal;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallHandler;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.ItemSource;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.Push;
import org.msgr2.session.rpc.ResponseStream;
import org.msgr2.session.rpc.machine.CallEnvelope;
import org.msgr2.session.rpc.machine.CallResult;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A peer's call, from its admission until it has ended: brings it to its handler, and the handler's answer back. Thread-safe. */
final class CalleeCall<Q, R> implements CallContext, CallEntry.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(CalleeCall.class);

    private final CallEndpoint endpoint;
    private final PeerCalls peer;
    private final CalledService service;
    private final CallHandler.Binding<Q, R> binding;
    private final CallEnvelope.Request request;
    private final ByteBuf payload;
    private final CallEntry entry;
    private final CallCounters counters;
    private final long startNs;
    private final long deadlineNs;
    private final SerialTasks callbacks;
    private final Map<String, Object> attributes = new ConcurrentHashMap<>();
    private final List<Runnable> onCancel = new ArrayList<>();
    private volatile @Nullable ItemReader<Q> reader;
    private volatile @Nullable ItemWriter<?> writer;
    private volatile boolean cancelled;
    private boolean intercepted;
    private @Nullable CallResult result;

    /** @param payload ownership passes */
    CalleeCall(
            CallEndpoint endpoint,
            PeerCalls peer,
            CalledService service,
            CallHandler.Binding<Q, R> binding,
            CallEnvelope.Request request,
            ByteBuf payload) {
        this.endpoint = endpoint;
        this.peer = peer;
        this.service = service;
        this.binding = binding;
        this.request = request;
        this.payload = payload;
        this.counters = service.counters(binding.method().name());
        this.startNs = endpoint.loop().nanoTime();
        this.deadlineNs = startNs + request.remainingNs();
        this.entry = new CallEntry(peer, this, counters, request.remainingNs() != 0, deadlineNs);
        this.callbacks = new SerialTasks(this::execute);
    }

    CallEntry entry() {
        return entry;
    }

    /** On the service's workers, or, if it has none, on the messenger's: whoever waits for an end must hear of it. */
    private void execute(Runnable task) {
        if (!service.lane().tryContinue(task)) {
            endpoint.execute(task);
        }
    }

    /** Hands it to its service. On the connection's loop, where the handler of a fast one runs. */
    void schedule() {
        CallRefusal refusal = service.lane().tryExecute(payload.readableBytes(), this::run, payload::release);
        if (refusal != null) {
            payload.release();
            finish(refusal.ending() ? CallStatus.UNAVAILABLE : CallStatus.OVERLOADED, 0, refusal.text());
        }
    }

    /** It does not begin. */
    void discard() {
        payload.release();
    }

    /** Its node is being drained: ends it if it would not end by itself. */
    void drain() {
        if (binding.method().shape() == Method.Shape.SUBSCRIPTION) {
            finish(CallStatus.DRAINING, 0, "service '" + service() + "' is being drained");
        }
    }

    @Override
    public void over() {
        service.over(this);
    }

    private void run() {
        try {
            if (!cancelled) {
                intercept();
                handle();
            }
        } catch (Exception | Error e) {
            fail(e);
        } finally {
            payload.release();
        }
    }

    private void intercept() {
        synchronized (attributes) {
            intercepted = true;
        }
        endpoint.calleeInterceptors().forEach(interceptor -> interceptor.starting(this));
    }

    private Q decode() {
        try {
            return binding.method().request().decode(payload);
        } catch (IOException | RuntimeException e) {
            throw new CallException(CallStatus.INVALID, "the request of '" + method() + "' cannot be read", e);
        }
    }

    private void handle() throws Exception {
        if (binding instanceof CallHandler.UnaryBinding<Q, R> unary) {
            answer(unary.handler().handle(this, decode()));
        } else if (binding instanceof CallHandler.AsyncBinding<Q, R> async) {
            answerLater(async.handler().handle(this, decode()));
        } else if (binding instanceof CallHandler.ServerStreamBinding<Q, R> stream) {
            stream.handler().handle(this, decode(), items());
        } else if (binding instanceof CallHandler.ClientStreamBinding<Q, R> stream) {
            answerLater(stream.handler().handle(this, source()));
        } else if (binding instanceof CallHandler.BidirectionalBinding<Q, R> stream) {
            stream.handler().handle(this, source(), items());
        } else if (binding instanceof CallHandler.PublisherBinding<Q, R> stream) {
            stream.handler().handle(this, decode(), request.token(), pushes());
        }
    }

    private void answerLater(CompletionStage<R> later) {
        later.whenComplete((answer, failure) -> {
            if (failure == null) {
                answer(answer);
            } else {
                fail(failure);
            }
        });
        onCancel(() -> later.toCompletableFuture().cancel(false));
    }

    // --- Streams

    private ItemSource<Q> source() {
        ItemReader<Q> made = new ItemReader<>(
                entry, item -> binding.method().request().decode(item.payload()), this::fail, callbacks);
        reader = made;
        return made;
    }

    private ResponseStream<R> items() {
        return stream(item -> new ItemWriter.Encoded(
                Payloads.encode(binding.method().response(), item, endpoint), Opaque.EMPTY, false));
    }

    private ResponseStream<Push<R>> pushes() {
        return stream(push -> Payloads.push(binding.method().response(), push, endpoint));
    }

    private <T> ResponseStream<T> stream(Function<T, ItemWriter.Encoded> encoder) {
        ItemWriter<T> made = new ItemWriter<>(entry, encoder, callbacks);
        writer = made;
        return new ResponseStream<>() {
            @Override
            public boolean offer(T item) {
                return made.offer(item);
            }

            @Override
            public void send(T item) throws InterruptedException {
                made.send(item);
            }

            @Override
            public void onReady(Runnable action) {
                made.onReady(action);
            }

            @Override
            public boolean isOpen() {
                return made.isOpen();
            }

            @Override
            public void end() {
                finish(CallStatus.OK, 0, "");
            }

            @Override
            public void fail(CallException why) {
                CalleeCall.this.fail(why);
            }
        };
    }

    @Override
    public void itemsCame() {
        ItemReader<Q> waiting = reader;
        if (waiting != null) {
            waiting.changed();
        }
    }

    @Override
    public void itemsWanted() {
        ItemWriter<?> waiting = writer;
        if (waiting != null) {
            waiting.changed();
        }
    }

    private void answer(R answer) {
        ByteBuf encoded;
        try {
            encoded = binding.method().response().encode(answer, endpoint.allocator());
        } catch (RuntimeException e) {
            fail(e);
            return;
        }
        int bytes = encoded.readableBytes();
        if (bytes > endpoint.limits().payloadBytesMax()) {
            encoded.release();
            finish(
                    CallStatus.TOO_LARGE,
                    0,
                    "the answer has " + bytes + " bytes, at most "
                            + endpoint.limits().payloadBytesMax() + " are sent");
            return;
        }
        peer.finish(entry, CallStatus.OK, 0, "", encoded);
    }

    private void fail(Throwable thrown) {
        Throwable cause =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof CallException said) {
            finish(own(said.status()), said.code(), said.text());
        } else if (cancelled && cause instanceof CancellationException) {
            return; // as asked
        } else {
            LOG.error("{}.{} failed for {}", service(), method(), connection().peerAddr(), cause);
            finish(CallStatus.INTERNAL, 0, "");
        }
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
    }

    /** A handler may pass on what another node has said of itself: the caller must not take it for ours and leave us. */
    private CallStatus own(CallStatus said) {
        return switch (said) {
            case UNAVAILABLE, DRAINING -> service.isDraining() ? said : CallStatus.FAILED;
            default -> said;
        };
    }

    private void finish(CallStatus status, int code, String text) {
        peer.finish(entry, status, code, endpoint.cut(text), Unpooled.EMPTY_BUFFER);
    }

    // --- From the machine

    @Override
    public void ended(CallResult how) {
        endpoint.count(counters, how.status(), startNs);
        List<Runnable> tell;
        boolean tellInterceptors;
        synchronized (attributes) {
            result = how;
            // Whatever the handler itself has said is no cancellation, but a deadline is.
            cancelled = switch (how.status()) {
                case CANCELLED, DEADLINE_EXCEEDED, DRAINING -> true;
                default -> false;
            };
            tell = cancelled ? List.copyOf(onCancel) : List.of();
            onCancel.clear();
            tellInterceptors = intercepted;
        }
        tell.forEach(callbacks::add);
        itemsCame();
        itemsWanted();
        if (tellInterceptors && !endpoint.calleeInterceptors().isEmpty()) {
            callbacks.add(() -> endpoint.calleeInterceptors()
                    .forEach(interceptor -> interceptor.ended(this, how.isOk() ? null : how.failure())));
        }
    }

    // --- For the handler

    @Override
    public String service() {
        return service.name();
    }

    @Override
    public String method() {
        return binding.method().name();
    }

    @Override
    public Connection connection() {
        return peer.connection();
    }

    @Override
    public PeerIdentity caller() {
        return CallEndpoint.identity(connection());
    }

    @Override
    public Map<String, String> metadata() {
        return request.metadata();
    }

    @Override
    public @Nullable Duration remaining() {
        return entry.hasDeadline()
                ? Duration.ofNanos(Math.max(0, deadlineNs - endpoint.loop().nanoTime()))
                : null;
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        synchronized (attributes) {
            if (result == null) {
                onCancel.add(action);
                return;
            }
            if (!cancelled) {
                return;
            }
        }
        callbacks.add(action);
    }

    @Override
    public @Nullable Object attribute(String name) {
        return attributes.get(name);
    }

    @Override
    public void attribute(String name, Object value) {
        attributes.put(name, value);
    }

    @Override
    public void require(Access access, BiPredicate<String, String> within) {
        if (!caller().capabilities().allows(service(), access, within)) {
            throw new CallException(
                    CallStatus.PERMISSION_DENIED, CallEndpoint.missing(caller(), service(), method(), access));
        }
    }
}
