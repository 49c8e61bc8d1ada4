package org.msgr2.session.transport;

/** What becomes of a datagram that is to be sent. */
public enum DatagramOutcome {
    /** It will be given to the kernel, which says nothing of its arrival. */
    QUEUED,

    /** More than {@link DatagramOptions#queuedMax} wait: it is dropped, as the network would do, and counted. */
    BACK_PRESSURED,

    /** It is larger than any UDP datagram: {@link DatagramHandle#PAYLOAD_BYTES_MAX}. */
    TOO_LARGE,

    /** The socket is closed. */
    CLOSED
}
