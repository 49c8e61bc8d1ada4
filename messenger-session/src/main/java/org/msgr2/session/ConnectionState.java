package org.msgr2.session;

/** Where a connection is in its life. */
public enum ConnectionState {
    /** A byte stream is being opened, or its handshake or negotiation is under way. */
    CONNECTING,
    /** The last attempt failed; the next one begins when the back-off is over. */
    BACKOFF,
    /** The peer has said that its own connection wins: it should be here any moment. */
    WAIT,
    /** Messages flow. */
    READY,
    /** Without a byte stream, until there is something to send or the peer comes back. */
    STANDBY,
    /** Over for good. */
    CLOSED
}
