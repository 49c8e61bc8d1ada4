package org.msgr2.session.transport;

import java.util.concurrent.Executor;

/**
 * One event loop: runs tasks one after the other, in the order in which they were given. Everything that belongs to a
 * connection happens on its loop, so that machines need no locks. Thread-safe.
 */
public interface Loop extends Executor {

    /** A task that was scheduled. */
    interface Timer {
        /** The task will not run, unless it runs already. */
        void cancel();
    }

    /** Whether the caller runs on this loop. */
    boolean inLoop();

    /** Monotonic time in nanoseconds, of no particular origin. */
    long nanoTime();

    /** Runs the task on this loop when {@link #nanoTime} reaches the deadline. */
    Timer schedule(Runnable task, long deadlineNs);
}
