package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import java.util.Random;
import java.util.function.IntSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.none.NoneAuth;

/** A client and a monitor with their addresses, and configurations that differ from the default one in one thing. */
final class HandshakeFixture {
    static final EntityAddr TARGET = EntityAddr.parse("v2:10.0.0.1:3300/7");
    static final EntityAddr REMOTE = EntityAddr.parse("v2:192.168.3.4:51000/0");
    static final AuthProvider CLIENT_A = new NoneAuth(EntityName.parse("client.a"));
    static final AuthProvider MON_A = new NoneAuth(EntityName.parse("mon.a"));

    /** AUTH_SIGNATURE in crc mode, msgr2.1. */
    static final int SIGNATURE_FRAME_BYTES = 68;

    private final ByteBufAllocator allocator;

    HandshakeFixture(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    /** How a stream is cut. */
    enum Cut {
        WHOLE,
        BYTE_BY_BYTE,
        RANDOM;

        IntSupplier sizes(long seed) {
            Random random = new Random(seed);
            return switch (this) {
                case WHOLE -> () -> Integer.MAX_VALUE;
                case BYTE_BY_BYTE -> () -> 1;
                case RANDOM -> () -> 1 + random.nextInt(60);
            };
        }
    }

    HandshakeEnd connecting(AuthProvider auth) throws ProtocolException {
        return HandshakeEnd.connecting(config(EntityType.CLIENT, auth), TARGET, EntityType.MON);
    }

    HandshakeEnd accepting(AuthProvider auth) throws ProtocolException {
        return HandshakeEnd.accepting(config(EntityType.MON, auth), REMOTE);
    }

    HandshakeConfig config(EntityType self, AuthProvider auth) {
        return HandshakeEnd.config(self, auth, allocator);
    }

    static HandshakeConfig with(HandshakeConfig config, long supported, long required) {
        return new HandshakeConfig(
                config.self(),
                new BannerFeatures(supported),
                new BannerFeatures(required),
                config.auth(),
                config.allowWeakSecureMode(),
                config.limits(),
                config.allocator());
    }

    static HandshakeConfig weak(HandshakeConfig config, boolean allowed) {
        return new HandshakeConfig(
                config.self(),
                config.supported(),
                config.required(),
                config.auth(),
                allowed,
                config.limits(),
                config.allocator());
    }

    static HandshakeConfig with(HandshakeConfig config, Limits.Handshake limits) {
        return new HandshakeConfig(
                config.self(),
                config.supported(),
                config.required(),
                config.auth(),
                config.allowWeakSecureMode(),
                config.limits().withHandshake(limits),
                config.allocator());
    }

    /** The default bounds but for the rounds of authentication. */
    static Limits.Handshake rounds(int rounds) {
        return handshake(Limits.defaults().handshake().signatureLogBytesMax(), rounds);
    }

    /** The default bounds but for the signature logs. */
    static Limits.Handshake signed(int bytes) {
        return handshake(bytes, Limits.defaults().handshake().authRoundsMax());
    }

    private static Limits.Handshake handshake(int signatureLogBytesMax, int authRoundsMax) {
        Limits.Handshake defaults = Limits.defaults().handshake();
        return new Limits.Handshake(
                defaults.frameBytesMax(),
                signatureLogBytesMax,
                defaults.readBufferBytes(),
                defaults.writeBufferBytes(),
                defaults.bannerPayloadBytesMax(),
                authRoundsMax,
                defaults.negotiationRoundsMax(),
                defaults.peersMax());
    }

    static void assertFault(ThrowingCallable action, FaultKind kind, String message) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessage(message);
    }
}
