package org.msgr2.session.driver;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.FrameSink;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.HandshakeListener.End;
import org.msgr2.session.HandshakeListener.HandshakeEnded;
import org.msgr2.session.accept.AcceptDecision;
import org.msgr2.session.accept.AcceptRule;
import org.msgr2.session.handshake.Secured;
import org.msgr2.session.negotiation.AcceptNegotiation;
import org.msgr2.session.negotiation.AcceptNegotiation.Claim;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Transport;

/**
 * What becomes of a link that a peer has opened and secured: answers the peer, and finds or makes the session that takes the
 * link. Lives on the link's loop.
 */
final class Acceptance {
    private final Node node;
    private final Link link;
    private final Secured secured;
    private final @Nullable Transport dialer;
    private final long openedNs;
    private final AcceptNegotiation negotiation;
    private final OutFrame outFrame;
    private int clientIdents;
    private int sessionReconnects;

    /**
     * @param dialer with which the session would dial the peer; null if it must not
     * @param openedNs when the link was opened
     */
    Acceptance(Node node, Link link, Secured secured, @Nullable Transport dialer, long openedNs) {
        this.node = node;
        this.link = link;
        this.secured = secured;
        this.dialer = dialer;
        this.openedNs = openedNs;
        Limits.Handshake limits = node.config().limits().handshake();
        AcceptNegotiation.Terms terms = new AcceptNegotiation.Terms(
                node.addressesFor(link).toldTo(link.localAddr()),
                Math.max(0, node.gid()),
                node.config().policies()::toAccept,
                node.globalSeq(),
                node.cookies(),
                limits.negotiationRoundsMax());
        this.negotiation = new AcceptNegotiation(terms, secured);
        this.outFrame = new OutFrame(limits.frameBytesMax());
    }

    /** Which session the peer asks for. */
    Claim claims(ControlFrame frame) throws ProtocolException {
        switch (frame.tag()) {
            case CLIENT_IDENT -> clientIdents++;
            case SESSION_RECONNECT -> sessionReconnects++;
            default -> {}
        }
        return negotiation.claims(frame);
    }

    /** The end of the link as one that has no session. */
    HandshakeEnded ended(EntityAddr remote, End end, @Nullable ProtocolException cause) {
        return new HandshakeEnded(remote, end, clientIdents, sessionReconnects, cause);
    }

    private void replaced() {
        node.handshakeEnded(ended(link.remoteAddr(), End.REPLACED, null));
    }

    /** Where that session lives, if it lives on another loop; null if the link is right here. */
    @Nullable Loop elsewhere(Claim claim) {
        Loop loop = node.loopOf(claim.addrs());
        return claim.policy().registers() && !loop.inLoop() ? loop : null;
    }

    /**
     * Looks up, decides and claims, in one step.
     *
     * @param answers where frames for the peer go
     * @return hands the link to the session that wins; null if the peer has to say more
     */
    @Nullable Runnable decide(ControlFrame frame, Claim claim, FrameSink answers) throws ProtocolException {
        // Without that, a session that we have dialled could be found here: on a loop that is not its own.
        ConnectionDriver existing = claim.policy().registers() ? node.sessions().registered(claim.addrs()) : null;
        AcceptNegotiation.Verdict verdict = verdict(frame, claim, existing);
        if (verdict instanceof AcceptNegotiation.Reply reply) {
            answers.frame(outFrame.control(reply.frame()));
            return null;
        }
        if (verdict instanceof AcceptNegotiation.Begin begin) {
            return begin(begin, claim, existing);
        }
        AcceptNegotiation.Resume resume = (AcceptNegotiation.Resume) verdict;
        ConnectionDriver session = known(existing);
        return () -> {
            replaced();
            session.resumed(link, resume);
        };
    }

    private AcceptNegotiation.Verdict verdict(ControlFrame frame, Claim claim, @Nullable ConnectionDriver existing)
            throws ProtocolException {
        try {
            return negotiation.decide(
                    frame,
                    claim,
                    existing == null ? null : existing.existing(secured.identity(), link.security(), openedNs));
        } finally {
            decided(existing);
        }
    }

    /** What a rule asks of the session that is there, whatever it answers the peer. */
    private void decided(@Nullable ConnectionDriver existing) {
        AcceptRule rule = negotiation.rule();
        if (rule == null) {
            return;
        }
        node.decided(rule);
        if (existing != null) {
            switch (rule.action()) {
                case WAIT_AND_KEEP_ALIVE, DROP_AND_KEEP_ALIVE -> existing.keepAlive();
                case RESET_BOTH -> existing.reset();
                default -> {}
            }
        }
    }

    private Runnable begin(AcceptNegotiation.Begin begin, Claim claim, @Nullable ConnectionDriver existing)
            throws ProtocolException {
        AcceptDecision.Action action = begin.rule().action();
        if (action == AcceptDecision.Action.TAKE_OVER || action == AcceptDecision.Action.RESET_AND_TAKE_OVER) {
            ConnectionDriver session = known(existing);
            return () -> {
                replaced();
                session.accepted(link, begin);
            };
        }
        if (action == AcceptDecision.Action.REPLACE_SESSION) {
            known(existing).replaced();
        }
        ConnectionHandle handle = node.accepted(secured.peerType(), link.remoteAddr(), claim, dialer, link.loop());
        return () -> handle.driver().accepted(link, begin);
    }

    private static ConnectionDriver known(@Nullable ConnectionDriver existing) {
        if (existing == null) {
            throw new IllegalStateException("no rule takes a session over that is not there");
        }
        return existing;
    }
}
