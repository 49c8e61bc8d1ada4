package org.msgr2.session;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;

/**
 * A session with one peer. All methods may be called from any thread, callbacks included, and none of them blocks.
 *
 * <p>What a connection promises depends on its {@link #policy}. Messages of one priority arrive in the order in which they
 * were sent.
 */
public interface Connection {

    /**
     * Queues a message. May be called before the connection is ready: it waits then.
     *
     * @param message owned by the connection if and only if the outcome is {@link SendResult.Outcome#ACCEPTED}
     */
    SendResult send(Message message);

    /**
     * Measures a KEEPALIVE2 round trip, which overtakes queued messages.
     *
     * @return completes with the time it took; exceptionally, with a {@link org.msgr2.core.ProtocolException} or an {@link
     *     IllegalStateException}, if the connection ends or too many are under way
     */
    CompletionStage<Duration> ping();

    /**
     * Completes when the connection is ready for the first time; exceptionally, with a {@link
     * org.msgr2.core.ProtocolException}, when it ends before. A dialling connection retries for ever: bound the wait.
     */
    CompletionStage<ConnectionInfo> ready();

    /** What was negotiated; null until the connection is ready for the first time. */
    @Nullable ConnectionInfo info();

    Policy policy();

    /** The type that we dialled, or that the peer says it is. */
    EntityType peerType();

    /** The address that we dialled, or that the peer came from. */
    EntityAddr peerAddr();

    /** What it took to be ready, now and before. */
    ConnectionStats stats();

    /** Bytes and messages accepted and not yet written: how far the peer is behind. */
    long queuedBytes();

    int queuedMessages();

    /** Accepts no more messages, sends those accepted, then closes; at most {@code Limits.Timeouts.close} later. No Reset event. */
    CompletionStage<Void> close();

    /** Closes at once; what is queued is discarded. No Reset event. */
    void markDown();

    /**
     * From now on the first fault ends the connection, whatever its policy: a Reset event instead of another attempt, and what
     * is not acknowledged is discarded. For a peer that is not expected to come back, or not to be waited for. One that is
     * interrupted already may still become ready once more. There is no way back (spec/msgr2 §5.9).
     */
    void markDisposable();

    /** Completes when the connection has ended, however; never exceptionally. */
    CompletionStage<Void> closed();

    /** The application's own data, null at first. */
    @Nullable Object attachment();

    /** Visible to whatever runs after it, callbacks included. */
    void attach(@Nullable Object data);
}
