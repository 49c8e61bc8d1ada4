package org.msgr2.crypto.auth.cephx;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Set;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;

/** Who may log in, and with which key. An immutable snapshot. */
final class Entities {
    private static final String MON = "mon";

    private final Keyring keyring;
    private final Set<KeyType> keyTypes;
    private final CryptoKey nobodys;

    /**
     * One that exists.
     *
     * @param caps by service
     */
    record Entity(CryptoKey key, SortedMap<String, String> caps) {
        String caps(String service) {
            return caps.getOrDefault(service, "");
        }

        Capabilities capabilities() {
            return Capabilities.of(caps);
        }
    }

    /** @param keyTypes that are allowed */
    Entities(Keyring keyring, Set<KeyType> keyTypes, Entropy entropy) {
        this.keyring = keyring;
        this.keyTypes = keyTypes;
        long aes = keyring.entries().values().stream()
                .filter(entry -> entry.key().type() == KeyType.AES)
                .count();
        // Of the type that most have, so that the work for an unknown name looks like that for a known one.
        KeyType usual = 2 * aes >= keyring.entries().size() ? KeyType.AES : KeyType.AES256KRB5;
        this.nobodys = CryptoKey.generate(usual, UTime.ZERO, entropy);
    }

    /**
     * The entity, if it exists, its key is of an allowed type, and the proof was made with that key. The work is the same
     * whether or not the entity exists.
     */
    Entity authenticate(EntityName name, long serverChallenge, Authenticate request) throws Refused {
        Keyring.@Nullable Entry entry = keyring.find(name).orElse(null);
        CryptoKey key = entry == null ? nobodys : entry.key();
        boolean proven = isEqual(key.challengeProof(serverChallenge, request.clientChallenge()), request.proof());
        if (entry == null) {
            throw new Refused(LoginListener.Reason.UNKNOWN_ENTITY);
        }
        if (!proven) {
            throw new Refused(LoginListener.Reason.WRONG_KEY);
        }
        return allowed(entry);
    }

    /** The entity, if it still exists: for requests of a session that has authenticated. */
    Entity known(EntityName name) throws Refused {
        Keyring.@Nullable Entry entry = keyring.find(name).orElse(null);
        if (entry == null) {
            throw new Refused(LoginListener.Reason.UNKNOWN_ENTITY);
        }
        return allowed(entry);
    }

    private Entity allowed(Keyring.Entry entry) throws Refused {
        if (!keyTypes.contains(entry.key().type())) {
            throw new Refused(LoginListener.Reason.KEY_TYPE);
        }
        return new Entity(entry.key(), entry.caps());
    }

    /** Nobody logs in without capabilities at the monitor (spec/msgr2 §3.8). */
    static void requireMonCaps(Entity entity) throws Refused {
        if (entity.caps(MON).isEmpty()) {
            throw new Refused(LoginListener.Reason.NO_CAPABILITIES);
        }
    }

    private static boolean isEqual(long a, long b) {
        return MessageDigest.isEqual(bytes(a), bytes(b));
    }

    private static byte[] bytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
