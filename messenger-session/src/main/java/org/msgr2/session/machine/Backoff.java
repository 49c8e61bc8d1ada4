package org.msgr2.session.machine;

import org.msgr2.core.wire.Limits;

/**
 * How long to wait before dialling again: doubles from the initial wait to the longest (spec/msgr2 §5.8).
 *
 * <p>A session that was ready and has lost its transport is dialled again at once. Unlike Ceph's, one that loses it again and
 * again as soon as it is ready waits as if it had not been ready: a server that accepts and closes would be dialled in a tight
 * loop otherwise. Not thread-safe.
 */
final class Backoff {
    /** So often in a row a session that has not lived is dialled at once. */
    private static final int AT_ONCE_MAX = 1;

    private final long initialNs;
    private final long maxNs;
    private long lastNs;
    private long readyNs;
    private boolean heard;
    private int shortLives;

    Backoff(Limits.Timeouts timeouts) {
        initialNs = timeouts.backoffInitial().toNanos();
        maxNs = timeouts.backoffMax().toNanos();
    }

    long nextNs() {
        lastNs = lastNs == 0 ? initialNs : Math.min(maxNs, 2 * lastNs);
        return lastNs;
    }

    /** The session is ready. */
    void ready(long nowNs) {
        readyNs = nowNs;
        heard = false;
        if (shortLives == 0) {
            lastNs = 0;
        }
    }

    /** The peer has sent a message, or acknowledged one. */
    void heard() {
        heard = true;
    }

    /**
     * The session was ready, and has lost its transport. It has lived if the peer was heard, or if that took longer than any wait.
     *
     * @return whether to dial at once, instead of waiting for {@link #nextNs}
     */
    boolean lost(long nowNs) {
        if (heard || nowNs - readyNs >= maxNs) {
            shortLives = 0;
            lastNs = 0;
            return true;
        }
        if (shortLives == AT_ONCE_MAX) {
            return false;
        }
        shortLives++;
        return true;
    }
}
