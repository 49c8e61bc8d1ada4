package org.msgr2.session.machine;

/** Where a session is in its life. */
public enum SessionState {
    /** A transport is being opened, or its handshake or negotiation is under way. */
    CONNECTING,
    /** The last attempt failed; the next one begins when the back-off is over. */
    BACKOFF,
    /** Messages flow. */
    READY,
    /** Over for good. */
    CLOSED
}
