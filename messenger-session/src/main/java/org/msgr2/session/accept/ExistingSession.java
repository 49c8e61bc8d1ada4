package org.msgr2.session.accept;

/**
 * What {@link AcceptRules} look at of the session that is registered for the peer's addresses.
 *
 * @param phase where it is in its life
 * @param replacing another connection is taking it over at this moment
 * @param lossy it ends with its transport
 * @param server its policy never dials
 * @param resetCheck its policy notices that the peer has forgotten it
 * @param clientCookie chosen by the end that sent CLIENT_IDENT first; 0 if there is none
 * @param serverCookie chosen by the end that answered; 0 while the session is not established
 * @param confirmed the peer has shown that it knows this session: an acceptor that has sent SERVER_IDENT cannot tell whether
 *     that arrived, and two ends that dial each other may each have accepted an attempt that the other has given up
 * @param peerGlobalSeq the last that the peer said
 * @param heardSince the peer has said so after the incoming connection was opened. What that one says may have been sent before,
 *     when both ends dialled each other; otherwise it cannot, since an end that goes over to another connection gives its own up
 * @param connectSeq how often it was reconnected
 * @param ackedSeq the last message that the peer has acknowledged
 * @param sentSeq the last message that was sent to the peer, received or not
 * @param sameEntity the connection that comes in has proven to be of the entity that the session is with, or nobody proves
 *     anything here
 */
public record ExistingSession(
        Phase phase,
        boolean replacing,
        boolean lossy,
        boolean server,
        boolean resetCheck,
        long clientCookie,
        long serverCookie,
        boolean confirmed,
        long peerGlobalSeq,
        boolean heardSince,
        long connectSeq,
        long ackedSeq,
        long sentSeq,
        boolean sameEntity) {

    /** Where a session is in its life, as far as it matters to an incoming connection. */
    public enum Phase {
        /** It dials, waits to dial again, or was told to wait for the peer. */
        CONNECTING,
        READY,
        /** It lives without a transport, and has nothing to send. */
        STANDBY,
        CLOSED
    }
}
