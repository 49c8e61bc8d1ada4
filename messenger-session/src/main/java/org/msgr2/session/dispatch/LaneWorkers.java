package org.msgr2.session.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads of one service, which come when there is work, or the caller's pool. Thread-safe. */
final class LaneWorkers implements Executor {
    private static final Logger LOG = LoggerFactory.getLogger(LaneWorkers.class);
    private static final long IDLE_SECONDS = 30;

    private final String name;
    private final Executor pool;
    private final @Nullable ExecutorService own;
    private volatile boolean closed;

    /** @param given null for threads of our own */
    LaneWorkers(String name, int threads, @Nullable Executor given) {
        this.name = name;
        this.own = given == null ? newThreads(name, threads) : null;
        this.pool = own != null ? own : given == null ? Runnable::run : given;
    }

    private static ExecutorService newThreads(String name, int threads) {
        // What waits there is bounded by the service's share, and by one task for each connection.
        ThreadPoolExecutor made = new ThreadPoolExecutor(
                threads, threads, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "msgr2-" + name);
                    thread.setDaemon(true);
                    return thread;
                });
        made.allowCoreThreadTimeOut(true);
        return made;
    }

    @Override
    public void execute(Runnable task) {
        if (closed) {
            throw new RejectedExecutionException("service " + name + " is closed");
        }
        pool.execute(task);
    }

    void shutDown() {
        if (own != null) {
            closed = true;
            own.shutdown();
        }
    }

    /**
     * @param givingUp runs before anything is interrupted
     * @return what nobody has begun
     */
    List<Runnable> awaitEnd(Duration max, Runnable givingUp) {
        if (own == null) {
            givingUp.run(); // nobody knows what the pool has begun, or when it will
            return List.of();
        }
        try {
            if (own.awaitTermination(max.toNanos(), TimeUnit.NANOSECONDS)) {
                return List.of();
            }
            LOG.warn("service {} is still at work; closing without it", name);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        givingUp.run();
        return own.shutdownNow();
    }
}
