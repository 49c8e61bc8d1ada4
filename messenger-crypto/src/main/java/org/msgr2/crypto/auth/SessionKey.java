package org.msgr2.crypto.auth;

import java.security.GeneralSecurityException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.msgr2.core.wire.Opaque;

/**
 * The key that both ends share after authentication; it signs what they have said to each other until then
 * (spec/msgr2 §3.5). Immutable and thread-safe. The key is never printed.
 */
public final class SessionKey {
    /** Of HMAC-SHA256. */
    public static final int SIGNATURE_BYTES = 32;

    /** No key, as with method NONE: signatures are zeros, and zeros are required. */
    public static final SessionKey NONE = new SessionKey(Opaque.EMPTY);

    private final Opaque secret;

    private SessionKey(Opaque secret) {
        this.secret = secret;
    }

    /** @param secret the raw key; copied */
    public static SessionKey of(byte[] secret) {
        if (secret.length == 0) {
            throw new IllegalArgumentException("a session key must not be empty");
        }
        return new SessionKey(Opaque.copyOf(secret));
    }

    /** HMAC-SHA256 over the first {@code length} bytes of the log, or zeros without a key. */
    public Opaque sign(byte[] log, int length) {
        if (secret.isEmpty()) {
            return Opaque.zeros(SIGNATURE_BYTES);
        }
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.toByteArray(), "HmacSHA256"));
            mac.update(log, 0, length);
            return Opaque.copyOf(mac.doFinal());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    @Override
    public String toString() {
        return secret.isEmpty() ? "no session key" : "session key";
    }
}
