package org.msgr2.session.rpc;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Finds out where a service is. Thread-safe. */
@FunctionalInterface
public interface Resolver {

    /** Asked when a service is called first, and again when none of what it said can be reached. Must not block. */
    CompletionStage<List<Target>> resolve();

    /** Always the same, in this order. */
    static Resolver fixed(List<Target> targets) {
        List<Target> all = List.copyOf(targets);
        return () -> CompletableFuture.completedStage(all);
    }
}
