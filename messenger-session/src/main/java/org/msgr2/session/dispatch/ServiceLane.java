package org.msgr2.session.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.crypto.auth.Access;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceOptions;
import org.msgr2.session.ServiceStats;
import org.msgr2.session.SessionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All that stands between the messenger and one service: its workers, its share, the check of permissions, and what it is
 * counted by. What the service throws stays here. Thread-safe.
 */
public final class ServiceLane implements Recipient {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceLane.class);

    private final Service service;
    private final String name;
    private final ServiceOptions options;
    private final LaneWorkers workers;
    private final DispatchScheduler scheduler;
    private final ServiceShare share;
    private final LogQuota failures;
    private final LogQuota refusals;
    private final LongAdder handled = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final LongAdder overloaded = new LongAdder();
    private final WorkTime workTime = new WorkTime();
    private volatile boolean draining;
    private volatile boolean abandoned;

    /** @param pool where it works; null for threads of its own */
    public ServiceLane(Service service, ServiceOptions options, @Nullable Executor pool) {
        this.service = service;
        this.name = service.name();
        this.options = options;
        this.workers = new LaneWorkers(name, options.workers(), pool);
        this.scheduler = new DispatchScheduler(workers);
        this.share = new ServiceShare(options.bytesMax(), options.messagesMax());
        this.failures = new LogQuota();
        this.refusals = new LogQuota();
    }

    public String name() {
        return name;
    }

    public Service service() {
        return service;
    }

    public ServiceOptions options() {
        return options;
    }

    public ServiceShare share() {
        return share;
    }

    /** Where the service's code runs. Refuses tasks once the lane is closed. */
    public Executor workers() {
        return workers;
    }

    DispatchQueue newQueue() {
        return new DispatchQueue(this, scheduler);
    }

    // --- Messages

    @Override
    public void dispatch(Connection connection, Message message) {
        if (abandoned || !isAllowed(connection, message)) {
            return;
        }
        try {
            workTime.run(() -> service.handle(connection, message));
            handled.increment();
        } catch (RuntimeException | Error e) {
            failed(e, MessageType.toString(message.type()), connection);
        }
    }

    @Override
    public boolean offer(Connection connection, Message message) {
        dispatch(connection, message);
        return true;
    }

    private boolean isAllowed(Connection connection, Message message) {
        Access access;
        try {
            access = service.requires(message.type());
        } catch (RuntimeException | Error e) {
            failed(e, MessageType.toString(message.type()), connection);
            return false;
        }
        if (access == null) {
            return true;
        }
        ConnectionInfo info = connection.info();
        if (info != null && info.identity().capabilities().allows(name, access)) {
            return true;
        }
        refused.increment();
        if (refusals.allows()) {
            LOG.warn(
                    "service {}: {} at {} must not send {}: it takes the capability {}='allow {}'{}",
                    name,
                    info == null ? "somebody" : info.identity().name(),
                    connection.peerAddr(),
                    MessageType.toString(message.type()),
                    name,
                    access.letter(),
                    refusals.suppressed());
        }
        return false;
    }

    @Override
    public void event(Connection connection, SessionEvent event) {
        if (abandoned) {
            return;
        }
        try {
            service.onEvent(connection, event);
        } catch (RuntimeException | Error e) {
            failed(e, event.getClass().getSimpleName(), connection);
        }
    }

    private void failed(Throwable e, String with, Connection connection) {
        failed.increment();
        if (failures.allows()) {
            LOG.error(
                    "service {} failed with {} from {}{}", name, with, connection.peerAddr(), failures.suppressed(), e);
        }
    }

    // --- Calls

    /**
     * A call begins: its task runs on one of the service's workers; at once, on this thread, if the service is fast.
     *
     * @param bytes what it keeps in memory until it has run
     * @param task what it throws is logged and counted
     * @param instead runs if the lane is closed before the task has begun, to give back what the task would have
     * @return why neither will run: the service has too much to do, or takes nothing new any more; null otherwise
     */
    public @Nullable CallRefusal tryExecute(long bytes, Runnable task, Runnable instead) {
        if (draining) {
            return refuseWhileDraining();
        }
        if (service.fast()) {
            run(task, instead);
            return null;
        }
        String exceeded = share.tryAdd(bytes);
        if (exceeded != null) {
            return refused(false, "has too much to do: " + exceeded);
        }
        if (!execute(bytes, task, instead)) {
            return refused(true, "is closed");
        }
        return null;
    }

    /** For a call that does not get as far as {@link #tryExecute}: it is counted as refused. */
    public CallRefusal refuseWhileDraining() {
        return refused(true, "is being drained");
    }

    private CallRefusal refused(boolean ending, String why) {
        overloaded.increment();
        return new CallRefusal(ending, "service '" + name + "' " + why);
    }

    /**
     * A call that was taken goes on: its callback runs on one of the service's workers. It counts for the share, but is never
     * refused because of it: there are no more than calls, and those are bounded.
     *
     * @param task runs also if the lane is closed before it has begun
     * @return false if there are no workers: the service is fast, or closed
     */
    public boolean tryContinue(Runnable task) {
        if (service.fast()) {
            return false;
        }
        share.add(0);
        return execute(0, task, task);
    }

    private boolean execute(long bytes, Runnable task, Runnable instead) {
        try {
            workers.execute(() -> {
                try {
                    run(task, instead);
                } finally {
                    share.remove(bytes);
                }
            });
            return true;
        } catch (RejectedExecutionException e) {
            share.remove(bytes);
            return false;
        }
    }

    private void run(Runnable task, Runnable instead) {
        try {
            if (abandoned) {
                instead.run();
            } else {
                workTime.run(task);
                handled.increment();
            }
        } catch (RuntimeException | Error e) {
            failed.increment();
            if (failures.allows()) {
                LOG.error("service {} failed with a call{}", name, failures.suppressed(), e);
            }
        }
    }

    // --- The end

    /**
     * No call begins from now on; messages that come are still handled.
     *
     * @return completes when the service says that it is through, and nothing waits for it; exceptionally if it throws. On the
     *     service's workers, where it also begins
     */
    public CompletionStage<Void> drain() {
        draining = true;
        CompletableFuture<Void> done = new CompletableFuture<>();
        try {
            workers.execute(() -> drainService(done));
        } catch (RejectedExecutionException e) {
            done.complete(null); // closed: nothing is under way
        }
        return done;
    }

    private void drainService(CompletableFuture<Void> done) {
        try {
            service.drain().whenComplete((nothing, failure) -> {
                if (failure != null) {
                    done.completeExceptionally(failure);
                } else {
                    share.awaitNothing(() -> done.complete(null));
                }
            });
        } catch (RuntimeException | Error e) {
            done.completeExceptionally(e);
        }
    }

    /** No more work is taken; what is there is done meanwhile. */
    public void shutDown() {
        workers.shutDown();
    }

    /**
     * After {@link #shutDown}: waits for what is there, and gives up. What the service has not begun by then it never sees, and
     * what it is at is interrupted. No callback begins after this returns.
     */
    public void awaitEnd(Duration max) {
        List<Runnable> left = workers.awaitEnd(max, () -> abandoned = true);
        left.forEach(Runnable::run); // releases what they hold
    }

    /** What messages and calls took. */
    public WorkTime workTime() {
        return workTime;
    }

    public ServiceStats stats() {
        return new ServiceStats(
                handled.sum(), failed.sum(), refused.sum(), overloaded.sum(), share.messages(), share.bytes());
    }
}
