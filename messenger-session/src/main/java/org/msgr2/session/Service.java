package org.msgr2.session;

import java.util.Set;
import org.msgr2.core.message.Message;

/**
 * A tenant of a messenger: owns message types and answers them. Any number of services share one listener; no two may own
 * the same type.
 *
 * <p>Threads, ownership and errors as for a {@link Dispatcher}: {@link #handle} runs on a worker thread, or on the event
 * loop if the service is {@link #fast}.
 */
public interface Service {

    /** Unique within the messenger; lower case, as in commands and metrics. */
    String name();

    /** The types that it owns, constant from the start. */
    Set<Integer> messageTypes();

    /** Whether {@link #handle} never blocks and is quick, so that it can run on the event loop. */
    default boolean fast() {
        return false;
    }

    /** Called once, before the first message. What it throws makes the messenger's start fail. */
    default void start(ServiceContext context) {}

    /** Called once, after the last message. */
    default void stop() {}

    default Health health() {
        return Health.OK;
    }

    /** @param message borrowed for the duration of the call */
    void handle(Connection connection, Message message);
}
