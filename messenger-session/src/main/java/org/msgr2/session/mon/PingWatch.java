package org.msgr2.session.mon;

import java.time.Duration;

/** When to send the next keepalive on the session, and when the answer to the last is missing (spec/msgr2 §3.13). Not thread-safe. */
final class PingWatch {
    private final long intervalNs;
    private final long timeoutNs;
    private boolean waiting;

    /** When the last was sent; at first, when the session began. */
    private long sentNs;

    PingWatch(Duration interval, Duration timeout, long nowNs) {
        this.intervalNs = interval.toNanos();
        this.timeoutNs = timeout.toNanos();
        this.sentNs = nowNs;
    }

    /** Whether one is to be sent now; it counts as sent. */
    boolean poll(long nowNs) {
        if (waiting || nowNs - sentNs < intervalNs) {
            return false;
        }
        waiting = true;
        sentNs = nowNs;
        return true;
    }

    void answered() {
        waiting = false;
    }

    boolean overdue(long nowNs) {
        return waiting && nowNs - sentNs >= timeoutNs;
    }

    Duration idle(long nowNs) {
        return Duration.ofNanos(Math.max(0, sentNs + (waiting ? timeoutNs : intervalNs) - nowNs));
    }
}
