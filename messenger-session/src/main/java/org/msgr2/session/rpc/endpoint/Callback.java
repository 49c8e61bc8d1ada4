package org.msgr2.session.rpc.endpoint;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** An application's action that runs after each change, once for many. Thread-safe. */
final class Callback {
    private final SerialTasks tasks;
    private final AtomicBoolean due = new AtomicBoolean();
    private volatile @Nullable Runnable action;

    Callback(SerialTasks tasks) {
        this.tasks = tasks;
    }

    /** From now on, and now. */
    void set(Runnable next) {
        action = next;
        raise();
    }

    void raise() {
        Runnable next = action;
        if (next != null && due.compareAndSet(false, true)) {
            tasks.add(() -> {
                due.set(false);
                next.run();
            });
        }
    }
}
