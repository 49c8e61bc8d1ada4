package org.msgr2.session.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.Loop;

/**
 * A clock that stands still until it is moved, and the loops that live by it. Tasks run on the thread that moves the clock,
 * one at a time: by their deadline, and in the order in which they were given if that is the same. So a test that starts
 * alike runs alike.
 *
 * <p>Any thread may add tasks; one thread at a time moves the clock. What a task throws is thrown by whoever moves it.
 */
public final class VirtualTime {
    /** Shortly before the monotonic clock overflows: code that compares times instead of their difference is found out. */
    private static final long ORIGIN_NS = Long.MAX_VALUE - Duration.ofSeconds(5).toNanos();

    private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");
    /** Tasks that may run without the clock moving: beyond, they are chasing each other. */
    private static final int TASKS_AT_ONCE_MAX = 10_000_000;

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private long elapsedNs;
    private long tasksAdded;
    private boolean moving;
    private volatile @Nullable Thread mover;
    private volatile @Nullable VirtualLoop current;

    /** A task of a loop; without one, of a worker. */
    private final class Task implements Comparable<Task>, Loop.Timer {
        private final @Nullable VirtualLoop loop;
        private final Runnable action;
        private final long dueNs;
        private final long number;

        Task(@Nullable VirtualLoop loop, Runnable action, long dueNs, long number) {
            this.loop = loop;
            this.action = action;
            this.dueNs = dueNs;
            this.number = number;
        }

        @Override
        public int compareTo(Task other) {
            int byDeadline = Long.compare(dueNs, other.dueNs);
            return byDeadline != 0 ? byDeadline : Long.compare(number, other.number);
        }

        @Override
        public void cancel() {
            synchronized (tasks) {
                tasks.remove(this);
            }
        }
    }

    /** A loop on this clock. */
    public VirtualLoop newLoop() {
        return new VirtualLoop(this);
    }

    /** Runs tasks when the clock is moved next, as a pool of workers would, on none of the loops. */
    public Executor workers() {
        return task -> add(null, task, 0);
    }

    /** The time of day. */
    public InstantSource wallClock() {
        return () -> EPOCH.plus(elapsed());
    }

    /** Monotonic, with an origin near overflow. */
    public long nanoTime() {
        synchronized (tasks) {
            return ORIGIN_NS + elapsedNs;
        }
    }

    /** Since this clock was made. */
    public Duration elapsed() {
        synchronized (tasks) {
            return Duration.ofNanos(elapsedNs);
        }
    }

    /** Runs what is due now, and what that brings, until nothing is due. */
    public void runUntilIdle() {
        advance(Duration.ZERO);
    }

    /** Moves the clock by that much. Everything that becomes due on the way runs at its time. */
    public void advance(Duration time) {
        move(time.toNanos(), () -> false);
    }

    /**
     * Moves the clock from deadline to deadline until the condition holds.
     *
     * @param atMost by so much
     * @return whether it holds; if it does, tasks that are due may not have run yet
     */
    public boolean advanceUntil(BooleanSupplier condition, Duration atMost) {
        return move(atMost.toNanos(), condition);
    }

    private boolean move(long byNs, BooleanSupplier condition) {
        begin();
        try {
            long endNs = elapsedNs + byNs;
            int ran = 0;
            while (!condition.getAsBoolean()) {
                Task next;
                synchronized (tasks) {
                    next = tasks.peek();
                    if (next == null || next.dueNs > endNs) {
                        elapsedNs = endNs;
                        return condition.getAsBoolean();
                    }
                    tasks.remove();
                    if (next.dueNs > elapsedNs) {
                        elapsedNs = next.dueNs;
                        ran = 0;
                    }
                }
                if (++ran > TASKS_AT_ONCE_MAX) {
                    throw new IllegalStateException("tasks do not come to an end at " + elapsed());
                }
                current = next.loop;
                next.action.run();
            }
            return true;
        } finally {
            end();
        }
    }

    private void begin() {
        synchronized (tasks) {
            if (moving) {
                throw new IllegalStateException("the clock is being moved already");
            }
            moving = true;
        }
        mover = Thread.currentThread();
    }

    private void end() {
        current = null;
        mover = null;
        synchronized (tasks) {
            moving = false;
        }
    }

    Loop.Timer add(@Nullable VirtualLoop loop, Runnable action, long delayNs) {
        synchronized (tasks) {
            Task task = new Task(loop, action, elapsedNs + Math.max(0, delayNs), tasksAdded++);
            tasks.add(task);
            return task;
        }
    }

    boolean isRunning(VirtualLoop loop) {
        return Thread.currentThread().equals(mover) && loop.equals(current);
    }
}
