package org.msgr2.session.mon;

import java.time.Duration;

/**
 * How a {@link MonClient} looks for a monitor (spec/msgr2 §3.13). Immutable.
 *
 * @param parallel how many monitors are dialled at a time: 1 to 16
 * @param interval those that have not let us in by then are given up for others; times a multiple, which begins with
 *     {@code multipleMin}. At least a millisecond
 * @param backoff by so much the multiple grows with each interval in vain, and shrinks with each success: at least 1
 * @param multipleMin at least 1
 * @param multipleMax at least {@code multipleMin}
 */
public record HuntConfig(int parallel, Duration interval, double backoff, double multipleMin, double multipleMax) {
    private static final int PARALLEL_MAX = 16;
    private static final Duration INTERVAL_MIN = Duration.ofMillis(1);
    private static final Duration INTERVAL_MAX = Duration.ofDays(1);
    private static final double FACTOR_MAX = 1000;

    /** Ceph's. Behind the bounds that it is checked against. */
    public static final HuntConfig DEFAULTS = new HuntConfig(3, Duration.ofSeconds(3), 1.5, 1, 10);

    public HuntConfig {
        if (parallel < 1 || parallel > PARALLEL_MAX) {
            throw new IllegalArgumentException("parallel must be 1 to " + PARALLEL_MAX + ": " + parallel);
        }
        if (interval.compareTo(INTERVAL_MIN) < 0 || interval.compareTo(INTERVAL_MAX) > 0) {
            throw new IllegalArgumentException("interval must be 1 ms to 1 day: " + interval);
        }
        factor("backoff", backoff, 1);
        factor("multipleMin", multipleMin, 1);
        factor("multipleMax", multipleMax, multipleMin);
    }

    private static void factor(String name, double value, double min) {
        // Negated, so that what is not a number fails too.
        if (!(value >= min && value <= FACTOR_MAX)) {
            throw new IllegalArgumentException(name + " must be " + min + " to " + FACTOR_MAX + ": " + value);
        }
    }

    public HuntConfig withParallel(int monitors) {
        return new HuntConfig(monitors, interval, backoff, multipleMin, multipleMax);
    }

    public HuntConfig withInterval(Duration first) {
        return new HuntConfig(parallel, first, backoff, multipleMin, multipleMax);
    }

    /**
     * @param factor see {@link #backoff}
     * @param min see {@link #multipleMin}
     * @param max see {@link #multipleMax}
     */
    public HuntConfig withBackoff(double factor, double min, double max) {
        return new HuntConfig(parallel, interval, factor, min, max);
    }
}
