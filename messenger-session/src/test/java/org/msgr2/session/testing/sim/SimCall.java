package org.msgr2.session.testing.sim;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.ServiceClient;

/** A call with one answer. */
final class SimCall extends SimLedger {
    private static final int FAILURE_CODE = 7;

    /** What the handler does. */
    enum Kind {
        ANSWERS,
        FAILS,
        HANGS
    }

    private final Kind kind;
    private final long workNs;
    private @Nullable CompletableFuture<String> answer;

    /** @param workNs how long the handler takes */
    SimCall(Simulation world, int id, SimNode caller, int callee, long withinNs, Kind kind, long workNs) {
        super(world, id, caller, callee, withinNs);
        this.kind = kind;
        this.workNs = workNs;
    }

    /** @param within null for the default, which the ledger was told */
    void begin(ServiceClient client, @Nullable Duration within) {
        CallOptions options = within == null ? options() : options().withDeadline(within);
        CompletableFuture<String> future = client.callAsync(SimCalls.WORK, request(), options);
        answer = future;
        future.whenComplete((text, failure) -> completed(text, failure)).exceptionally(failure -> "");
    }

    private String request() {
        return "call " + id;
    }

    private void completed(@Nullable String text, @Nullable Throwable failure) {
        if (isCancelling()) {
            return;
        }
        if (!hasEnded()) {
            violated("completes before its end");
        } else if (failure == null ? status() != CallStatus.OK : !(failure instanceof CallException)) {
            violated("ends with " + status() + " and completes with " + (failure == null ? text : failure));
        } else if (failure == null && (kind != Kind.ANSWERS || !("done " + id).equals(text))) {
            violated("is answered '" + text + "'");
        } else if (failure instanceof CallException said && said.status() == CallStatus.FAILED) {
            if (kind != Kind.FAILS
                    || said.code() != FAILURE_CODE
                    || !said.text().equals("failed " + id)) {
                violated("ends with what its handler has not said: " + said);
            }
        }
    }

    void cancel() {
        CompletableFuture<String> future = answer;
        if (future != null && isAlive()) {
            cancelling();
            future.cancel(false);
        }
    }

    /** At the callee. */
    CompletableFuture<String> handle(SimNode by, CallContext context, String text) {
        Handling handling = handled(by, context);
        if (!text.equals(request())) {
            violated("comes as '" + text + "'");
        }
        CompletableFuture<String> later = new CompletableFuture<>();
        if (kind != Kind.HANGS) {
            by.later(workNs, () -> {
                handling.over = true;
                if (kind == Kind.ANSWERS) {
                    later.complete("done " + id);
                } else {
                    later.completeExceptionally(CallException.failed(FAILURE_CODE, "failed " + id));
                }
            });
        }
        return later;
    }
}
