package org.msgr2.session.mon;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.msgr2.core.mon.MonMap;

/** Who waits for a session with a monitor. Guarded by its client's lock; completes behind the step. */
final class ReadyStage {
    private final Steps steps;
    private CompletableFuture<MonMap> stage = new CompletableFuture<>();

    ReadyStage(Steps steps) {
        this.steps = steps;
    }

    CompletionStage<MonMap> get() {
        return stage.minimalCompletionStage();
    }

    /** There is a session. */
    void opened(MonMap map) {
        CompletableFuture<MonMap> waiting = stage;
        steps.afterwards(() -> waiting.complete(map));
    }

    /** There is none any more: whoever asks from now on waits. */
    void lost() {
        if (stage.isDone()) {
            stage = new CompletableFuture<>();
        }
    }

    /** Whoever waits has waited in vain. */
    void refused(Exception why) {
        CompletableFuture<MonMap> waiting = stage;
        stage = new CompletableFuture<>();
        steps.afterwards(() -> waiting.completeExceptionally(why));
    }

    /** There will be none any more. */
    void closed(Exception why) {
        refused(why);
        stage = CompletableFuture.failedFuture(why);
    }
}
