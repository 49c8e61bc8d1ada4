package org.msgr2.confd.client;

import java.time.Duration;

/**
 * When a question that a peer has not answered is sent to it again: datagrams get lost. Questions change nothing, so none can
 * do harm twice. The times depend on nothing else; Ganeti's own clients ask once. Immutable.
 *
 * @param timesMax how often it is sent again to one peer; 0 is never
 * @param firstNs how long after the first time
 * @param intervalNsMax each time the interval doubles, up to this
 */
public record Resend(int timesMax, long firstNs, long intervalNsMax) {
    /** After 1, 3 and 7 seconds. */
    public static final Resend DEFAULTS =
            new Resend(3, Duration.ofSeconds(1).toNanos(), Duration.ofSeconds(4).toNanos());

    /** As Ganeti's own clients. */
    public static final Resend NEVER = new Resend(0, 1, 1);

    public Resend {
        if (timesMax < 0 || firstNs < 1 || intervalNsMax < firstNs) {
            throw new IllegalArgumentException("times must not be negative, and intervals positive and not shrink: "
                    + timesMax + ", " + firstNs + " ns, " + intervalNsMax + " ns");
        }
    }

    /** Suited to callers that wait for so long: as many times at most, the last with time left for its answer. */
    public Resend within(long timeoutNs) {
        long firstOfAllNs = Math.max(1, Math.min(firstNs, timeoutNs / 10));
        return new Resend(timesMax, firstOfAllNs, Math.max(firstOfAllNs, intervalNsMax));
    }

    /** The interval after one. */
    long next(long intervalNs) {
        return Math.min(2 * intervalNs, intervalNsMax);
    }
}
