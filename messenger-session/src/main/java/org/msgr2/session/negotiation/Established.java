package org.msgr2.session.negotiation;

import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.session.handshake.Secured;

/**
 * What both ends have agreed on: a transport that carries a session from now on.
 *
 * @param secured the transport
 * @param peerName the peer's type and number
 * @param peerAddrs as the peer tells them
 * @param localAddrs as we told them
 * @param features what both ends support
 * @param lossy as the accepting end decided
 */
public record Established(
        Secured secured,
        EntityName peerName,
        EntityAddrVec peerAddrs,
        EntityAddrVec localAddrs,
        CephFeatures features,
        boolean lossy) {

    /** The same over another transport. */
    public Established over(Secured transport) {
        return new Established(transport, peerName, peerAddrs, localAddrs, features, lossy);
    }
}
