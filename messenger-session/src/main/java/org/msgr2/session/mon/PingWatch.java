package org.msgr2.session.mon;

import java.time.Duration;

/** When to send the next keepalive on the session, and when answers are missing (spec/msgr2 §3.13). Not thread-safe. */
final class PingWatch {
    private final long intervalNs;
    private final long timeoutNs;

    /** When the last was sent; at first, when the session began. */
    private long sentNs;

    /** When the last answer came; at first, when the session began. */
    private long answeredNs;

    private boolean waiting;

    /** The first that was sent since then. */
    private long waitingFromNs;

    /** @param timeout since the last answer; one that was asked for has at least an interval to come */
    PingWatch(Duration interval, Duration timeout, long nowNs) {
        this.intervalNs = interval.toNanos();
        this.timeoutNs = timeout.toNanos();
        this.sentNs = nowNs;
        this.answeredNs = nowNs;
    }

    /** Whether one is to be sent now; it counts as sent. */
    boolean poll(long nowNs) {
        if (nowNs - sentNs < intervalNs) {
            return false;
        }
        sentNs = nowNs;
        if (!waiting) {
            waiting = true;
            waitingFromNs = nowNs;
        }
        return true;
    }

    /** One was answered, and with it all before it. */
    void answered(long nowNs) {
        waiting = false;
        answeredNs = nowNs;
    }

    boolean overdue(long nowNs) {
        return waiting && overdueInNs(nowNs) <= 0;
    }

    private long overdueInNs(long nowNs) {
        return Math.max(answeredNs + timeoutNs - nowNs, waitingFromNs + Math.min(timeoutNs, intervalNs) - nowNs);
    }

    Duration idle(long nowNs) {
        long nextNs = sentNs + intervalNs - nowNs;
        return Duration.ofNanos(Math.max(0, waiting ? Math.min(nextNs, overdueInNs(nowNs)) : nextNs));
    }
}
