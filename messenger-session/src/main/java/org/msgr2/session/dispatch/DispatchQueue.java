package org.msgr2.session.dispatch;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's way to the application: tasks run one at a time and in order, on whichever worker is free. Messages in
 * it are bounded by the permits that they carry; events and completions by what the connection does.
 */
public final class DispatchQueue {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchQueue.class);
    private static final int CHUNK = 64;
    /** A connection with much to do gives its worker to others after so many tasks. */
    private static final int BATCH = 64;

    private final DispatcherChain chain;
    private final Executor workers;
    private final MpscUnboundedArrayQueue<Runnable> tasks = new MpscUnboundedArrayQueue<>(CHUNK);
    /** Tasks that were added and have not run; whoever raises it from 0 starts a worker. */
    private final AtomicInteger pending = new AtomicInteger();
    /** Messages of an earlier one are not dispatched any more. */
    private final AtomicInteger era = new AtomicInteger();

    public DispatchQueue(DispatcherChain chain, Executor workers) {
        this.chain = chain;
        this.workers = workers;
    }

    /**
     * Hands a message to the dispatcher that wants it fast, at once, on the caller's thread.
     *
     * @param message ownership passes
     */
    public void fast(Dispatcher dispatcher, Connection connection, Message message) {
        try {
            chain.fastDispatch(dispatcher, connection, message);
        } finally {
            message.release();
        }
    }

    /**
     * Queues a message.
     *
     * @param message ownership passes
     * @param handled runs when the application is through with it
     */
    public void message(Connection connection, Message message, Runnable handled) {
        int of = era.get();
        execute(() -> {
            try {
                if (of == era.get()) {
                    chain.dispatch(connection, message);
                }
            } finally {
                message.release();
                handled.run();
            }
        });
    }

    /**
     * Hands a message to the dispatchers at once: within a task of this queue.
     *
     * @param message ownership passes
     */
    public void now(Connection connection, Message message) {
        try {
            chain.dispatch(connection, message);
        } finally {
            message.release();
        }
    }

    /** Messages that are queued now will not be dispatched: they are released in their turn. */
    public void dropMessages() {
        era.incrementAndGet();
    }

    public void event(Connection connection, SessionEvent event) {
        execute(() -> chain.event(connection, event));
    }

    /** Queues anything else that may call the application: the completion of a future. */
    public void execute(Runnable task) {
        tasks.offer(task);
        if (pending.getAndIncrement() == 0) {
            start();
        }
    }

    private void start() {
        try {
            workers.execute(this::drain);
        } catch (RejectedExecutionException e) {
            // The messenger is closed: what is left runs here, so that buffers and permits come back.
            drain();
        }
    }

    private void drain() {
        int ran = 0;
        do {
            Runnable task = tasks.poll();
            if (task == null) {
                // Its producer has counted it and is about to publish it.
                Thread.onSpinWait();
                continue;
            }
            try {
                task.run();
            } catch (RuntimeException | Error e) {
                // Whatever the application fails with: the connection's other tasks must not wait for ever.
                LOG.error("a dispatch task failed", e);
            }
            if (pending.decrementAndGet() == 0) {
                return;
            }
        } while (++ran < BATCH);
        start();
    }
}
