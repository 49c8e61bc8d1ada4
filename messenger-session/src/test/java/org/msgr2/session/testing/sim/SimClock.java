package org.msgr2.session.testing.sim;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The clocks of a simulated machine: the monotonic one, which may run fast or slow, and the time of day, which may jump. Both go
 * on when a process of the machine is restarted.
 */
final class SimClock implements InstantSource {
    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    private static final int USUAL = 1024;
    /** What a time that was measured may be too long by: a step at either end. */
    static final long STEPS_NS = 3 * USUAL;

    private final SimTime time;
    private final int speed;
    private final long originNs;
    private long offsetSeconds;

    /** @param drift in 1/1024: by how much the clock is fast */
    SimClock(SimTime time, int drift, long originNs) {
        this.time = time;
        this.speed = USUAL + drift;
        this.originNs = originNs;
    }

    /** The time of day changes by so much. */
    void jump(long seconds) {
        offsetSeconds += seconds;
    }

    long nanoTime() {
        return originNs + elapsedNs();
    }

    private long elapsedNs() {
        return time.nowNs() / USUAL * speed;
    }

    /** When {@link #nanoTime} will have come to that. */
    long trueTime(long localNs) {
        long elapsed = localNs - originNs; // not compared: the origin may be next to the overflow
        long due = elapsed / speed * USUAL;
        while (due / USUAL * speed < elapsed) {
            due += USUAL;
        }
        return due;
    }

    @Override
    public Instant instant() {
        return EPOCH.plusSeconds(offsetSeconds).plusNanos(elapsedNs());
    }
}
