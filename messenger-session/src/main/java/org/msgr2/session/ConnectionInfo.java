package org.msgr2.session;

import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Revision;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;

/**
 * What was negotiated on a ready connection. Immutable, but for what {@code auth} leads to.
 *
 * @param peerName type and number, as its ident frame says
 * @param peerAddrs the peer's addresses, as its ident frame says
 * @param identity who authentication says it is: the name and the capabilities to base permissions on
 * @param auth answers the peer's requests for more tickets, for whoever plays the monitor's role; this transport's only
 * @param localAddrs our own addresses, as our ident frame said
 * @param revision the layout of frames
 * @param mode their protection
 * @param peerBanner what the peer's banner supports
 * @param features what both ends support
 * @param lossy whether the first fault ends the session
 */
public record ConnectionInfo(
        EntityName peerName,
        EntityAddrVec peerAddrs,
        PeerIdentity identity,
        AuthSession auth,
        EntityAddrVec localAddrs,
        Revision revision,
        ConnectionMode mode,
        BannerFeatures peerBanner,
        CephFeatures features,
        boolean lossy) {}
