package org.msgr2.session.testing.sim;

import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.Loop;

/** A loop of a simulated process, on that process's clock. It may be held up, as by a garbage collection, and it may die. */
final class SimLoop implements Loop, SimTime.Place {
    private final SimTime time;
    private final SimClock clock;
    private final int number;
    private long pausedUntilNs;
    private boolean dead;

    /** @param number tells loops apart */
    SimLoop(SimTime time, SimClock clock, int number) {
        this.time = time;
        this.clock = clock;
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Nothing that is due before that time happens before it. */
    void pauseUntil(long timeNs) {
        pausedUntilNs = Math.max(pausedUntilNs, timeNs);
    }

    long pausedUntilNs() {
        return pausedUntilNs;
    }

    /** Nothing happens here any more: the process is gone. */
    void die() {
        dead = true;
    }

    boolean isDead() {
        return dead;
    }

    @Override
    public @Nullable SimLoop loop() {
        return this;
    }

    @Override
    public boolean inLoop() {
        return time.isOn(this);
    }

    @Override
    public long nanoTime() {
        return clock.nanoTime();
    }

    @Override
    public Timer schedule(Runnable task, long deadlineNs) {
        return time.timer(this, clock.trueTime(deadlineNs), task);
    }

    @Override
    public void execute(Runnable task) {
        time.at(this, time.nowNs(), task);
    }
}
