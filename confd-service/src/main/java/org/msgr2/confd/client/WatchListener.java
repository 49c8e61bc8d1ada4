package org.msgr2.confd.client;

import org.jspecify.annotations.Nullable;
import org.msgr2.session.rpc.CallException;

/** Hears what happens below a path; one thing at a time, on a worker of the messenger. The node waits while it does not return. */
@FunctionalInterface
public interface WatchListener {

    void onUpdate(WatchUpdate update);

    /** The connection was lost; it goes on by itself, and nothing is missed. */
    default void onInterrupted(CallException why) {}

    /**
     * There is nothing more to hear.
     *
     * @param why CANCELLED after it was closed
     */
    default void onEnd(@Nullable CallException why) {}
}
