package org.msgr2.session;

import java.time.Duration;
import org.msgr2.core.ProtocolException;
import org.msgr2.session.transport.ConnectionRefusedException;

/**
 * Everything that a connection tells its dispatchers besides messages: the vocabulary of what can happen to a session.
 *
 * <p>Events of a connection are delivered in order, and in order with its queued messages: {@link Connected} and {@link
 * Accepted} before the first message of that session, {@link Reset} behind the last.
 */
public sealed interface SessionEvent {

    /** A connection that we dialled is ready: for the first time or, if its session outlives transports, once again. */
    record Connected(ConnectionInfo info) implements SessionEvent {}

    /** A connection that a peer dialled is ready; as {@link Connected}. */
    record Accepted(ConnectionInfo info) implements SessionEvent {}

    /**
     * The transport of a session that outlives it is lost. What was sent and not acknowledged is kept, and sent again once the
     * session has another: see {@link Connected} and {@link Accepted}.
     *
     * @param waiting nobody dials until there is something to send, or the peer comes back
     */
    record Interrupted(ProtocolException cause, boolean waiting) implements SessionEvent {}

    /**
     * The peer has forgotten the session, as after a restart. It goes on as a new one: what was received of the old one and not
     * dispatched is dropped, what was to be sent is named in a {@link Discarded}.
     */
    record RemoteReset() implements SessionEvent {}

    /**
     * An attempt to connect failed; another follows.
     *
     * @param attempt from 1, counted anew after each success
     * @param cause why; its kind is TRANSPORT if nobody answered
     * @param retryIn the wait before the next attempt
     */
    record AttemptFailed(int attempt, ProtocolException cause, Duration retryIn) implements SessionEvent {

        /** Whether the peer's host has answered that nobody listens there. */
        public boolean refused() {
            for (Throwable reason = cause; reason != null; reason = reason.getCause()) {
                if (reason instanceof ConnectionRefusedException) {
                    return true;
                }
            }
            return false;
        }
    }

    /**
     * The connection is gone and will not come back by itself: a fault on a lossy connection, or a peer that no retry can
     * make acceptable. Not given for a connection that the application itself closed.
     */
    record Reset(ProtocolException cause) implements SessionEvent {}

    /**
     * A message has broken one connection after another, as one does that the peer cannot read. The session does not send it
     * once more, and ends: a {@link Discarded} names all that it had, and {@link Reset} follows.
     *
     * @param peer its address
     * @param number the message's {@link SendResult#number}
     * @param messageType its type
     * @param seq the sequence number that it was sent with
     * @param tid its transaction
     * @param connections how many it has broken in a row
     */
    record Poisoned(String peer, long number, int messageType, long seq, long tid, int connections)
            implements SessionEvent {}

    /** After a {@link SendResult.Outcome#BACK_PRESSURED}: the queue has drained to half its bounds. */
    record Writable() implements SessionEvent {}

    /**
     * Messages that were accepted and will not be sent, or were sent and not acknowledged, so that nobody knows whether they
     * arrived. Each accepted message is named in at most one such event.
     *
     * @param firstNumber the lowest {@link SendResult#number} among them
     * @param lastNumber the highest; numbers between them may have been sent already if priorities differ
     * @param messages how many
     * @param reason why, for a log
     */
    record Discarded(long firstNumber, long lastNumber, int messages, String reason) implements SessionEvent {}
}
