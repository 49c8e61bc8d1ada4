package org.msgr2.session.dispatch;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A log line that a peer can cause as often as it likes is written ten times in ten seconds at most. Thread-safe. */
final class LogQuota {
    private static final long PERIOD_NS = TimeUnit.SECONDS.toNanos(10);
    private static final int LINES_MAX = 10;

    private final AtomicLong suppressed = new AtomicLong();
    private long periodStartNs = System.nanoTime() - PERIOD_NS;
    private int lines;

    /** Whether to write it now. */
    synchronized boolean allows() {
        long now = System.nanoTime();
        if (now - periodStartNs >= PERIOD_NS) {
            periodStartNs = now;
            lines = 0;
        }
        if (lines >= LINES_MAX) {
            suppressed.incrementAndGet();
            return false;
        }
        lines++;
        return true;
    }

    /** To be said with the next line: how many were not written since the last one. */
    String suppressed() {
        long count = suppressed.getAndSet(0);
        return count == 0 ? "" : " (and " + count + " more that were not logged)";
    }
}
