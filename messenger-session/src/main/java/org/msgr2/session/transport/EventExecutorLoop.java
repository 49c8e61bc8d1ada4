package org.msgr2.session.transport;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/** A loop on one of Netty's executors, with or without sockets. */
public final class EventExecutorLoop implements Loop {
    private final EventExecutor executor;

    public EventExecutorLoop(EventExecutor executor) {
        this.executor = executor;
    }

    @Override
    public boolean inLoop() {
        return executor.inEventLoop();
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public Timer schedule(Runnable task, long deadlineNs) {
        long delayNs = Math.max(0, deadlineNs - System.nanoTime());
        ScheduledFuture<?> future = executor.schedule(task, delayNs, TimeUnit.NANOSECONDS);
        return () -> future.cancel(false);
    }

    @Override
    public void execute(Runnable task) {
        executor.execute(task);
    }
}
