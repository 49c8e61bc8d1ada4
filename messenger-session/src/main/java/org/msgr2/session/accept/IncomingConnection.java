package org.msgr2.session.accept;

/** What a peer's first frame asks for. */
public sealed interface IncomingConnection {

    /** Of the attempt. */
    long globalSeq();

    /** Of the session, chosen by the end that began it; 0 for a lossy one. */
    long clientCookie();

    /** CLIENT_IDENT: a new session. */
    record Ident(long clientCookie, long globalSeq) implements IncomingConnection {}

    /**
     * SESSION_RECONNECT: the session that there was.
     *
     * @param connectSeq how often the peer has reconnected it, this time included
     * @param msgSeq the last message of ours that the peer has received
     */
    record Reconnect(long clientCookie, long serverCookie, long globalSeq, long connectSeq, long msgSeq)
            implements IncomingConnection {}
}
