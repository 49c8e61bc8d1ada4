package org.msgr2.session.negotiation;

import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
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
import org.msgr2.core.frame.ControlFrame.SessionReconnect;
import org.msgr2.core.frame.ControlFrame.SessionReconnectOk;
import org.msgr2.core.frame.ControlFrame.SessionReset;
import org.msgr2.core.frame.ControlFrame.SessionRetry;
import org.msgr2.core.frame.ControlFrame.SessionRetryGlobal;
import org.msgr2.core.frame.ControlFrame.Wait;
import org.msgr2.session.Policy;
import org.msgr2.session.handshake.Secured;

/**
 * The dialling end: CLIENT_IDENT or SESSION_RECONNECT, then the acceptor's verdict, which may be another round over the same
 * transport (spec/msgr2 §5.2). Not thread-safe.
 */
public final class ConnectNegotiation {

    /**
     * What we tell.
     *
     * @param self our addresses
     * @param target the address that was dialled
     * @param gid our number within our type; -1 while it is not known
     * @param policy the session's
     * @param globalSeq the messenger's next {@code global_seq}, above the one given
     * @param cookies random ones, never 0
     * @param roundsMax how many frames the acceptor may need
     */
    public record Terms(
            EntityAddrVec self,
            EntityAddr target,
            long gid,
            Policy policy,
            LongUnaryOperator globalSeq,
            LongSupplier cookies,
            int roundsMax) {}

    /** What an answer of the acceptor means. */
    public sealed interface Verdict {}

    /** SERVER_IDENT: a session begins. */
    public record Begun(Established established) implements Verdict {}

    /**
     * SESSION_RECONNECT_OK: the session goes on.
     *
     * @param msgSeq the last of our messages that the peer has received
     */
    public record Resumed(long msgSeq) implements Verdict {}

    /** To be sent over the same transport. */
    public record Again(ControlFrame frame) implements Verdict {}

    /**
     * SESSION_RESET: the peer does not know the session. It is to be reset, and {@link #start} comes again.
     *
     * @param full what is queued is to be forgotten too
     */
    public record Forgotten(boolean full) implements Verdict {}

    /** WAIT: the peer's own connection wins. */
    public record Waiting() implements Verdict {}

    private final Terms terms;
    private final Secured secured;
    private final SessionIds ids;
    private boolean reconnecting;
    private long globalSeq;
    private long received;
    private int rounds;

    /** @param ids of the session, changed as the peer says */
    public ConnectNegotiation(Terms terms, Secured secured, SessionIds ids) {
        this.terms = terms;
        this.secured = secured;
        this.ids = ids;
    }

    /**
     * The first frame to send, and the first after a reset.
     *
     * @param inSeq the last message that the session has received
     */
    public ControlFrame start(long inSeq) {
        received = inSeq;
        globalSeq = terms.globalSeq().applyAsLong(0);
        reconnecting = ids.established();
        return reconnecting ? reconnect() : ident();
    }

    private ControlFrame ident() {
        Policy policy = terms.policy();
        if (!policy.lossy() && ids.clientCookie() == 0) {
            ids.begin(terms.cookies().getAsLong());
        }
        return new ClientIdent(
                terms.self(),
                terms.target(),
                terms.gid(),
                globalSeq,
                policy.featuresSupported(),
                policy.allRequired(),
                policy.lossy() ? ControlFrame.FLAG_LOSSY : 0,
                policy.lossy() ? 0 : ids.clientCookie());
    }

    private ControlFrame reconnect() {
        return new SessionReconnect(
                terms.self(), ids.clientCookie(), ids.serverCookie(), globalSeq, ids.connectSeq(), received);
    }

    /** @throws ProtocolException if this end is none: the transport is lost */
    public Verdict frame(ControlFrame frame) throws ProtocolException {
        try {
            if (++rounds > terms.roundsMax()) {
                throw new ProtocolException(
                        FaultKind.LIMIT, "more than " + terms.roundsMax() + " frames of negotiation");
            }
            return reconnecting ? reconnectAnswer(frame) : identAnswer(frame);
        } catch (ProtocolException e) {
            throw e.inFrame(frame.tag().name());
        }
    }

    private Verdict identAnswer(ControlFrame frame) throws ProtocolException {
        if (frame instanceof ServerIdent ident) {
            return new Begun(established(ident));
        }
        if (frame instanceof IdentMissingFeatures missing) {
            throw new ProtocolException(
                    FaultKind.FEATURE, "the peer requires features that we do not offer: " + missing.features());
        }
        if (frame instanceof Wait) {
            return waiting();
        }
        throw new ProtocolException(FaultKind.SEQUENCE, "unexpected while waiting for SERVER_IDENT");
    }

    private Verdict reconnectAnswer(ControlFrame frame) throws ProtocolException {
        if (frame instanceof SessionReconnectOk ok) {
            return new Resumed(ok.msgSeq());
        }
        if (frame instanceof SessionRetry retry) {
            ids.connectSeq(retry.connectSeq() + 1);
            return new Again(reconnect());
        }
        if (frame instanceof SessionRetryGlobal retry) {
            globalSeq = terms.globalSeq().applyAsLong(retry.globalSeq());
            return new Again(reconnect());
        }
        if (frame instanceof SessionReset reset) {
            return new Forgotten(reset.full());
        }
        if (frame instanceof Wait) {
            return waiting();
        }
        throw new ProtocolException(FaultKind.SEQUENCE, "unexpected while waiting for SESSION_RECONNECT_OK");
    }

    private Verdict waiting() throws ProtocolException {
        if (terms.policy().lossy()) {
            // A peer may say so to a peer of its own rank only; a lossy connection never is one.
            throw new ProtocolException(FaultKind.SEQUENCE, "the peer prefers a connection of its own");
        }
        return new Waiting();
    }

    /** What the session waits for, for messages. */
    public String waitingFor() {
        return reconnecting ? "SESSION_RECONNECT_OK" : "SERVER_IDENT";
    }

    private Established established(ServerIdent ident) throws ProtocolException {
        if (!ident.addrs().contains(terms.target())) {
            throw new ProtocolException(
                    FaultKind.AUTH, "wrong node: the peer is " + ident.addrs() + ", dialled was " + terms.target());
        }
        CephFeatures missing = terms.policy().featuresRequired().minus(ident.supported());
        if (!missing.isEmpty()) {
            // Ceph's userspace does not look, the kernel does: what a policy asks for by name is meant.
            throw new ProtocolException(FaultKind.FEATURE, "the peer lacks features that we require: " + missing);
        }
        if (!ident.lossy() && ident.cookie() == 0) {
            throw new ProtocolException(FaultKind.MALFORMED, "a session that outlives its connection needs a cookie");
        }
        // Who has asked for a lossy session has no cookie to come back with.
        boolean lossy = ident.lossy() || terms.policy().lossy();
        ids.establish(lossy ? 0 : ident.cookie());
        ids.heard(ident.globalSeq());
        return new Established(
                secured,
                EntityName.of(secured.peerType(), ident.gid()),
                ident.addrs(),
                terms.self(),
                ident.supported().and(terms.policy().featuresSupported()),
                lossy);
    }
}
