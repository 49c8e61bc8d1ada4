package org.msgr2.session.rpc;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;

/**
 * A service at a peer, or at one of several, for its callers. Thread-safe.
 *
 * <p>Every call ends exactly once: with its answer, or with a {@link CallException} that says what is known. Nothing is called
 * again by itself.
 *
 * <p><b>Back-pressure.</b> When our own queue to the peer or the number of calls under way is full, a call fails at once with
 * {@link CallStatus#BACK_PRESSURED}; when the callee has too much to do, with {@link CallStatus#OVERLOADED}. In both cases nothing
 * has happened, and the caller has to slow down.
 */
public interface ServiceClient extends AutoCloseable {

    /** Its name. */
    String service();

    /** The same, with an interceptor behind those that there are. Both are closed together. */
    ServiceClient intercept(CallerInterceptor interceptor);

    /**
     * Calls, and waits for the answer. Not on an event loop.
     *
     * @throws CallException if there is none
     * @throws InterruptedException if the thread was interrupted; the call is cancelled then
     */
    <Q, R> R call(Method<Q, R> method, Q request, CallOptions options) throws InterruptedException;

    /** With {@link CallOptions#DEFAULT}. */
    default <Q, R> R call(Method<Q, R> method, Q request) throws InterruptedException {
        return call(method, request, CallOptions.DEFAULT);
    }

    /**
     * Calls. What depends on the future runs on the messenger's workers.
     *
     * @return fails with a {@link CallException}; cancelling it cancels the call
     */
    <Q, R> CompletableFuture<R> callAsync(Method<Q, R> method, Q request, CallOptions options);

    /** With {@link CallOptions#DEFAULT}. */
    default <Q, R> CompletableFuture<R> callAsync(Method<Q, R> method, Q request) {
        return callAsync(method, request, CallOptions.DEFAULT);
    }

    /** Calls, and tells. */
    <Q, R> void call(Method<Q, R> method, Q request, CallOptions options, CallCallback<R> callback);

    /**
     * Begins a call with streams, of any shape but a subscription.
     *
     * @param request null if the method takes the caller's items instead
     * @return at once; a call that could not begin has ended
     */
    <Q, R> StreamCall<Q, R> open(Method<Q, R> method, @Nullable Q request, CallOptions options);

    /**
     * Subscribes.
     *
     * @param token of a subscription before this one, to go on behind it; empty to begin
     * @param options whose deadline, if there is one, is that of each attempt
     */
    <Q, R> Subscription subscribe(
            Method<Q, R> method, Q request, Opaque token, CallOptions options, Subscription.Listener<R> listener);

    /**
     * Ends all of its calls and subscriptions: {@link CallStatus#CANCELLED}, which the callee is told, or {@link
     * CallStatus#NOT_SENT} if there was no peer yet. Whatever is called later is NOT_SENT. A client with a {@link Resolver} does
     * not ask it any more, and closes the connections that it has dialled unless another such client uses them; a connection that
     * was given, or that was there before, stays. Does not block; a second time does nothing. Closing the messenger does the same.
     */
    @Override
    void close();
}
