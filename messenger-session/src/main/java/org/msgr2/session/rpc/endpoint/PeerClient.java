package org.msgr2.session.rpc.endpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.CallCallback;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.CallerInterceptor;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.StreamCall;
import org.msgr2.session.rpc.Subscription;

/**
 * A service at one peer or at several.
 *
 * @param open what is under way, together with those that differ in their interceptors only
 */
record PeerClient(
        CallEndpoint endpoint, String service, Peers peers, List<CallerInterceptor> interceptors, OpenCalls open)
        implements ServiceClient {

    @Override
    public ServiceClient intercept(CallerInterceptor interceptor) {
        List<CallerInterceptor> more = new ArrayList<>(interceptors);
        more.add(interceptor);
        return new PeerClient(endpoint, service, peers, List.copyOf(more), open);
    }

    private static void require(boolean allowed, Method<?, ?> method) {
        if (!allowed) {
            throw new IllegalArgumentException("method '" + method.name() + "' is " + method.shape());
        }
    }

    private <Q, R> UnaryCall<Q, R> start(Method<Q, R> method, Q request, CallOptions options) {
        require(method.shape() == Method.Shape.UNARY, method);
        UnaryCall<Q, R> call = new UnaryCall<>(this, method);
        call.start(request, Opaque.EMPTY, options);
        return call;
    }

    @Override
    public <Q, R> R call(Method<Q, R> method, Q request, CallOptions options) throws InterruptedException {
        return start(method, request, options).await();
    }

    @Override
    public <Q, R> CompletableFuture<R> callAsync(Method<Q, R> method, Q request, CallOptions options) {
        CompletableFuture<R> answer = new CompletableFuture<>();
        UnaryCall<Q, R> call = start(method, request, options);
        tell(call, new CallCallback<>() {
            @Override
            public void answered(R value) {
                answer.complete(value);
            }

            @Override
            public void failed(CallException why) {
                answer.completeExceptionally(why);
            }
        });
        CompletionStage<R> stage = answer;
        stage.whenComplete((value, failure) -> {
            if (answer.isCancelled()) {
                call.cancel(CallStatus.CANCELLED, "cancelled");
            }
        });
        return answer;
    }

    @Override
    public <Q, R> void call(Method<Q, R> method, Q request, CallOptions options, CallCallback<R> callback) {
        tell(start(method, request, options), callback);
    }

    private <Q, R> void tell(UnaryCall<Q, R> call, CallCallback<R> callback) {
        call.end()
                .thenAccept(result -> endpoint.execute(() -> {
                    R answer;
                    try {
                        answer = call.answer(result);
                    } catch (CallException e) {
                        callback.failed(e);
                        return;
                    }
                    callback.answered(answer);
                }));
    }

    @Override
    public <Q, R> StreamCall<Q, R> open(Method<Q, R> method, @Nullable Q request, CallOptions options) {
        require(method.shape() != Method.Shape.SUBSCRIPTION && method.shape() != Method.Shape.UNARY, method);
        require(method.shape().callerStreams() == (request == null), method);
        OpenStream<Q, R> call = new OpenStream<>(this, method);
        call.start(request, Opaque.EMPTY, options);
        return call;
    }

    @Override
    public <Q, R> Subscription subscribe(
            Method<Q, R> method, Q request, Opaque token, CallOptions options, Subscription.Listener<R> listener) {
        require(method.shape() == Method.Shape.SUBSCRIPTION, method);
        LongSubscription<Q, R> subscription = new LongSubscription<>(this, method, request, token, options, listener);
        subscription.begin();
        return subscription;
    }

    @Override
    public void close() {
        open.close();
        peers.close(); // before calls end, or those that wait would be given a peer
        open.endAll();
        peers.release();
    }
}
