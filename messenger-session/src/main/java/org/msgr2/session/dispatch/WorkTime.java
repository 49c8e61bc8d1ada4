package org.msgr2.session.dispatch;

import java.util.concurrent.atomic.LongAdder;

/** How often application code ran, and for how long. Nothing is measured unless somebody wants to know. Thread-safe. */
public final class WorkTime {
    private final LongAdder times = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private volatile boolean measured;

    WorkTime() {}

    /** From now on. */
    public void measure() {
        measured = true;
    }

    void run(Runnable work) {
        if (!measured) {
            work.run();
            return;
        }
        long startNs = System.nanoTime();
        try {
            work.run();
        } finally {
            times.increment();
            nanos.add(System.nanoTime() - startNs);
        }
    }

    public long times() {
        return times.sum();
    }

    public long nanos() {
        return nanos.sum();
    }
}
