package org.msgr2.session.negotiation;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.ClientIdent;
import org.msgr2.core.frame.ControlFrame.IdentMissingFeatures;
import org.msgr2.core.frame.ControlFrame.ServerIdent;
import org.msgr2.core.frame.ControlFrame.Wait;
import org.msgr2.session.Policy;
import org.msgr2.session.handshake.Secured;

/**
 * The dialling end: CLIENT_IDENT, then the acceptor's verdict (spec/msgr2 §5.2). Sessions that outlive a transport will
 * say SESSION_RECONNECT instead. Not thread-safe.
 */
public final class ConnectNegotiation {

    /**
     * What we tell.
     *
     * @param self our addresses
     * @param target the address that was dialled
     * @param gid our number within our type; -1 while it is not known
     * @param globalSeq of this attempt
     */
    public record Terms(EntityAddrVec self, EntityAddr target, long gid, long globalSeq, Policy policy) {}

    private final Terms terms;
    private final Secured secured;

    public ConnectNegotiation(Terms terms, Secured secured) {
        this.terms = terms;
        this.secured = secured;
    }

    /** The first frame to send. */
    public ControlFrame start() {
        Policy policy = terms.policy();
        return new ClientIdent(
                terms.self(),
                terms.target(),
                terms.gid(),
                terms.globalSeq(),
                policy.featuresSupported(),
                policy.allRequired(),
                policy.lossy() ? ControlFrame.FLAG_LOSSY : 0,
                0);
    }

    /** @return the agreement, or null if more frames have to come */
    public @Nullable Established frame(ControlFrame frame) throws ProtocolException {
        if (frame instanceof ServerIdent ident) {
            return established(ident);
        }
        if (frame instanceof IdentMissingFeatures missing) {
            throw new ProtocolException(
                            FaultKind.FEATURE, "the peer requires features that we do not offer: " + missing.features())
                    .inFrame(frame.tag().name());
        }
        if (frame instanceof Wait) {
            // A peer may say so to a peer of its own rank only; a lossy connection never is one.
            throw new ProtocolException(FaultKind.SEQUENCE, "the peer prefers a connection of its own")
                    .inFrame(frame.tag().name());
        }
        throw new ProtocolException(FaultKind.SEQUENCE, "unexpected while waiting for SERVER_IDENT")
                .inFrame(frame.tag().name());
    }

    private Established established(ServerIdent ident) throws ProtocolException {
        if (!ident.addrs().contains(terms.target())) {
            throw new ProtocolException(
                            FaultKind.AUTH,
                            "wrong node: the peer is " + ident.addrs() + ", dialled was " + terms.target())
                    .inFrame(ident.tag().name());
        }
        CephFeatures missing = terms.policy().featuresRequired().minus(ident.supported());
        if (!missing.isEmpty()) {
            // Ceph's userspace does not look, the kernel does: what a policy asks for by name is meant.
            throw new ProtocolException(FaultKind.FEATURE, "the peer lacks features that we require: " + missing)
                    .inFrame(ident.tag().name());
        }
        return new Established(
                secured,
                EntityName.of(secured.peerType(), ident.gid()),
                ident.addrs(),
                terms.self(),
                ident.supported().and(terms.policy().featuresSupported()),
                ident.lossy());
    }
}
