package org.msgr2.session.driver;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The accepted sessions whose peers are gone and may come back, in the order in which they went. They cost those peers
 * nothing, so they are the first to give way when a messenger is full. Thread-safe.
 */
final class AbsentPeers {
    private final Set<ConnectionHandle> sessions = new LinkedHashSet<>();

    synchronized void left(ConnectionHandle session) {
        sessions.add(session);
    }

    /** Back, or over. Idempotent. */
    synchronized void remove(ConnectionHandle session) {
        sessions.remove(session);
    }

    /** The one that has been absent for the longest, which is removed; null if there is none. */
    synchronized @Nullable ConnectionHandle takeOldest() {
        Iterator<ConnectionHandle> inOrder = sessions.iterator();
        if (!inOrder.hasNext()) {
            return null;
        }
        ConnectionHandle oldest = inOrder.next();
        inOrder.remove();
        return oldest;
    }

    synchronized boolean isEmpty() {
        return sessions.isEmpty();
    }
}
