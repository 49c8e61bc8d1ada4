package org.msgr2.session;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.feature.CephFeatures;

/**
 * What a session towards a kind of peer promises (spec/msgr2 §6). The accepting end decides whether it is lossy.
 *
 * @param name as Ceph names it
 * @param lossy the connection ends with its first fault and nothing is replayed; otherwise the session outlives it
 * @param server never dials: the peer has to come back
 * @param standby after a fault, with nothing to send, stays quiet until there is something, or until the peer comes back
 * @param resetCheck notices that the peer has forgotten the session, and says so; otherwise what is queued goes to the peer's
 *     next incarnation
 * @param registerLossyClients a lossy peer occupies a place by its addresses, and its successor evicts it; without, it is
 *     anonymous
 * @param featuresSupported what we advertise
 * @param featuresRequired what the peer must have besides {@link CephFeatures#MSGR2_REQUIRED}
 * @param throttle what all its connections together may have received and not released; null for any number
 */
public record Policy(
        String name,
        boolean lossy,
        boolean server,
        boolean standby,
        boolean resetCheck,
        boolean registerLossyClients,
        CephFeatures featuresSupported,
        CephFeatures featuresRequired,
        @Nullable PolicyThrottle throttle) {

    private static Policy of(
            String name, boolean lossy, boolean server, boolean standby, boolean resetCheck, boolean register) {
        return new Policy(
                name, lossy, server, standby, resetCheck, register, CephFeatures.MESSENGER, CephFeatures.NONE, null);
    }

    /** Dials; after a fault it is gone, and the application decides what to send again. Towards monitors, OSDs, managers. */
    public static Policy lossyClient() {
        return of("lossy_client", true, false, false, false, true);
    }

    /** Dials, and dials again after a fault: the session goes on where it was. Towards a {@link #statefulServer}. */
    public static Policy losslessClient() {
        return of("lossless_client", false, false, false, true, true);
    }

    /** Answers any number of clients without remembering them. */
    public static Policy statelessServer() {
        return of("stateless_server", true, true, false, false, false);
    }

    /** The same, but one client per address vector: a newer one evicts the older. */
    public static Policy statelessRegisteredServer() {
        return of("stateless_registered_server", true, true, false, false, true);
    }

    /** Keeps a client's session over its connections, and waits for it to come back. */
    public static Policy statefulServer() {
        return of("stateful_server", false, true, true, true, true);
    }

    /** An equal: either end dials, and neither minds that the other was restarted. */
    public static Policy losslessPeer() {
        return of("lossless_peer", false, false, true, false, true);
    }

    /** An equal whose restart is noticed: what was queued for its former self is dropped, and said so. */
    public static Policy losslessPeerReuse() {
        return of("lossless_peer_reuse", false, false, true, true, true);
    }

    /** All of them, by Ceph's names. */
    public static List<Policy> all() {
        return List.of(
                lossyClient(),
                losslessClient(),
                statelessServer(),
                statelessRegisteredServer(),
                statefulServer(),
                losslessPeer(),
                losslessPeerReuse());
    }

    /** The same with other features advertised: a real daemon wants {@link CephFeatures#PACIFIC}. */
    public Policy withFeatures(CephFeatures supported, CephFeatures required) {
        return new Policy(
                name, lossy, server, standby, resetCheck, registerLossyClients, supported, required, throttle);
    }

    /** The same with a bound on what its connections have received and not released; null for none, as without. */
    public Policy withThrottle(@Nullable PolicyThrottle bound) {
        return new Policy(
                name,
                lossy,
                server,
                standby,
                resetCheck,
                registerLossyClients,
                featuresSupported,
                featuresRequired,
                bound);
    }

    /** The same towards a peer that cannot be dialled: whatever there is to send, the peer has to come back for it. */
    public Policy waitingForPeer() {
        return new Policy(
                name,
                lossy,
                true,
                standby,
                resetCheck,
                registerLossyClients,
                featuresSupported,
                featuresRequired,
                throttle);
    }

    /** Whether it is for connections that come in: every policy is but a lossy client's. */
    public boolean accepts() {
        return server || !lossy;
    }

    /** Whether a peer has a place by its addresses, which another connection of it may take over or evict. */
    public boolean registers() {
        return !server || !lossy || registerLossyClients;
    }

    /** What the peer must have, all told. */
    public CephFeatures allRequired() {
        return featuresRequired.or(CephFeatures.MSGR2_REQUIRED);
    }
}
