package org.msgr2.session.accept;

import org.jspecify.annotations.Nullable;
import org.msgr2.session.Policy;
import org.msgr2.session.accept.ExistingSession.Phase;
import org.msgr2.session.accept.IncomingConnection.Ident;
import org.msgr2.session.accept.IncomingConnection.Reconnect;

/**
 * Decides what an incoming connection means for the session that is registered for the peer's addresses: the first
 * {@link AcceptRule} that holds (spec/msgr2 §5.3, §5.4). Pure, and total: there is a decision for whatever a peer says and
 * whatever we remember.
 *
 * <p>Stricter than Ceph: a session is taken over, reset or evicted only for the entity that it is with, the server cookie is
 * compared, a session that the peer has never confirmed is not reset for having another cookie if both ends may dial, a
 * position that the peer cannot have reached is not adopted, and a peer counts as restarted only if its attempt cannot be an
 * old one.
 */
public final class AcceptRules {
    private AcceptRules() {}

    /**
     * @param existing registered for exactly the addresses that the peer tells; null if there is none
     * @param policy for peers of that type
     */
    public static AcceptDecision decide(
            @Nullable ExistingSession existing, IncomingConnection incoming, Policy policy, AddressOrder order) {
        if (incoming instanceof Ident ident) {
            return policy.registers()
                    ? ident(existing, ident, policy, order)
                    : new AcceptDecision(AcceptRule.IDENT_ANONYMOUS);
        }
        // Nobody is registered under a policy that registers nobody, so existing is null then.
        return reconnect(existing, (Reconnect) incoming, order);
    }

    private static AcceptDecision ident(
            @Nullable ExistingSession existing, Ident ident, Policy policy, AddressOrder order) {
        if (existing == null) {
            return new AcceptDecision(AcceptRule.IDENT_NEW);
        }
        return new AcceptDecision(identRule(existing, ident, policy, order));
    }

    private static AcceptRule identRule(ExistingSession existing, Ident ident, Policy policy, AddressOrder order) {
        boolean idle = existing.phase() == Phase.READY || existing.phase() == Phase.STANDBY;
        boolean stale = isLess(ident.globalSeq(), existing.peerGlobalSeq());
        boolean otherCookie = existing.clientCookie() != ident.clientCookie();
        if (existing.phase() == Phase.CLOSED) {
            return AcceptRule.IDENT_AFTER_CLOSED;
        }
        if (!existing.sameEntity()) {
            return AcceptRule.IDENT_OTHER_ENTITY;
        }
        if (existing.replacing()) {
            return AcceptRule.IDENT_WHILE_REPLACING;
        }
        if (stale) {
            boolean restarted = existing.clientCookie() != 0
                    && ident.clientCookie() != 0
                    && otherCookie
                    && !idle
                    && !existing.heardSince();
            return restarted ? AcceptRule.IDENT_PEER_RESTARTED : AcceptRule.IDENT_STALE;
        }
        if (existing.lossy()) {
            return AcceptRule.IDENT_OVER_LOSSY;
        }
        if (policy.lossy()) {
            return AcceptRule.IDENT_LOSSY;
        }
        if (existing.clientCookie() != 0 && existing.serverCookie() != 0 && otherCookie) {
            if (!existing.confirmed() && !existing.server()) {
                return AcceptRule.IDENT_NOT_CONFIRMED;
            }
            return existing.resetCheck() ? AcceptRule.IDENT_PEER_FORGOT_CHECKED : AcceptRule.IDENT_PEER_FORGOT;
        }
        if (!otherCookie) {
            return AcceptRule.IDENT_AGAIN;
        }
        if (idle) {
            return AcceptRule.IDENT_OVER_IDLE;
        }
        if (existing.server()) {
            return AcceptRule.IDENT_RACE_SERVER;
        }
        return order == AddressOrder.PEER_SMALLER ? AcceptRule.IDENT_RACE_LOST : AcceptRule.IDENT_RACE_WON;
    }

    private static AcceptDecision reconnect(
            @Nullable ExistingSession existing, Reconnect reconnect, AddressOrder order) {
        if (existing == null) {
            return new AcceptDecision(AcceptRule.RECONNECT_NOTHING);
        }
        AcceptRule rule = reconnectRule(existing, reconnect, order);
        long seq = switch (rule.action()) {
            case RETRY -> existing.connectSeq();
            case RETRY_GLOBAL -> existing.peerGlobalSeq();
            default -> 0;
        };
        return new AcceptDecision(rule, seq);
    }

    private static AcceptRule reconnectRule(ExistingSession existing, Reconnect reconnect, AddressOrder order) {
        if (existing.phase() == Phase.CLOSED) {
            return AcceptRule.RECONNECT_CLOSED;
        }
        if (!existing.sameEntity()) {
            return AcceptRule.RECONNECT_OTHER_ENTITY;
        }
        if (existing.replacing()) {
            return AcceptRule.RECONNECT_WHILE_REPLACING;
        }
        // One that is merely disposable still has its cookies.
        if (existing.lossy() && existing.clientCookie() == 0 && existing.serverCookie() == 0) {
            return AcceptRule.RECONNECT_OVER_LOSSY;
        }
        if (existing.serverCookie() != 0
                && !existing.confirmed()
                && !existing.server()
                && (existing.clientCookie() != reconnect.clientCookie()
                        || existing.serverCookie() != reconnect.serverCookie())) {
            return AcceptRule.RECONNECT_NOT_CONFIRMED;
        }
        if (existing.clientCookie() != reconnect.clientCookie()) {
            return existing.resetCheck()
                    ? AcceptRule.RECONNECT_CLIENT_COOKIE_CHECKED
                    : AcceptRule.RECONNECT_CLIENT_COOKIE;
        }
        if (existing.serverCookie() == 0) {
            return AcceptRule.RECONNECT_NOT_ESTABLISHED;
        }
        if (existing.serverCookie() != reconnect.serverCookie()) {
            return existing.resetCheck()
                    ? AcceptRule.RECONNECT_SERVER_COOKIE_CHECKED
                    : AcceptRule.RECONNECT_SERVER_COOKIE;
        }
        if (isLess(reconnect.globalSeq(), existing.peerGlobalSeq())) {
            return AcceptRule.RECONNECT_STALE;
        }
        if (isLess(reconnect.connectSeq(), existing.connectSeq())) {
            return AcceptRule.RECONNECT_BEHIND;
        }
        if (reconnect.connectSeq() == existing.connectSeq()
                && order == AddressOrder.PEER_LARGER
                && !existing.server()) {
            return AcceptRule.RECONNECT_RACE_WON;
        }
        if (isLess(reconnect.msgSeq(), existing.ackedSeq()) || isLess(existing.sentSeq(), reconnect.msgSeq())) {
            return AcceptRule.RECONNECT_IMPOSSIBLE_SEQ;
        }
        return AcceptRule.RECONNECT_OK;
    }

    /** Sequence numbers are unsigned. */
    private static boolean isLess(long a, long b) {
        return Long.compareUnsigned(a, b) < 0;
    }
}
