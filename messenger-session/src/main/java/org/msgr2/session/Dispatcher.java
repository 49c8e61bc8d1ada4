package org.msgr2.session;

import org.msgr2.core.message.Message;

/**
 * Takes what arrives. A messenger asks its dispatchers in the order in which they were added; the first one that wants a
 * message gets it. A message that nobody wants is counted, logged once per type, and dropped.
 *
 * <p><b>Threads.</b> {@link #fastDispatch} runs on the connection's event loop and must not block. {@link #dispatch} and
 * {@link #onEvent} run on worker threads, one at a time for a connection, concurrently for several. Messages of one priority
 * come in order, higher priorities first (spec/msgr2 §7.2); events keep their place among them.
 *
 * <p><b>Ownership.</b> A message is borrowed for the duration of the call: {@code retain()} it to keep it, or to send it
 * or its segments on.
 *
 * <p><b>Errors.</b> What a dispatcher throws is logged; the connection goes on.
 */
public interface Dispatcher {

    /** Whether {@link #fastDispatch} takes messages of this type. Asked per message; must be quick and constant. */
    default boolean canFastDispatch(int messageType) {
        return false;
    }

    /** Handles a message on the event loop. */
    default void fastDispatch(Connection connection, Message message) {}

    /**
     * Handles a message on a worker thread.
     *
     * @return whether this dispatcher handled it; if not, the next one is asked
     */
    default boolean dispatch(Connection connection, Message message) {
        return false;
    }

    /** Every dispatcher is told of every event. */
    default void onEvent(Connection connection, SessionEvent event) {}

    /**
     * The same on the event loop, in order with what {@link #fastDispatch} gets: before the first message of a session, behind
     * the last. Must not block.
     */
    default void onFastEvent(Connection connection, SessionEvent event) {}
}
