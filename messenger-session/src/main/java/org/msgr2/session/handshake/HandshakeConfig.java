package org.msgr2.session.handshake;

import io.netty.buffer.ByteBufAllocator;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.AuthProvider;

/**
 * What every handshake of a messenger has in common.
 *
 * @param self our type, for HELLO
 * @param supported what our banner offers
 * @param required what a peer's banner must offer
 * @param auth makes the authenticating machines
 * @param allowWeakSecureMode whether secure mode may be spoken in msgr2.0 too
 * @param limits every bound
 * @param allocator for received payloads
 */
public record HandshakeConfig(
        EntityType self,
        BannerFeatures supported,
        BannerFeatures required,
        AuthProvider auth,
        boolean allowWeakSecureMode,
        Limits limits,
        ByteBufAllocator allocator) {}
