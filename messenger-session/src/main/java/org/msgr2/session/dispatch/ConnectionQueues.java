package org.msgr2.session.dispatch;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.msgr2.core.message.Message;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;

/**
 * One connection's ways to the application: one to its dispatchers, and one to each service that the connection has talked
 * to, so that one that stalls holds up no other. Thread-safe, as its queues are.
 */
public final class ConnectionQueues {
    private final DispatcherChain chain;
    private final DispatchQueue general;
    private final Map<ServiceLane, DispatchQueue> lanes = new ConcurrentHashMap<>(2);

    public ConnectionQueues(DispatcherChain chain, DispatchScheduler scheduler) {
        this.chain = chain;
        this.general = new DispatchQueue(chain, scheduler);
    }

    /** The way to the dispatchers. */
    public DispatchQueue general() {
        return general;
    }

    /** The way to that service, from now on told of events, too. */
    public DispatchQueue of(ServiceLane lane) {
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

    /** Messages that are queued now will not be dispatched: they are released in their turn. */
    public void dropMessages() {
        general.dropMessages();
        lanes.values().forEach(DispatchQueue::dropMessages);
    }

    /** Everybody is told, in order with the messages that they get. */
    public void event(Connection connection, SessionEvent event) {
        general.event(connection, event);
        lanes.values().forEach(queue -> queue.event(connection, event));
    }

    /** Queues anything else that may call the application: the completion of a future. */
    public void execute(Runnable task) {
        general.execute(task);
    }
}
