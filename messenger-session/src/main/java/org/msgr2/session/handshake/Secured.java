package org.msgr2.session.handshake;

import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.FrameEncoder;
import org.msgr2.core.frame.Revision;
import org.msgr2.crypto.auth.AuthSession;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;

/**
 * The result of a handshake: a connection whose peer is known and whose frames are protected as agreed. Whoever holds it
 * owns the decoder and closes it.
 *
 * @param connecting whether we dialled
 * @param peerType as its HELLO says
 * @param identity as authentication established it
 * @param auth what the peer may ask for later because of it
 * @param seenAs our address as the peer sees it
 * @param peerBanner what its banner supports
 */
public record Secured(
        boolean connecting,
        Revision revision,
        ConnectionMode mode,
        FrameEncoder encoder,
        FrameDecoder decoder,
        EntityType peerType,
        PeerIdentity identity,
        AuthSession auth,
        EntityAddr seenAs,
        BannerFeatures peerBanner) {}
