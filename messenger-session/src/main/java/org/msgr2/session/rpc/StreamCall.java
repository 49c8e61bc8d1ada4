package org.msgr2.session.rpc;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A call with streams, as its caller sees it. Either read it to its end or {@link #close} it: items that nobody takes are kept.
 * Thread-safe.
 */
public interface StreamCall<Q, R> extends AutoCloseable {

    /** The caller's items. */
    ItemSink<Q> requests();

    /** The caller has no more items. */
    void endRequests();

    /** The callee's items. */
    ItemSource<R> responses();

    /**
     * Completes when the call has ended: with the answer of a {@link Method.Shape#CLIENT_STREAM}, with null if the answer was a
     * stream, of which items may wait to be taken; fails with a {@link CallException}. Cancelling it cancels the call.
     */
    CompletableFuture<@Nullable R> ended();

    /** Cancels the call, if it goes on, and drops what nobody has taken. */
    @Override
    void close();
}
