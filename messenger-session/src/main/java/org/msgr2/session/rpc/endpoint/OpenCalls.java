package org.msgr2.session.rpc.endpoint;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What one client has under way, so that it can be ended together: calls and subscriptions. Thread-safe. */
final class OpenCalls {
    static final String CLOSED = "the client is closed";

    /** One of them. */
    interface Open {
        /** Ends it; does nothing if it has ended. On the thread of whoever closes the client. */
        void clientClosed();
    }

    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @return false if the client is closed, and nothing may begin */
    boolean add(Open begun) {
        open.add(begun); // before the look: either we see that it is closed, or whoever closes it sees this one
        if (!closed) {
            return true;
        }
        open.remove(begun);
        return false;
    }

    void remove(Open ended) {
        open.remove(ended);
    }

    boolean isClosed() {
        return closed;
    }

    /** From now on nothing begins. */
    void close() {
        closed = true;
    }

    /** After {@link #close}. */
    void endAll() {
        open.forEach(Open::clientClosed);
    }
}
