package org.msgr2.session.machine;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.SessionReconnect;
import org.msgr2.core.frame.ControlFrame.SessionReconnectOk;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Policy;
import org.msgr2.session.accept.ExistingSession;
import org.msgr2.session.handshake.Secured;
import org.msgr2.session.negotiation.AcceptNegotiation;
import org.msgr2.session.negotiation.ConnectNegotiation;
import org.msgr2.session.negotiation.Established;
import org.msgr2.session.negotiation.SessionIds;

/**
 * How a session comes to be, and how it comes from one transport to the next: what both ends know it by, the negotiation
 * over the current transport, and what was agreed in the last one. Not thread-safe.
 */
final class Establishment {
    private final SessionIds ids = new SessionIds();
    private @Nullable ConnectNegotiation negotiation;
    private @Nullable Secured negotiating;
    /** To be sent before anything else. */
    private @Nullable ControlFrame frame;

    private @Nullable Established agreed;
    private int attempts;
    /** The peer has shown that it knows this session, as it is established now. */
    private boolean confirmed;
    /** When the peer has last said a global_seq. */
    private long heardNs;

    private boolean everHeard;

    /** A transport is about to be dialled. */
    void attempt() {
        if (ids.established()) {
            ids.reconnecting();
        }
        attempts++;
    }

    /** Attempts since the session was ready. */
    int attempts() {
        return attempts;
    }

    // --- Over a transport that we have dialled

    /** @param inSeq the last message received */
    void negotiate(ConnectNegotiation.Terms terms, Secured secured, long inSeq) {
        negotiating = secured;
        negotiation = new ConnectNegotiation(terms, secured, ids);
        frame = negotiation.start(inSeq);
    }

    boolean isNegotiating() {
        return negotiation != null;
    }

    /** The peer's answer. */
    ConnectNegotiation.Verdict answered(ControlFrame answer) throws ProtocolException {
        return known(negotiation).frame(answer);
    }

    /** The negotiation goes on. */
    void say(ControlFrame next) {
        frame = next;
    }

    /** The peer does not know the session: the negotiation begins anew, over the same transport. */
    void begin(long inSeq) {
        frame = known(negotiation).start(inSeq);
    }

    /** The peer has answered with SERVER_IDENT. */
    Established begun(Established with) {
        confirmed = true;
        return with;
    }

    /** The peer has answered with SESSION_RECONNECT_OK. */
    Established resumed() {
        return known(agreed).over(known(negotiating));
    }

    /** The peer knows nothing of the session, which keeps the cookie that it had. */
    void forgetAcceptor() {
        ids.forgetAcceptor();
    }

    // --- Over a transport that the peer has dialled

    /** The peer has come with CLIENT_IDENT. */
    Established accepted(AcceptNegotiation.Begin begin) {
        ids.begin(begin.clientCookie());
        ids.establish(begin.reply().cookie());
        ids.heard(begin.globalSeq());
        confirmed = false;
        frame = begin.reply();
        return begin.established();
    }

    /**
     * The peer has come with SESSION_RECONNECT.
     *
     * @param inSeq the last message received
     */
    Established taken(AcceptNegotiation.Resume resume, long inSeq) {
        SessionReconnect asked = resume.asked();
        ids.connectSeq(asked.connectSeq());
        ids.heard(asked.globalSeq());
        confirmed = true;
        frame = new SessionReconnectOk(inSeq);
        return known(agreed).over(resume.secured());
    }

    // --- Either way

    /** The session is ready, on these terms. */
    void ready(Established terms, long nowNs) {
        agreed = terms;
        negotiation = null;
        negotiating = null;
        attempts = 0;
        heardNs = nowNs;
        everHeard = true;
    }

    /** A frame came. */
    void heardFrame() {
        confirmed = confirmed || negotiation == null;
    }

    boolean hasFrame() {
        return frame != null;
    }

    /** What is to be sent before anything else; null when there is nothing. */
    @Nullable ControlFrame pollFrame() {
        ControlFrame next = frame;
        frame = null;
        return next;
    }

    /** The transport is gone, and what was going on over it. */
    void transportLost() {
        negotiation = null;
        negotiating = null;
        frame = null;
    }

    /** Everything begins anew. */
    void forget() {
        ids.reset();
        confirmed = false;
    }

    // --- For others

    /** What the session waits for, for the message of a timeout; null if nothing is being negotiated. */
    @Nullable String waitingFor() {
        return negotiation == null ? null : negotiation.waitingFor();
    }

    /** Who the peer has proven to be; null before the session was ready for the first time. */
    @Nullable PeerIdentity identity() {
        return agreed == null ? null : agreed.secured().identity();
    }

    /** What both ends support. */
    CephFeatures features() {
        return known(agreed).features();
    }

    /** What was agreed, for the application. */
    ConnectionInfo info(boolean endsWithTransport) {
        Established terms = known(agreed);
        Secured secured = terms.secured();
        return new ConnectionInfo(
                terms.peerName(),
                terms.peerAddrs(),
                secured.identity(),
                secured.auth(),
                terms.localAddrs(),
                secured.revision(),
                secured.mode(),
                secured.peerBanner(),
                terms.features(),
                endsWithTransport);
    }

    /** What an incoming connection, opened then, has to know. */
    ExistingSession existing(
            SessionState state,
            boolean endsWithTransport,
            Policy policy,
            Outbound outbound,
            boolean sameEntity,
            long openedNs) {
        return new ExistingSession(
                state.phase(),
                false, // a transport is taken over in one step
                endsWithTransport,
                policy.server(),
                policy.resetCheck(),
                ids.clientCookie(),
                ids.serverCookie(),
                confirmed,
                ids.peerGlobalSeq(),
                everHeard && heardNs - openedNs >= 0,
                ids.connectSeq(),
                outbound.ackedSeq(),
                outbound.sentSeq(),
                sameEntity);
    }

    private static <T> T known(@Nullable T value) {
        if (value == null) {
            throw new IllegalStateException("not before the session was established");
        }
        return value;
    }
}
