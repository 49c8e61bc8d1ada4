package org.msgr2.session.machine;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.session.SessionEvent;

/**
 * What a session wants done. Implemented by the driver of the real transports, by the simulator, and by the recorder of
 * the unit tests. Called within the session's inputs: implementations must not call back into the session.
 */
public interface SessionEffects {

    /** Open a transport to the peer; its inputs carry this generation. */
    void connect(int generation);

    /** The transport that came in is the current one from now on; its inputs carry this generation. */
    void taken(int generation);

    /**
     * The current transport is not used any more.
     *
     * @param flush send first what was polled
     */
    void closeTransport(boolean flush);

    /** What the current transport is doing before it is secured, for the message of a timeout. */
    String transportStatus();

    /** There is something to poll. */
    void wantWrite();

    /** Stop or go on reading. */
    void pauseReading(boolean paused);

    /** Take permits for a message of that size: true if taken, false if {@link Session#permitsGranted} follows. */
    boolean acquirePermits(long payloadBytes);

    /** The permits that are waited for are not needed any more. If they are being granted, the session is told all the same. */
    void abandonPermits();

    /** Give permits back that no delivered message carries. */
    void releasePermits(long payloadBytes);

    /** One live deadline per id: arming again replaces it. */
    void armTimer(TimerId id, long deadlineNs);

    void disarmTimer(TimerId id);

    /** A message came; ownership and its permits pass. */
    void deliver(Message message);

    /** The session that they belong to is forgotten: messages that were delivered and not dispatched are dropped. */
    void dropUndelivered();

    /** A message that went out over an earlier transport was polled once more. */
    void replayed();

    /** A message is through, or discarded, and counts no more in the connection's bounds. */
    void sent(OutMessage message);

    void notify(SessionEvent event);

    /** A KEEPALIVE2 was answered. */
    void pingAnswered(long ping, long roundTripNs);

    /** A KEEPALIVE2 was answered, whoever had asked for it. */
    void keepaliveAnswered(long roundTripNs);

    /** A KEEPALIVE2 will not be answered. */
    void pingFailed(long ping, ProtocolException cause);

    /**
     * The session is CLOSED; last of all effects.
     *
     * @param cause why it ended, if the application did not end it
     */
    void ended(@Nullable ProtocolException cause);
}
