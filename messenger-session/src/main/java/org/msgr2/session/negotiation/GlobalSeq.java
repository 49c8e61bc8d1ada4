package org.msgr2.session.negotiation;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The messenger-wide counter of connection attempts, by which a peer tells a newer attempt from a stale one
 * (spec/msgr2 §5.1). Thread-safe.
 */
public final class GlobalSeq {
    private final AtomicLong last;

    /**
     * @param start where to begin. A counter that starts near 0 again after a restart makes every attempt look stale to peers
     *     that remember the old process: the wall clock's seconds do not (spec/msgr2 §5.10)
     */
    public GlobalSeq(long start) {
        last = new AtomicLong(start);
    }

    /** A number above every one given out before, and above {@code heard}. */
    public long next(long heard) {
        return last.updateAndGet(value -> Math.max(value, heard) + 1);
    }
}
