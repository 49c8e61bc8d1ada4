package org.msgr2.session.negotiation;

import java.util.function.Function;
import java.util.function.LongSupplier;
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
import org.msgr2.core.frame.ControlFrame.SessionReconnect;
import org.msgr2.core.frame.ControlFrame.SessionReset;
import org.msgr2.core.frame.ControlFrame.SessionRetry;
import org.msgr2.core.frame.ControlFrame.SessionRetryGlobal;
import org.msgr2.core.frame.ControlFrame.Wait;
import org.msgr2.session.IncomingPeer;
import org.msgr2.session.Policy;
import org.msgr2.session.accept.AcceptDecision;
import org.msgr2.session.accept.AcceptRule;
import org.msgr2.session.accept.AcceptRules;
import org.msgr2.session.accept.AddressOrder;
import org.msgr2.session.accept.ExistingSession;
import org.msgr2.session.accept.IncomingConnection;
import org.msgr2.session.handshake.Secured;

/**
 * The accepting end: reads CLIENT_IDENT or SESSION_RECONNECT, checks it, and asks the {@link AcceptRules} (spec/msgr2 §5.3,
 * §5.4). Each frame comes in two steps: {@link #claims} says whose session to look for, {@link #decide} is told what was found.
 * Not thread-safe.
 */
public final class AcceptNegotiation {

    /**
     * What we tell.
     *
     * @param self our addresses; the peer must have dialled one of them
     * @param gid our number within our type
     * @param policy chooses what a session with the peer promises
     * @param globalSeq of the messenger
     * @param cookies random ones, never 0
     * @param roundsMax how many frames the peer may need
     */
    public record Terms(
            EntityAddrVec self,
            long gid,
            Function<IncomingPeer, Policy> policy,
            GlobalSeq globalSeq,
            LongSupplier cookies,
            int roundsMax) {}

    /**
     * Which session a frame is about.
     *
     * @param addrs what the peer says are its own addresses
     * @param policy what the session promises
     */
    public record Claim(EntityAddrVec addrs, Policy policy) {}

    /** What came of a frame. */
    public sealed interface Verdict {}

    /**
     * To be sent; the peer may go on negotiating.
     *
     * @param rule the one that decided, which may ask something of the existing session too; null if none was needed
     */
    public record Reply(ControlFrame frame, @Nullable AcceptRule rule) implements Verdict {}

    /**
     * A session begins over this transport, or one that exists is established anew.
     *
     * @param reply to be sent first
     * @param clientCookie the peer's half of the session's name; 0 if lossy
     * @param globalSeq of the peer's attempt
     */
    public record Begin(Established established, ServerIdent reply, long clientCookie, long globalSeq, AcceptRule rule)
            implements Verdict {}

    /** The existing session goes on over this transport; it answers by itself. */
    public record Resume(Secured secured, SessionReconnect asked) implements Verdict {}

    private final Terms terms;
    private final Secured secured;
    private int rounds;
    private @Nullable AcceptRule rule;

    public AcceptNegotiation(Terms terms, Secured secured) {
        this.terms = terms;
        this.secured = secured;
    }

    /**
     * Reads a frame of the peer's.
     *
     * @throws ProtocolException if the frame has no place here, or names no addresses that could be looked for
     */
    public Claim claims(ControlFrame frame) throws ProtocolException {
        try {
            if (++rounds > terms.roundsMax()) {
                throw new ProtocolException(
                        FaultKind.LIMIT, "more than " + terms.roundsMax() + " frames of negotiation");
            }
            if (frame instanceof ClientIdent ident) {
                return claim(ident.addrs(), ident.lossy());
            }
            if (frame instanceof SessionReconnect reconnect) {
                return claim(reconnect.addrs(), false);
            }
            throw new ProtocolException(FaultKind.SEQUENCE, "unexpected while waiting for CLIENT_IDENT");
        } catch (ProtocolException e) {
            throw e.inFrame(frame.tag().name());
        }
    }

    private Claim claim(EntityAddrVec addrs, boolean lossy) throws ProtocolException {
        if (addrs.isEmpty() || addrs.first().isBlankIp()) {
            throw new ProtocolException(FaultKind.MALFORMED, "the peer gives no address of its own: " + addrs);
        }
        IncomingPeer peer = new IncomingPeer(secured.peerType(), secured.identity(), lossy);
        return new Claim(addrs, terms.policy().apply(peer));
    }

