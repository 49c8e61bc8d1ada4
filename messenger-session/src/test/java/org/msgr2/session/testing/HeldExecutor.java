package org.msgr2.session.testing;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Keeps the tasks it is given until it is told to let them go: workers that are all busy. Thread-safe. */
public final class HeldExecutor implements Executor {
    private final Executor executor;
    private final Queue<Runnable> held = new ArrayDeque<>();
    private boolean holding = true;

    /** @param executor runs what is let go */
    public HeldExecutor(Executor executor) {
        this.executor = executor;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (this) {
            if (holding) {
                held.add(task);
                return;
            }
        }
        executor.execute(task);
    }

    /** Lets everything go, and whatever comes. */
    public synchronized void release() {
        holding = false;
        held.forEach(executor::execute);
        held.clear();
    }

    /** Keeps whatever comes from now on. */
    public synchronized void hold() {
        holding = true;
    }

    /** Tasks that are kept. */
    public synchronized int held() {
        return held.size();
    }
}
