package org.msgr2.session;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Revision;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.session.transport.TransportSecurity;

/**
 * What was negotiated on a ready connection. Immutable, but for what {@code auth} leads to.
 *
 * @param peerName type and number, as its ident frame says
 * @param peerAddrs the peer's addresses, as its ident frame says
 * @param identity who authentication says it is: the name and the capabilities to base permissions on
 * @param auth answers the peer's requests for more tickets, for whoever plays the monitor's role; with a monitor that we
 *     dialled, finds the renewal that belongs to it. This transport's only
 * @param localAddrs our own addresses, as our ident frame said
 * @param revision the layout of frames
 * @param mode their protection
 * @param peerBanner what the peer's banner supports
 * @param features what both ends support
 * @param lossy whether the first fault ends the session
 * @param tls what protects the connection below the protocol, with the peer's certificate; null if it is not inside TLS.
 *     Independent of {@code mode} and {@code identity}
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
        boolean lossy,
        @Nullable TransportSecurity tls) {

    /** Without TLS. */
    public ConnectionInfo(
            EntityName peerName,
            EntityAddrVec peerAddrs,
            PeerIdentity identity,
            AuthSession auth,
            EntityAddrVec localAddrs,
            Revision revision,
            ConnectionMode mode,
            BannerFeatures peerBanner,
            CephFeatures features,
            boolean lossy) {
        this(peerName, peerAddrs, identity, auth, localAddrs, revision, mode, peerBanner, features, lossy, null);
    }

    /** The same over such a transport. */
    public ConnectionInfo withSecurity(@Nullable TransportSecurity security) {
        return new ConnectionInfo(
                peerName, peerAddrs, identity, auth, localAddrs, revision, mode, peerBanner, features, lossy, security);
    }
}
