package org.msgr2.session;

/** The answer of {@link Connection#send}, given at once. */
public interface SendResult {

    /** What became of the message. */
    enum Outcome {
        /**
         * The connection owns the message now and sends it when it can. On a lossy connection it ends either written, which says
         * nothing of its arrival, or taken back, or named in one {@link SessionEvent.Discarded}.
         */
        ACCEPTED,

        /**
         * The connection's queue is full: the peer or the network is slower than the sender. The caller still owns the message
         * and may try again; {@link SessionEvent.Writable} tells when it is worth it.
         */
        BACK_PRESSURED,

        /** The connection is closed and stays so. The caller still owns the message. */
        CLOSED,

        /** A segment, or the message, is beyond {@link org.msgr2.core.wire.Limits.Frames}. The caller still owns the message. */
        TOO_LARGE
    }

    /** The answer of {@link #revoke}. */
    enum Revocation {
        /** Nothing of it was written, and nothing will be. It counts no more as soon as the connection has taken note. */
        REMOVED,

        /**
         * A lossy connection was in the middle of its frame, whose rest leaves as zeros: the peer drops it without an error
         * (spec/msgr2 §2.5; a client in the Linux kernel ends the connection). Only of frames that leave in pieces: large ones, in
         * crc mode of msgr2.1.
         */
        ABORTED,

        /**
         * It is written, or a session that may have to send it again has begun with it: the peer has it, or will have it. On a
         * session that outlives its connections this stays so while it is unacknowledged.
         */
        TOO_LATE,

        /** There is nothing to take back: it was taken back before, is named in a Discarded event, or was never accepted. */
        NOTHING
    }

    Outcome outcome();

    /** The message's place among those accepted by this connection, from 1; 0 if it was not accepted. */
    long number();

    /**
     * Takes an accepted message back, if that is still possible. Any thread, callbacks included; does not block. What was
     * {@link Revocation#REMOVED} or {@link Revocation#ABORTED} is not dispatched by the peer and not named in any event; its
     * buffers are released by the connection, as always, and at once if it was removed.
     */
    default Revocation revoke() {
        return Revocation.NOTHING;
    }

    /**
     * Whether it is certain that nothing of the message was written, and nothing will be: it was refused, taken back, or
     * discarded before its turn. False as long as it may still be written.
     */
    default boolean neverWritten() {
        return !accepted();
    }

    default boolean accepted() {
        return outcome() == Outcome.ACCEPTED;
    }
}
