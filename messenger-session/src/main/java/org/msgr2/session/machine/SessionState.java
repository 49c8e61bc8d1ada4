package org.msgr2.session.machine;

import org.msgr2.session.accept.ExistingSession;

/** Where a session is in its life. */
public enum SessionState {
    /** A transport is being opened, or its handshake or negotiation is under way. */
    CONNECTING(ExistingSession.Phase.CONNECTING),
    /** The last attempt failed; the next one begins when the back-off is over. */
    BACKOFF(ExistingSession.Phase.CONNECTING),
    /** The peer said that its own connection wins: it should be here any moment. */
    WAIT(ExistingSession.Phase.CONNECTING),
    /** Messages flow. */
    READY(ExistingSession.Phase.READY),
    /** Without a transport, until there is something to send or the peer comes back. */
    STANDBY(ExistingSession.Phase.STANDBY),
    /** Over for good. */
    CLOSED(ExistingSession.Phase.CLOSED);

    private final ExistingSession.Phase phase;

    SessionState(ExistingSession.Phase phase) {
        this.phase = phase;
    }

    /** As an incoming connection sees it. */
    ExistingSession.Phase phase() {
        return phase;
    }
}
