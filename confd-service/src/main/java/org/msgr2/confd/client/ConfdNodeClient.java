package org.msgr2.confd.client;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.calls.ConfdMethods;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Messenger;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Pick;
import org.msgr2.session.rpc.Push;
import org.msgr2.session.rpc.Resolver;
import org.msgr2.session.rpc.ServiceClient;
import org.msgr2.session.rpc.StreamCall;
import org.msgr2.session.rpc.Subscription;
import org.msgr2.session.rpc.Target;

/** Asks and watches the confd of a node, over a messenger. There is nothing to close. Thread-safe. */
public final class ConfdNodeClient {
    /** The longest answer that is put together here. */
    private static final int ANSWER_BYTES_MAX = 512 << 20;

    private final ServiceClient calls;

    private ConfdNodeClient(ServiceClient calls) {
        this.calls = calls;
    }

    /**
     * Connects when it is needed, and again when the connection is lost.
     *
     * @param type what the node is
     */
    public static ConfdNodeClient of(Messenger messenger, EntityType type, EntityAddr addr) {
        Resolver resolver = Resolver.fixed(List.of(Target.of(type, addr)));
        return of(messenger.calls().service(ConfdMethods.SERVICE, resolver, Pick.FIRST));
    }

    /** Over any client of a service that has the methods of confd. */
    public static ConfdNodeClient of(ServiceClient calls) {
        return new ConfdNodeClient(calls);
    }

    /**
     * Asks, and waits for the answer, which may be an error. Not on an event loop.
     *
     * @throws CallException if there is none
     */
    public NodeAnswer ask(Question question, CallOptions options) throws InterruptedException {
        CompletableFuture<NodeAnswer> answer = askAsync(question, options);
        try {
            return answer.get();
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } catch (InterruptedException e) {
            answer.cancel(false);
            throw e;
        }
    }

    /**
     * Asks.
     *
     * @return fails with a {@link CallException}
     */
    public CompletableFuture<NodeAnswer> askAsync(Question question, CallOptions options) {
        return calls.callAsync(ConfdMethods.of(question.type()), question.query(), options)
                .exceptionallyCompose(failed -> {
                    CallException why = failure(failed);
                    return isLong(why) ? large(question, options) : CompletableFuture.failedFuture(why);
                })
                .thenApply(NodeJson::answer);
    }

    private static boolean isLong(CallException why) {
        return why.status() == CallStatus.FAILED && why.code() == ConfdMethods.LONG_ANSWER;
    }

    private static CallException failure(@Nullable Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        return cause instanceof CallException why ? why : new CallException(CallStatus.INTERNAL, "", cause);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // what take() throws, the answer fails with
    private CompletableFuture<byte[]> large(Question question, CallOptions options) {
        StreamCall<Question, byte[]> call = calls.open(ConfdMethods.LARGE, question, options);
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Runnable take = () -> take(call, whole, answer);
        call.responses().onItems(take);
        call.ended().whenComplete((nothing, failed) -> take.run());
        return answer;
    }

    private static void take(
            StreamCall<Question, byte[]> call, ByteArrayOutputStream whole, CompletableFuture<byte[]> answer) {
        synchronized (whole) {
            try {
                for (byte[] piece = call.responses().poll();
                        piece != null;
                        piece = call.responses().poll()) {
                    if (piece.length > ANSWER_BYTES_MAX - whole.size()) {
                        throw new CallException(CallStatus.TOO_LARGE, "the answer is too long");
                    }
                    whole.writeBytes(piece);
                }
                if (call.responses().isExhausted() && call.ended().isDone()) {
                    call.ended().join();
                    answer.complete(whole.toByteArray());
                }
            } catch (RuntimeException e) {
                answer.completeExceptionally(failure(e));
                call.close();
            }
        }
    }

    /**
     * Watches.
     *
     * @param path a JSON pointer; "" is the whole configuration
     * @param token of a watch before this one, to hear what was missed; empty to begin with everything
     * @return to be closed
     */
    public Subscription watch(String path, Opaque token, WatchListener listener) {
        return calls.subscribe(
                ConfdMethods.WATCH, path, token, CallOptions.DEFAULT, new Subscription.Listener<byte[]>() {
                    @Override
                    public void onPush(Push<byte[]> push) {
                        listener.onUpdate(NodeJson.update(push.item()));
                    }

                    @Override
                    public void onInterrupted(CallException why) {
                        listener.onInterrupted(why);
                    }

                    @Override
                    public void onEnd(@Nullable CallException why) {
                        listener.onEnd(why);
                    }
                });
    }
}
