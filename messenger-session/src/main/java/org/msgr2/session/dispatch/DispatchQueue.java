package org.msgr2.session.dispatch;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.Priority;
import org.msgr2.core.message.PriorityFifo;
import org.msgr2.session.Connection;
import org.msgr2.session.SessionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection's way to one part of the application: one thing at a time, on whichever worker is free. Messages go by priority, in
 * order within one. Events and completions stay where they are among them: what came before goes before, what came behind
 * goes behind. So that they need not wait for other connections, they have the highest priority, and lend it to the messages
 * before them (decision 0015). Messages are bounded by the permits that they carry; events and completions by what the
 * connection does.
 *
 * <p>Any thread adds; the worker that the {@link DispatchScheduler} has sent removes.
 */
public final class DispatchQueue {
    private static final Logger LOG = LoggerFactory.getLogger(DispatchQueue.class);
    private static final int CHUNK = 64;
    /** A connection with much to do gives its worker to others after so many tasks. */
    private static final int BATCH = 64;

    private abstract static class Task {
        /** Of a message; {@link DispatchScheduler#NONE} for what keeps its place. */
        private final int priority;

        private Task(int priority) {
            this.priority = priority;
        }

        abstract void run();

        long cost() {
            return 0;
        }

        boolean keepsPlace() {
            return priority == DispatchScheduler.NONE;
        }

        /** What the connection waits with if this is its first. */
        int level() {
            return keepsPlace() ? Priority.HIGHEST : priority;
        }
    }

    private final class MessageTask extends Task {
        private final Connection connection;
        private final Message message;
        private final Runnable handled;
        private final @Nullable Runnable otherwise;
        private final int of;

        private MessageTask(
                Connection connection, Message message, Runnable handled, @Nullable Runnable otherwise, int of) {
            super(message.header().priority());
            this.connection = connection;
            this.message = message;
            this.handled = handled;
            this.otherwise = otherwise;
            this.of = of;
        }

        @Override
        void run() {
            boolean passedOn = false;
            try {
                if (of != era.get()) {
                    return;
                }
                if (otherwise == null) {
                    recipient.dispatch(connection, message);
                } else if (!recipient.offer(connection, message)) {
                    passedOn = true;
                    otherwise.run();
                }
            } finally {
                if (!passedOn) {
                    message.release();
                    handled.run();
                }
            }
        }

        @Override
        long cost() {
            return message.payloadBytes();
        }
    }

    private final Recipient recipient;
    private final DispatchScheduler scheduler;
    private final MpscUnboundedArrayQueue<Task> inbox = new MpscUnboundedArrayQueue<>(CHUNK);
    /** Tasks that were added and have not run; whoever raises it from 0 tells the scheduler. */
    private final AtomicInteger pending = new AtomicInteger();
    /** The highest level in the inbox, perhaps; the worker lowers it before it looks there. */
    private final AtomicInteger arrived = new AtomicInteger(DispatchScheduler.NONE);
    /** Messages of an earlier one are not dispatched any more. */
    private final AtomicInteger era = new AtomicInteger();

    // Of the worker.
    private final PriorityFifo<Task> messages = new PriorityFifo<>();
    /** Begins with a task that keeps its place, if there is one. */
    private final Queue<Task> behind = new ArrayDeque<>();

    // Of the scheduler, under its lock; others may look at the level.
    private volatile int level = DispatchScheduler.NONE;
    private long cost;

    public DispatchQueue(Recipient recipient, DispatchScheduler scheduler) {
        this.recipient = recipient;
        this.scheduler = scheduler;
    }

    /**
     * Queues a message.
     *
     * @param message ownership passes
     * @param handled runs when the application is through with it
     */
    public void message(Connection connection, Message message, Runnable handled) {
        message(connection, message, handled, era.get());
    }

    /** @param of the {@link #era} of the message */
    void message(Connection connection, Message message, Runnable handled, int of) {
        add(new MessageTask(connection, message, handled, null, of));
    }

