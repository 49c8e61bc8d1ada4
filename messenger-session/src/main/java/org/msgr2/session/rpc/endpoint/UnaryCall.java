package org.msgr2.session.rpc.endpoint;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Method;
import org.msgr2.session.rpc.machine.CallResult;

/** A call of ours with one answer. */
final class UnaryCall<Q, R> extends CallerCall<Q, R> {
    /** Completes on whatever thread ends the call: for us only. */
    private final CompletableFuture<CallResult> end = new CompletableFuture<>();

    UnaryCall(PeerClient client, Method<Q, R> method) {
        super(client, method);
    }

    @Override
    void hasEnded(CallResult result) {
        end.complete(result);
    }

    /** Its end; never exceptionally. Exactly one has to take the result, or release its payload. */
    CompletionStage<CallResult> end() {
        return end;
    }

    /** Waits for the answer. */
    R await() throws InterruptedException {
        CallResult result;
        try {
            result = end.get();
        } catch (InterruptedException e) {
            cancel(CallStatus.CANCELLED, "its caller was interrupted");
            end().thenAccept(late -> late.payload().release());
            throw e;
        } catch (ExecutionException e) {
            throw new IllegalStateException("a call never ends without a result", e);
        }
        return answer(result);
    }

    /** The answer, or why there is none; not on a loop. */
    R answer(CallResult result) {
        try {
            if (!result.isOk()) {
                throw result.failure();
            }
            R answer = method.response().decode(result.payload());
            tellInterceptors(null);
            return answer;
        } catch (CallException e) {
            tellInterceptors(e);
            throw e;
        } catch (IOException | RuntimeException e) {
            CallException unreadable =
                    new CallException(CallStatus.INVALID, "the answer of '" + method.name() + "' cannot be read", e);
            tellInterceptors(unreadable);
            throw unreadable;
        } finally {
            result.payload().release();
        }
    }
}
