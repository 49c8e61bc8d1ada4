package org.msgr2.session.machine;

import org.msgr2.core.wire.Limits;

/** How long to wait before dialling again: doubles from the initial wait to the longest (spec/msgr2 §5.8). Not thread-safe. */
final class Backoff {
    private final long initialNs;
    private final long maxNs;
    private long lastNs;

    Backoff(Limits.Timeouts timeouts) {
        initialNs = timeouts.backoffInitial().toNanos();
        maxNs = timeouts.backoffMax().toNanos();
    }

    long nextNs() {
        lastNs = lastNs == 0 ? initialNs : Math.min(maxNs, 2 * lastNs);
        return lastNs;
    }

    void reset() {
        lastNs = 0;
    }
}
