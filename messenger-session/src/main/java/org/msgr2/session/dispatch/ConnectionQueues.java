package org.msgr2.session.dispatch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;

/**
 * One connection's ways to the application: one to its dispatchers, and one to each service that the connection has talked
 * to, so that one that stalls holds up no other. Where the application has dispatchers, which are asked before services, a
 * message and an event first take the way to them. Thread-safe, as its queues are.
 */
public final class ConnectionQueues {
    private final DispatcherChain chain;
    private final DispatchQueue general;
    private final boolean dispatchersFirst;
    private final Map<ServiceLane, DispatchQueue> lanes = new ConcurrentHashMap<>(2);

    /** @param dispatchersFirst whether there are dispatchers that may want what a service owns */
    public ConnectionQueues(DispatcherChain chain, DispatchScheduler scheduler, boolean dispatchersFirst) {
        this.chain = chain;
        this.general = new DispatchQueue(chain, scheduler);
        this.dispatchersFirst = dispatchersFirst;
    }

    /** The way to that service, from now on told of events, too. */
    private DispatchQueue of(ServiceLane lane) {
        return lanes.computeIfAbsent(lane, ServiceLane::newQueue);
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

    /** Queues a message for the dispatchers: as {@link DispatchQueue#message}. */
    public void message(Connection connection, Message message, Runnable handled) {
        general.message(connection, message, handled);
    }

    /** Queues a message for the service that owns it: as {@link DispatchQueue#message}. */
    public void message(ServiceLane lane, Connection connection, Message message, Runnable handled) {
        DispatchQueue queue = of(lane);
        if (dispatchersFirst) {
            int era = queue.era();
            general.offer(connection, message, handled, () -> queue.message(connection, message, handled, era));
        } else {
            queue.message(connection, message, handled);
        }
    }

    /**
     * Hands a message over within a task of {@link #execute}.
     *
     * @param lane whose it is, unless a dispatcher wants it; null if no service's
     * @param message ownership passes
     * @param handled runs when the application is through with it
     */
    public void now(@Nullable ServiceLane lane, Connection connection, Message message, Runnable handled) {
        if (lane != null && !chain.offer(connection, message)) {
            of(lane).message(connection, message, handled);
            return;
        }
        try {
            if (lane == null) {
                chain.dispatch(connection, message);
            }
        } finally {
            message.release();
            handled.run();
        }
    }

    /** Messages that are queued now will not be dispatched: they are released in their turn. */
    public void dropMessages() {
        general.dropMessages();
        lanes.values().forEach(DispatchQueue::dropMessages);
    }

    /** Everybody is told, in order with the messages that they get. */
    public void event(Connection connection, SessionEvent event) {
        general.event(connection, event);
        if (dispatchersFirst) {
            general.execute(() -> tellServices(connection, event));
        } else {
            tellServices(connection, event);
        }
    }

    private void tellServices(Connection connection, SessionEvent event) {
        lanes.values().forEach(queue -> queue.event(connection, event));
    }

    /** Queues anything else that may call the application: the completion of a future. */
    public void execute(Runnable task) {
        general.execute(task);
    }
}
