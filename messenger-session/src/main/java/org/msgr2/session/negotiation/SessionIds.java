package org.msgr2.session.negotiation;

/**
 * What both ends know a session by, and how they tell its newer connections from stale ones (spec/msgr2 §5.1). All numbers
 * are unsigned. Belongs to one session; changed by it and by its negotiations. Not thread-safe.
 */
public final class SessionIds {
    private long clientCookie;
    private long serverCookie;
    private long peerGlobalSeq;
    private long connectSeq;

    /** Chosen by the end that sent the first CLIENT_IDENT; 0 if there is none, as on lossy sessions. */
    public long clientCookie() {
        return clientCookie;
    }

    /** Chosen by the end that sent SERVER_IDENT; 0 while the session is not established, and on lossy sessions. */
    public long serverCookie() {
        return serverCookie;
    }

    /** The last {@code global_seq} that the peer said. */
    public long peerGlobalSeq() {
        return peerGlobalSeq;
    }

    /** How often the session was reconnected. */
    public long connectSeq() {
        return connectSeq;
    }

    /** Established at both ends: it is reconnected instead of begun. */
    public boolean established() {
        return serverCookie != 0;
    }

    /** The session's first CLIENT_IDENT is about to be sent, or was received. */
    public void begin(long cookie) {
        clientCookie = cookie;
    }

    /** SERVER_IDENT was received, or is about to be sent. */
    public void establish(long cookie) {
        serverCookie = cookie;
    }

    public void heard(long globalSeq) {
        peerGlobalSeq = globalSeq;
    }

    /** Reconnecting once more. */
    public void reconnecting() {
        connectSeq++;
    }

    /** What the peer says of how often it was. */
    public void connectSeq(long peers) {
        connectSeq = peers;
    }

    /** The peer does not know the session any more, or never did: it begins again, under the cookie that it had. */
    public void forgetAcceptor() {
        serverCookie = 0;
        connectSeq = 0;
    }

    /** Everything begins again. */
    public void reset() {
        clientCookie = 0;
        serverCookie = 0;
        peerGlobalSeq = 0;
        connectSeq = 0;
    }

    @Override
    public String toString() {
        return "client_cookie " + Long.toHexString(clientCookie) + ", server_cookie " + Long.toHexString(serverCookie)
                + ", peer_global_seq " + Long.toUnsignedString(peerGlobalSeq) + ", connect_seq "
                + Long.toUnsignedString(connectSeq);
    }
}
