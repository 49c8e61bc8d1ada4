package org.msgr2.session.driver;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The accepted connections that are not ready yet: so many and no more. A new one is always let in, at the expense of the
 * oldest, so that peers that connect and say nothing cannot lock others out. Thread-safe.
 */
final class HandshakeGate {
    private final int max;
    private final Set<Link> links = new LinkedHashSet<>();

    HandshakeGate(int max) {
        this.max = max;
    }

    /** @return the one that has to go for it, or null */
    synchronized @Nullable Link enter(Link link) {
        Link oldest = null;
        if (links.size() >= max) {
            Iterator<Link> inOrder = links.iterator();
            oldest = inOrder.next();
            inOrder.remove();
        }
        links.add(link);
        return oldest;
    }

    /** Ready, or gone. Idempotent. */
    synchronized void leave(Link link) {
        links.remove(link);
    }

    /** All of them, which leave by this. */
    synchronized List<Link> clear() {
        List<Link> all = List.copyOf(links);
        links.clear();
        return all;
    }

    synchronized int size() {
        return links.size();
    }
}
