package org.msgr2.session.negotiation;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.ClientIdent;
import org.msgr2.core.frame.ControlFrame.IdentMissingFeatures;
import org.msgr2.core.frame.ControlFrame.ServerIdent;
import org.msgr2.core.frame.ControlFrame.SessionReconnect;
import org.msgr2.core.frame.ControlFrame.SessionReset;
import org.msgr2.session.Policy;
import org.msgr2.session.handshake.Secured;

/**
 * The accepting end: reads CLIENT_IDENT or SESSION_RECONNECT and decides (spec/msgr2 §5.3, §5.4). For policies that do not
 * register their peers there is nothing to look up: every CLIENT_IDENT gets a session of its own, every SESSION_RECONNECT
 * is told that its session is gone. Not thread-safe.
 */
public final class AcceptNegotiation {

    /**
     * What we tell.
     *
     * @param self our addresses; the peer must have dialled one of them
     * @param gid our number within our type
     */
    public record Terms(EntityAddrVec self, long gid, Policy policy) {}

    /**
     * What came of a frame.
     *
     * @param reply to be sent
     * @param established the agreement; null if the peer may go on negotiating
     */
    public record Answer(ControlFrame reply, @Nullable Established established) {}

    private final Terms terms;
    private final Secured secured;
    private final GlobalSeq globalSeq;
    private final int roundsMax;
    private int rounds;

    /** @param roundsMax how many frames the peer may need */
    public AcceptNegotiation(Terms terms, Secured secured, GlobalSeq globalSeq, int roundsMax) {
        this.terms = terms;
        this.secured = secured;
        this.globalSeq = globalSeq;
        this.roundsMax = roundsMax;
    }

    public Answer frame(ControlFrame frame) throws ProtocolException {
        try {
            return decide(frame);
        } catch (ProtocolException e) {
            throw e.inFrame(frame.tag().name());
        }
    }

    private Answer decide(ControlFrame frame) throws ProtocolException {
        if (++rounds > roundsMax) {
            throw new ProtocolException(FaultKind.LIMIT, "more than " + roundsMax + " frames of negotiation");
        }
        if (frame instanceof ClientIdent ident) {
            return clientIdent(ident);
        }
        if (frame instanceof SessionReconnect reconnect) {
            requireAddress(reconnect.addrs());
            return new Answer(new SessionReset(true), null);
        }
        throw new ProtocolException(FaultKind.SEQUENCE, "unexpected while waiting for CLIENT_IDENT");
    }

    private Answer clientIdent(ClientIdent ident) throws ProtocolException {
        requireAddress(ident.addrs());
        if (!terms.self().contains(ident.target())) {
            throw new ProtocolException(
                    FaultKind.AUTH, "the peer looks for " + ident.target() + ", we are " + terms.self());
        }
        Policy policy = terms.policy();
        CephFeatures missing = policy.allRequired().minus(ident.supported());
        if (!missing.isEmpty()) {
            return new Answer(new IdentMissingFeatures(missing), null);
        }
        Established established = new Established(
                secured,
                EntityName.of(secured.peerType(), ident.gid()),
                ident.addrs(),
                terms.self(),
                ident.supported().and(policy.featuresSupported()),
                policy.lossy());
        ServerIdent reply = new ServerIdent(
                terms.self(),
                terms.gid(),
                globalSeq.next(0),
                policy.featuresSupported(),
                policy.allRequired(),
                policy.lossy() ? ControlFrame.FLAG_LOSSY : 0,
                0);
        return new Answer(reply, established);
    }

    private static void requireAddress(EntityAddrVec addrs) throws ProtocolException {
        if (addrs.isEmpty() || addrs.first().isBlankIp()) {
            throw new ProtocolException(FaultKind.MALFORMED, "the peer gives no address of its own: " + addrs);
        }
    }
}
