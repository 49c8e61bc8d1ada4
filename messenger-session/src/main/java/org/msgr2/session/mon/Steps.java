package org.msgr2.session.mon;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The lock of a {@link MonClient}: changes are made one at a time, each is followed by what has become due, and what may call
 * the application runs behind that, without the lock. Thread-safe.
 */
final class Steps {
    private final Runnable pump;

    // All that follows is guarded by this.
    private final List<Runnable> afterwards = new ArrayList<>();
    private @Nullable Executor workers;
    private boolean closed;

    /** @param pump does what has become due */
    Steps(Runnable pump) {
        this.pump = pump;
    }

    /** @return false if there are no more steps: nothing was done */
    boolean run(Runnable change) {
        List<Runnable> after;
        Executor on;
        synchronized (this) {
            if (closed) {
                return false;
            }
            change.run();
            if (!closed) {
                pump.run();
            }
            after = List.copyOf(afterwards);
            afterwards.clear();
            on = workers;
        }
        if (!after.isEmpty()) {
            runOn(on, () -> after.forEach(Runnable::run));
        }
        return true;
    }

    private static void runOn(@Nullable Executor on, Runnable task) {
        if (on == null) {
            task.run();
            return;
        }
        try {
            on.execute(task);
        } catch (RejectedExecutionException e) {
            task.run(); // the messenger is closed: there are no workers any more
        }
    }

    /** Something of the state that the steps change. */
    synchronized <T> T read(Supplier<T> state) {
        return state.get();
    }

    // --- Within a step

    /** Runs when the step is over, without the lock. */
    void afterwards(Runnable task) {
        afterwards.add(task);
    }

    /** Where that runs; until then, on the thread of the step. */
    void workers(Executor pool) {
        workers = pool;
    }

    /** This step is the last. */
    void close() {
        closed = true;
    }
}
