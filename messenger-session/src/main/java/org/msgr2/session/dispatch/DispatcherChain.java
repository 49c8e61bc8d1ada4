package org.msgr2.session.dispatch;

import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.SessionEvent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All dispatchers of a messenger, asked in order. What they throw stays here. Thread-safe. */
public final class DispatcherChain implements Recipient {
    private static final Logger LOG = LoggerFactory.getLogger(DispatcherChain.class);
    /** So many types that nobody wants are logged by name; a peer that makes up more is counted only. */
    private static final int UNCLAIMED_TYPES_LOGGED_MAX = 256;

    private final List<Dispatcher> dispatchers;
    private final LongAdder unclaimed = new LongAdder();
    private final LongAdder dispatched = new LongAdder();
    private final LongAdder dispatchNs = new LongAdder();
    private volatile boolean measured;
    private final Set<Integer> unclaimedTypes = ConcurrentHashMap.newKeySet();

    public DispatcherChain(List<Dispatcher> dispatchers) {
        this.dispatchers = List.copyOf(dispatchers);
    }

    /** Who takes this type on the event loop; null if nobody does. */
    public @Nullable Dispatcher fast(int messageType) {
        for (Dispatcher dispatcher : dispatchers) {
            try {
                if (dispatcher.canFastDispatch(messageType)) {
                    return dispatcher;
                }
            } catch (RuntimeException | Error e) {
                LOG.error("canFastDispatch of {} failed with {}", dispatcher, MessageType.toString(messageType), e);
            }
        }
        return null;
    }

    /** @param message borrowed */
    void fastDispatch(Dispatcher dispatcher, Connection connection, Message message) {
        try {
            dispatcher.fastDispatch(connection, message);
        } catch (RuntimeException | Error e) {
            failed("fastDispatch", connection, message, e);
        }
    }

    @Override
    public boolean offer(Connection connection, Message message) {
        if (!measured) {
            return ask(connection, message);
        }
        long startNs = System.nanoTime();
        try {
            return ask(connection, message);
        } finally {
            dispatched.increment();
            dispatchNs.add(System.nanoTime() - startNs);
        }
    }

    private boolean ask(Connection connection, Message message) {
        for (Dispatcher dispatcher : dispatchers) {
            try {
                if (dispatcher.dispatch(connection, message)) {
                    return true;
                }
            } catch (RuntimeException | Error e) {
                failed("dispatch", connection, message, e);
                return true;
            }
        }
        return false;
    }

    @Override
    public void dispatch(Connection connection, Message message) {
        if (offer(connection, message)) {
            return;
        }
        unclaimed.increment();
        if (unclaimedTypes.size() < UNCLAIMED_TYPES_LOGGED_MAX && unclaimedTypes.add(message.type())) {
            LOG.warn(
                    "nobody handles {}: the first came from {}",
                    MessageType.toString(message.type()),
                    connection.peerAddr());
        }
    }

    @Override
    public void event(Connection connection, SessionEvent event) {
        for (Dispatcher dispatcher : dispatchers) {
            try {
                dispatcher.onEvent(connection, event);
            } catch (RuntimeException | Error e) {
                LOG.error("onEvent of {} failed with {} from {}", dispatcher, event, connection.peerAddr(), e);
            }
        }
    }

    /** On the event loop. */
    public void fastEvent(Connection connection, SessionEvent event) {
        for (Dispatcher dispatcher : dispatchers) {
            try {
                dispatcher.onFastEvent(connection, event);
            } catch (RuntimeException | Error e) {
                LOG.error("onFastEvent of {} failed with {} from {}", dispatcher, event, connection.peerAddr(), e);
            }
        }
    }

    private static void failed(String what, Connection connection, Message message, Throwable e) {
        LOG.error("{} failed with {} from {}", what, message, connection.peerAddr(), e);
    }

    /** From now on the time is taken that dispatchers need for what is not fast. */
    public void measure() {
        measured = true;
    }

    /** Messages dispatched while that was measured. */
    public long dispatched() {
        return dispatched.sum();
    }

    /** How long they took, in nanoseconds. */
    public long dispatchNs() {
        return dispatchNs.sum();
    }

    /** Messages that nobody wanted. */
    public long unclaimed() {
        return unclaimed.sum();
    }
}
