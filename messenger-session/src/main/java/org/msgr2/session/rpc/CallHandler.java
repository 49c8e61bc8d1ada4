package org.msgr2.session.rpc;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;

/**
 * The methods of a service: what its {@code calls()} gives to the messenger.
 *
 * <pre>{@code
 * CallHandler.builder()
 *         .unary(LOOKUP, (context, name) -> table.get(name))
 *         .build();
 * }</pre>
 *
 * <p><b>Threads.</b> Handlers run on the workers of their service, concurrently, and may block: then they hold up this service,
 * and no other. Those of a {@link org.msgr2.session.Service#fast} service run on the event loop of the call's connection, and
 * must not block; what they leave to be run later ({@code onReady}, {@code onItems}, {@code onCancel}) does so on the messenger's
 * workers.
 *
 * <p><b>Errors.</b> A {@link CallException} reaches the caller as it is. Anything else that is thrown is logged, and reaches the
 * caller as {@link CallStatus#INTERNAL} without a word of it.
 *
 * <p>Immutable and thread-safe.
 */
public final class CallHandler {

    /** Answers one request. */
    @FunctionalInterface
    public interface Unary<Q, R> {
        R handle(CallContext context, Q request) throws Exception;
    }

    /** Answers one request later; what the stage fails with counts as thrown. */
    @FunctionalInterface
    public interface Async<Q, R> {
        CompletionStage<R> handle(CallContext context, Q request) throws Exception;
    }

    /**
     * Answers one request with items. It may return at once, and send them later, from any thread: {@link ResponseStream} ends
     * the call, not the return.
     */
    @FunctionalInterface
    public interface ServerStream<Q, R> {
        void handle(CallContext context, Q request, ResponseStream<R> items) throws Exception;
    }

    /** Answers items with one answer. */
    @FunctionalInterface
    public interface ClientStream<Q, R> {
        CompletionStage<R> handle(CallContext context, ItemSource<Q> items) throws Exception;
    }

    /** Answers items with items; as {@link ServerStream}. */
    @FunctionalInterface
    public interface Bidirectional<Q, R> {
        void handle(CallContext context, ItemSource<Q> from, ResponseStream<R> to) throws Exception;
    }

    /** Tells what happens; as {@link ServerStream}. */
    @FunctionalInterface
    public interface Publisher<Q, R> {
        /**
         * @param token of the last item that the subscriber has heard; empty if there was none. If it is no longer possible to
         *     go on behind it, the first item is to be {@link Push#anew}
         */
        void handle(CallContext context, Q request, Opaque token, ResponseStream<Push<R>> items) throws Exception;
    }

    /** A method and who answers it. */
    public sealed interface Binding<Q, R> {
        Method<Q, R> method();
    }

    /** For {@link Method.Shape#UNARY}. */
    public record UnaryBinding<Q, R>(Method<Q, R> method, Unary<Q, R> handler) implements Binding<Q, R> {}

    /** For {@link Method.Shape#UNARY}. */
    public record AsyncBinding<Q, R>(Method<Q, R> method, Async<Q, R> handler) implements Binding<Q, R> {}

    /** For {@link Method.Shape#SERVER_STREAM}. */
    public record ServerStreamBinding<Q, R>(Method<Q, R> method, ServerStream<Q, R> handler) implements Binding<Q, R> {}

    /** For {@link Method.Shape#CLIENT_STREAM}. */
    public record ClientStreamBinding<Q, R>(Method<Q, R> method, ClientStream<Q, R> handler) implements Binding<Q, R> {}

    /** For {@link Method.Shape#BIDIRECTIONAL}. */
    public record BidirectionalBinding<Q, R>(Method<Q, R> method, Bidirectional<Q, R> handler)
            implements Binding<Q, R> {}

    /** For {@link Method.Shape#SUBSCRIPTION}. */
    public record PublisherBinding<Q, R>(Method<Q, R> method, Publisher<Q, R> handler) implements Binding<Q, R> {}

    private final Map<String, Binding<?, ?>> bindings;

    private CallHandler(Map<String, Binding<?, ?>> bindings) {
        this.bindings = Map.copyOf(bindings);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Null if there is no such method. */
    public @Nullable Binding<?, ?> binding(String method) {
        return bindings.get(method);
    }

    /** By their names. */
    public Map<String, Binding<?, ?>> bindings() {
        return bindings;
    }

    /** Not thread-safe. */
    public static final class Builder {
        private final Map<String, Binding<?, ?>> bindings = new LinkedHashMap<>();

        private Builder() {}

        private Builder add(Binding<?, ?> binding, Method.Shape... shapes) {
            Method<?, ?> method = binding.method();
            if (!Arrays.asList(shapes).contains(method.shape())) {
                throw new IllegalArgumentException("method '" + method.name() + "' is " + method.shape());
            }
            if (bindings.putIfAbsent(method.name(), binding) != null) {
                throw new IllegalArgumentException("two methods are named '" + method.name() + "'");
            }
            return this;
        }

        /** One answer, when the handler returns. */
        public <Q, R> Builder unary(Method<Q, R> method, Unary<Q, R> handler) {
            return add(new UnaryBinding<>(method, handler), Method.Shape.UNARY);
        }

        /** One answer, when the handler's stage completes: no worker waits for it. */
        public <Q, R> Builder async(Method<Q, R> method, Async<Q, R> handler) {
            return add(new AsyncBinding<>(method, handler), Method.Shape.UNARY);
        }

        /** Any number of items. */
        public <Q, R> Builder serverStream(Method<Q, R> method, ServerStream<Q, R> handler) {
            return add(new ServerStreamBinding<>(method, handler), Method.Shape.SERVER_STREAM);
        }

        /** Any number of the caller's items. */
        public <Q, R> Builder clientStream(Method<Q, R> method, ClientStream<Q, R> handler) {
            return add(new ClientStreamBinding<>(method, handler), Method.Shape.CLIENT_STREAM);
        }

        /** Any number of items in both directions. */
        public <Q, R> Builder bidirectional(Method<Q, R> method, Bidirectional<Q, R> handler) {
            return add(new BidirectionalBinding<>(method, handler), Method.Shape.BIDIRECTIONAL);
        }

        /** Items as they come into being, with tokens to go on from. */
        public <Q, R> Builder subscription(Method<Q, R> method, Publisher<Q, R> handler) {
            return add(new PublisherBinding<>(method, handler), Method.Shape.SUBSCRIPTION);
        }

        public CallHandler build() {
            return new CallHandler(bindings);
        }
    }
}