    /**
     * Answers the frame that {@link #claims} has seen.
     *
     * @param claim what that has said
     * @param existing registered for those addresses; null if there is none, or if the policy registers nobody
     * @throws ProtocolException if the connection is to be closed without an answer
     */
    public Verdict decide(ControlFrame frame, Claim claim, @Nullable ExistingSession existing)
            throws ProtocolException {
        rule = null;
        try {
            return frame instanceof ClientIdent ident
                    ? ident(ident, claim.policy(), existing)
                    : reconnect((SessionReconnect) frame, claim.policy(), existing);
        } catch (ProtocolException e) {
            throw e.inFrame(frame.tag().name());
        }
    }

    /** The rule that {@link #decide} has gone by at last, whatever came of it; null if none was needed. */
    public @Nullable AcceptRule rule() {
        return rule;
    }

    private Verdict ident(ClientIdent ident, Policy policy, @Nullable ExistingSession existing)
            throws ProtocolException {
        if (!terms.self().contains(ident.target())) {
            throw new ProtocolException(
                    FaultKind.AUTH, "the peer looks for " + ident.target() + ", we are " + terms.self());
        }
        CephFeatures missing = policy.allRequired().minus(ident.supported());
        if (!missing.isEmpty()) {
            return new Reply(new IdentMissingFeatures(missing), null);
        }
        AcceptDecision decision = decision(
                existing,
                new IncomingConnection.Ident(ident.cookie(), ident.globalSeq()),
                policy,
                order(ident.addrs()));
        return switch (decision.action()) {
            case WAIT, WAIT_AND_KEEP_ALIVE -> new Reply(new Wait(), decision.rule());
            case NEW_SESSION, REPLACE_SESSION, TAKE_OVER, RESET_AND_TAKE_OVER -> begin(ident, policy, decision.rule());
            default -> throw new IllegalStateException("no answer to CLIENT_IDENT: " + decision);
        };
    }

    private Begin begin(ClientIdent ident, Policy policy, AcceptRule rule) {
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
                terms.globalSeq().next(0),
                policy.featuresSupported(),
                policy.allRequired(),
                policy.lossy() ? ControlFrame.FLAG_LOSSY : 0,
                policy.lossy() ? 0 : terms.cookies().getAsLong());
        return new Begin(established, reply, ident.cookie(), ident.globalSeq(), rule);
    }

    private Verdict reconnect(SessionReconnect asked, Policy policy, @Nullable ExistingSession existing)
            throws ProtocolException {
        AcceptDecision decision = decision(
                existing,
                new IncomingConnection.Reconnect(
                        asked.clientCookie(),
                        asked.serverCookie(),
                        asked.globalSeq(),
                        asked.connectSeq(),
                        asked.msgSeq()),
                policy,
                order(asked.addrs()));
        return switch (decision.action()) {
            case RESET_FULL, RESET_BOTH -> new Reply(new SessionReset(true), decision.rule());
            case RESET_PARTIAL -> new Reply(new SessionReset(false), decision.rule());
            case RETRY -> new Reply(new SessionRetry(decision.seq()), decision.rule());
            case RETRY_GLOBAL -> new Reply(new SessionRetryGlobal(decision.seq()), decision.rule());
            case WAIT_AND_KEEP_ALIVE -> new Reply(new Wait(), decision.rule());
            case RECONNECT -> new Resume(secured, asked);
            default -> throw new IllegalStateException("no answer to SESSION_RECONNECT: " + decision);
        };
    }

    private AcceptDecision decision(
            @Nullable ExistingSession existing, IncomingConnection incoming, Policy policy, AddressOrder order)
            throws ProtocolException {
        AcceptDecision decision = AcceptRules.decide(existing, incoming, policy, order);
        rule = decision.rule();
        switch (decision.action()) {
            case DROP_AND_KEEP_ALIVE ->
                throw new ProtocolException(FaultKind.SEQUENCE, "a stale attempt: the peer has connected again since");
            case REFUSE ->
                throw new ProtocolException(
                        FaultKind.AUTH, "the session of these addresses is with another entity than " + name());
            default -> {}
        }
        return decision;
    }

    private EntityName name() {
        return secured.identity().name();
    }

    private AddressOrder order(EntityAddrVec peer) {
        return AddressOrder.of(msgr2(peer), msgr2(terms.self()));
    }

    private static EntityAddr msgr2(EntityAddrVec addrs) {
        return addrs.addrs().stream()
                .filter(addr -> addr.type() == EntityAddr.Type.MSGR2)
                .findFirst()
                .orElse(addrs.isEmpty() ? EntityAddr.BLANK : addrs.first());
    }
}
