package org.msgr2.session;

import org.msgr2.core.feature.CephFeatures;

/**
 * What a session towards a kind of peer promises (spec/msgr2 §6). The accepting end decides whether it is lossy.
 *
 * @param name as Ceph names it
 * @param lossy the connection ends with its first fault and nothing is replayed; otherwise the session outlives it
 * @param server never dials: the peer has to come back
 * @param registerLossyClients a lossy peer occupies a place by its addresses, and its successor evicts it; without, it is
 *     anonymous
 * @param featuresSupported what we advertise
 * @param featuresRequired what the peer must have besides {@link CephFeatures#MSGR2_REQUIRED}
 */
public record Policy(
        String name,
        boolean lossy,
        boolean server,
        boolean registerLossyClients,
        CephFeatures featuresSupported,
        CephFeatures featuresRequired) {

    /** Dials; after a fault it is gone, and the application decides what to send again. Towards monitors, OSDs, managers. */
    public static Policy lossyClient() {
        return new Policy("lossy_client", true, false, true, CephFeatures.MESSENGER, CephFeatures.NONE);
    }

    /** Answers any number of clients without remembering them. */
    public static Policy statelessServer() {
        return new Policy("stateless_server", true, true, false, CephFeatures.MESSENGER, CephFeatures.NONE);
    }

    /** The same with other features advertised: a real daemon wants {@link CephFeatures#PACIFIC}. */
    public Policy withFeatures(CephFeatures supported, CephFeatures required) {
        return new Policy(name, lossy, server, registerLossyClients, supported, required);
    }

    /** What the peer must have, all told. */
    public CephFeatures allRequired() {
        return featuresRequired.or(CephFeatures.MSGR2_REQUIRED);
    }
}