    /**
     * Queues a message that may be for somebody else.
     *
     * @param handled runs when the application is through with it, if it is for the one that this queue leads to
     * @param otherwise runs instead if it is not; the message is passed on to it
     */
    void offer(Connection connection, Message message, Runnable handled, Runnable otherwise) {
        add(new MessageTask(connection, message, handled, otherwise, era.get()));
    }

    /** Which messages come now: those of earlier eras are dropped. */
    int era() {
        return era.get();
    }

    /** Messages that are queued now will not be dispatched: they are released in their turn. */
    public void dropMessages() {
        era.incrementAndGet();
    }

    public void event(Connection connection, SessionEvent event) {
        execute(() -> recipient.event(connection, event));
    }

    /** Queues anything else that may call the application: the completion of a future. */
    public void execute(Runnable task) {
        add(new Task(DispatchScheduler.NONE) {
            @Override
            void run() {
                task.run();
            }
        });
    }

    private void add(Task task) {
        int wants = task.level();
        long price = task.cost(); // before another thread can have run it
        inbox.offer(task);
        if (pending.getAndIncrement() == 0) {
            scheduler.ready(this, wants, price);
            return;
        }
        // First said, then looked: the worker does it the other way round, so one of the two sees the other.
        if (arrived.get() < wants) {
            arrived.accumulateAndGet(wants, Math::max);
        }
        int now = level;
        if (now != DispatchScheduler.NONE && now < wants) {
            scheduler.raise(this, wants, price);
        }
    }

    // --- For the scheduler

    int level() {
        return level;
    }

    long cost() {
        return cost;
    }

    void waits(int atLevel, long price) {
        cost = price;
        level = atLevel;
    }

    /** What has come while it was not told where the connection waits may want more. */
    void raiseToArrived() {
        int since = arrived.get();
        if (since > level) {
            scheduler.raise(this, since, 0);
        }
    }

    // --- On the worker

    /**
     * Runs what is first, and what is as urgent as that as long as nobody with more is waiting.
     *
     * @return whether there is more; if not, it may be somebody else's turn already
     */
    boolean serve() {
        for (int ran = 0; ; ) {
            awaitTask();
            run(next());
            if (pending.decrementAndGet() == 0) {
                return false;
            }
            awaitTask();
            if (++ran >= BATCH || top() < Math.max(scheduler.first(), DispatchScheduler.STRICT_MIN)) {
                return true;
            }
        }
    }

    /** Lines up again, after {@link #serve}. */
    void waitAgain() {
        Task first = messages.peek();
        int wants = top();
        scheduler.add(this, wants, first == null ? 0 : first.cost());
        raiseToArrived();
    }

    /** Sorts in what has come. There is something: at worst its producer has counted it and is about to publish it. */
    private void awaitTask() {
        arrived.set(DispatchScheduler.NONE);
        takeInbox();
        while (messages.isEmpty() && behind.isEmpty()) {
            Thread.onSpinWait();
            takeInbox();
        }
    }

    private void takeInbox() {
        for (Task task = inbox.poll(); task != null; task = inbox.poll()) {
            if (behind.isEmpty() && !task.keepsPlace()) {
                messages.add(task.priority, task);
            } else {
                behind.add(task);
            }
        }
    }

    private int top() {
        return behind.isEmpty() ? messages.firstPriority() : Math.max(Priority.HIGHEST, messages.firstPriority());
    }

    private Task next() {
        Task task = messages.poll();
        if (task != null) {
            return task;
        }
        Task first = behind.remove();
        for (Task next = behind.peek(); next != null && !next.keepsPlace(); next = behind.peek()) {
            messages.add(next.priority, behind.remove());
        }
        return first;
    }

    private static void run(Task task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            // Whatever the application fails with: the connection's other tasks must not wait for ever.
            LOG.error("a dispatch task failed", e);
        }
    }
}
