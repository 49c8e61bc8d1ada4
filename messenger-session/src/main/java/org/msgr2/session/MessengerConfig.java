package org.msgr2.session;

import java.time.Duration;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.AuthProvider;

/**
 * Everything that is fixed when a messenger starts; {@link Messenger.Builder} makes it. Immutable.
 *
 * @param name our own entity
 * @param auth our credentials, and our rules for those of others
 * @param policies which policy a session has
 * @param bannerSupported what our banner offers
 * @param bannerRequired what a peer's banner must offer
 * @param allowWeakSecureMode whether secure mode may be spoken in msgr2.0 too
 * @param limits every bound
 * @param keepaliveInterval how often a ready connection sends a KEEPALIVE2 unasked; zero is never
 * @param workers threads for dispatch
 * @param clock wall-clock time
 * @param entropy random bytes
 * @param handshakes hears of connections of peers that did not become sessions
 * @param frameObserver sees every frame go by; null for nobody
 */
public record MessengerConfig(
        EntityName name,
        AuthProvider auth,
        Policies policies,
        BannerFeatures bannerSupported,
        BannerFeatures bannerRequired,
        boolean allowWeakSecureMode,
        Limits limits,
        Duration keepaliveInterval,
        int workers,
        InstantSource clock,
        Entropy entropy,
        HandshakeListener handshakes,
        @Nullable FrameObserver frameObserver) {}
