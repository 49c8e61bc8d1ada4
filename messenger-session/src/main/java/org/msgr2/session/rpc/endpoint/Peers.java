package org.msgr2.session.rpc.endpoint;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.msgr2.session.Connection;
import org.msgr2.session.rpc.CallStatus;

/** Whom a client calls. Thread-safe. */
interface Peers {

    /**
     * The connection for the next call.
     *
     * @return fails with a CallException; completes on any thread, perhaps that of an event loop
     */
    CompletionStage<Connection> pick();

    /** Nobody waits for that pick any more. */
    default void forget(CompletionStage<Connection> pick) {}

    /** A call over that connection has ended. Perhaps on an event loop. */
    default void ended(Connection connection, CallStatus how) {}

    /** Nobody calls any more: whoever waits is told so. A second time does nothing. */
    default void close() {}

    /** After {@link #close}, and behind what it has made calls send: gives its connections back. */
    default void release() {}

    /** Whether there may be another connection when this one is gone. */
    boolean mayComeBack();

    /** The one peer at the other end of a connection. */
    static Peers of(Connection connection) {
        return new Peers() {
            @Override
            public CompletionStage<Connection> pick() {
                return CompletableFuture.completedStage(connection);
            }

            @Override
            public boolean mayComeBack() {
                return !connection.closed().toCompletableFuture().isDone();
            }
        };
    }
}
