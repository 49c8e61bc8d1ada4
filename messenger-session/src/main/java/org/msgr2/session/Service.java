package org.msgr2.session;

import java.io.IOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Message;
import org.msgr2.crypto.auth.Access;
import org.msgr2.session.rpc.CallHandler;

/**
 * A tenant of a messenger: owns message types and answers them, or methods that are called by name, and may have front ends of
 * its own. Any number of services share one listener; no two may own the same type. One that throws, stalls or is flooded harms
 * no other.
 *
 * <p><b>Threads.</b> {@link #handle} and {@link #onEvent} run on the service's own worker threads: one at a time for a
 * connection, concurrently for several, in the order of a {@link Dispatcher}. Those of a {@link #fast} service, and its call
 * handlers, run on the connection's event loop, and must not block. The other methods are called one after the other, by
 * whoever starts and ends the messenger; {@link #health} by anybody at any time.
 *
 * <p><b>Ownership.</b> A message is borrowed for the duration of the call, as a {@link Dispatcher}'s.
 *
 * <p><b>Errors.</b> What a service throws is counted and logged; the connection goes on.
 */
public interface Service {

    /**
     * Unique within the messenger, as {@code [a-z][a-z0-9-]*}, at most 32 characters: in commands, in metrics, and in the
     * capabilities that peers need.
     */
    String name();

    /** The types that it owns, constant from the start: messages of these come to it, unless a dispatcher takes them before. */
    default Set<Integer> messageTypes() {
        return Set.of();
    }

    /** Its methods that are called by name, constant from the start; null if it has none. Asked once, before {@link #start}. */
    default @Nullable CallHandler calls() {
        return null;
    }

    /** Whether {@link #handle} and call handlers never block and are quick, so that they can run on the event loop. Constant. */
    default boolean fast() {
        return false;
    }

    /**
     * Called once, before the first message. What it throws makes the messenger's start fail.
     *
     * @throws IOException with a message for a user: a port is in use, a file cannot be read
     */
    default void start(ServiceContext context) throws IOException {}

    /**
     * Takes nothing new from now on: closes its listeners, refuses what begins. Calls are the messenger's business: it begins
     * none any more, ends subscriptions and waits for the others; what a service serves without end in another shape it has to end.
     *
     * @return completes when what is under way has ended. Past its deadline nobody waits any more
     */
    default CompletionStage<Void> drain() {
        return CompletableFuture.completedFuture(null);
    }

    /** Called once, after the last message. Its front ends are closed by then. */
    default void stop() {}

    default Health health() {
        return Health.OK;
    }

    /**
     * What a peer must be allowed to do, by its capabilities for {@link #name}, to send a message of this type; the message is
     * dropped, counted and logged if it is not. Null where everybody may, or where {@link #handle} looks for itself. Called
     * for each message: quick and constant.
     */
    default @Nullable Access requires(int messageType) {
        return null;
    }

    /** @param message borrowed for the duration of the call */
    default void handle(Connection connection, Message message) {}

    /**
     * Something has happened to a connection that has brought the service a message before. In order with its messages.
     * The connection was ready before the first of them; {@link SessionEvent.Connected} and {@link SessionEvent.Accepted} are
     * told when it is so once more.
     */
    default void onEvent(Connection connection, SessionEvent event) {}
}
