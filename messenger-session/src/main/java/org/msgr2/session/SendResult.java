package org.msgr2.session;

/** The answer of {@link Connection#send}, given at once. */
public interface SendResult {

    /** What became of the message. */
    enum Outcome {
        /**
         * The connection owns the message now and sends it when it can. On a lossy connection it ends either written, which says
         * nothing of its arrival, or named in one {@link SessionEvent.Discarded}.
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

    Outcome outcome();

    /** The message's place among those accepted by this connection, from 1; 0 if it was not accepted. */
    long number();

    default boolean accepted() {
        return outcome() == Outcome.ACCEPTED;
    }
}
