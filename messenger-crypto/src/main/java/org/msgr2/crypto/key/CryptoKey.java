package org.msgr2.crypto.key;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.Destroyable;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * A secret that an entity, a service or the two ends of a ticket share (spec/msgr2 §3.6).
 *
 * <pre>
 * u16 type | utime created | u16 length | secret
 * </pre>
 *
 * <p>Base64 of these bytes is the {@code key} of a keyring. Immutable except for {@link #destroy}; thread-safe. Every
 * operation takes a cipher of its own from the JCA: keys are used a few times per handshake, and nothing of a key stays
 * behind in a thread that way.
 *
 * <p>The secret is in no message and no {@link #toString}. Whatever is wrong with a ciphertext, {@link #decrypt} and
 * {@link #decodeDecrypt} throw the same {@link FaultKind#AUTH} fault, which does not tell which check failed.
 */
public abstract sealed class CryptoKey implements Destroyable permits AesKey, Aes256Krb5Key {
    private static final int HEADER_BYTES = Short.BYTES + UTime.BYTES + Short.BYTES;

    /** {@code u8 1, u64 magic}: what the envelope puts before an object. */
    static final int ENVELOPE_BYTES = 1 + Long.BYTES;

    private static final int ENVELOPE_VERSION = 1;
    private static final long ENVELOPE_MAGIC = 0xff00_9cad_8826_aa55L;
    private static final int OBJECT_BYTES_INITIAL = 128;

    private final KeyType type;
    private final UTime created;
    private final byte[] secret; // guarded by itself
    private boolean destroyed; // guarded by secret

    /** @param secret becomes the key's own */
    CryptoKey(KeyType type, UTime created, byte[] secret) {
        this.type = type;
        this.created = created;
        this.secret = secret;
    }

    /**
     * A key of that secret.
     *
     * @param secret copied
     * @throws IllegalArgumentException if its length is not the type's
     */
    public static CryptoKey of(KeyType type, UTime created, byte[] secret) {
        if (secret.length != type.secretBytes()) {
            throw new IllegalArgumentException(
                    "a secret of type " + type + " has " + type.secretBytes() + " bytes, not " + secret.length);
        }
        byte[] own = secret.clone();
        return switch (type) {
            case AES -> new AesKey(created, own);
            case AES256KRB5 -> new Aes256Krb5Key(created, own);
        };
    }

    /** A new key. */
    public static CryptoKey generate(KeyType type, UTime created, Entropy entropy) {
        byte[] secret = new byte[type.secretBytes()];
        entropy.nextBytes(secret);
        try {
            return of(type, created, secret);
        } finally {
            wipe(secret);
        }
    }

    /** Decodes what {@link #write} writes. A type that we do not know is a {@link FaultKind#FEATURE} fault. */
    public static CryptoKey read(WireReader in, String field) throws WireException {
        KeyType type = KeyType.fromWire(in.u16(field), field);
        UTime created = UTime.read(in, field);
        int length = in.u16(field);
        if (length != type.secretBytes()) {
            throw new WireException(
                    field + ": a secret of " + length + " bytes, type " + type + " has " + type.secretBytes());
        }
        byte[] secret = in.bytes(length, field);
        try {
            return of(type, created, secret);
        } finally {
            wipe(secret);
        }
    }

    public final void write(WireWriter out) {
        byte[] copy = secret();
        out.u16(type.code());
        created.write(out);
        out.u16(copy.length).bytes(copy);
        wipe(copy);
    }

    /**
     * Decodes the text that a keyring holds. It has to be canonical, with its padding and nothing behind it.
     *
     * @throws IllegalArgumentException with a message for a user, in which nothing of the text appears
     */
    public static CryptoKey parseBase64(String text) {
        byte[] bytes = new byte[0];
        try {
            bytes = Base64.getDecoder().decode(text);
            WireReader in = new WireReader(Unpooled.wrappedBuffer(bytes));
            CryptoKey key = read(in, "key");
            if (in.remaining() == 0 && key.toBase64().equals(text)) {
                return key;
            }
            key.destroy();
        } catch (IllegalArgumentException | WireException e) {
            // Their messages can quote what may be a part of a secret.
        } finally {
            wipe(bytes);
        }
        throw new IllegalArgumentException("not the base64 text of a key of type aes or aes256k");
    }

    /** The text that a keyring holds. Once made, it cannot be wiped. */
    public final String toBase64() {
        ByteBuf bytes = Unpooled.buffer(HEADER_BYTES + type.secretBytes(), HEADER_BYTES + type.secretBytes());
        try {
            write(new WireWriter(bytes));
            byte[] text = Base64.getEncoder().encode(bytes.array());
            try {
                return new String(text, StandardCharsets.US_ASCII);
            } finally {
                wipe(text);
            }
        } finally {
            wipe(bytes.array());
        }
    }

    public final KeyType type() {
        return type;
    }

    /** When the key was made, by the clock of whoever made it. */
    public final UTime created() {
        return created;
    }

    /**
     * A copy of the secret; whoever asks for it wipes it.
     *
     * @throws IllegalStateException if the key is destroyed
     */
    public final byte[] secret() {
        synchronized (secret) {
            if (destroyed) {
                throw new IllegalStateException("the key is destroyed");
            }
            return secret.clone();
        }
    }

    /**
     * Encrypts bytes as they are.
     *
     * @param plaintext stays as it is
     * @param entropy for types that randomize
     */
    public abstract Opaque encrypt(KeyUsage usage, byte[] plaintext, Entropy entropy);

    /**
     * The reverse of {@link #encrypt}.
     *
     * @return the plaintext; whoever gets it may wipe it
     * @throws ProtocolException if the ciphertext was not made with this key, and for this usage, as far as the type can tell
     */
    public abstract byte[] decrypt(KeyUsage usage, Opaque ciphertext) throws ProtocolException;

    /** Encrypts an object in the envelope {@code u8 1, u64 magic, object} that all of cephx uses. */
    public final Opaque encodeEncrypt(KeyUsage usage, Consumer<WireWriter> object, Entropy entropy) {
        ByteBuf envelope = Unpooled.buffer(OBJECT_BYTES_INITIAL);
        WireWriter out = new WireWriter(envelope);
        object.accept(writeEnvelope(out));
        byte[] plaintext = ByteBufUtil.getBytes(envelope);
        try {
            return encrypt(usage, plaintext, entropy);
        } finally {
            wipe(plaintext);
            wipe(envelope.array());
        }
    }

    static WireWriter writeEnvelope(WireWriter out) {
        return out.u8(ENVELOPE_VERSION).u64(ENVELOPE_MAGIC);
    }

    /**
     * Decrypts an object out of its envelope.
     *
     * @return a reader of the object's bytes. With {@link KeyType#AES}, which proves nothing of them, they can still be anything
     */
    public final WireReader decodeDecrypt(KeyUsage usage, Opaque ciphertext) throws ProtocolException {
        byte[] plaintext = decrypt(usage, ciphertext);
        if (plaintext.length < ENVELOPE_BYTES) {
            throw refused(usage);
        }
        WireReader in = new WireReader(Unpooled.wrappedBuffer(plaintext));
        in.u8("envelope");
        // Ceph looks at the magic only, not at the version.
        if (in.u64("envelope") != ENVELOPE_MAGIC) {
            throw refused(usage);
        }
        return in;
    }

    /**
     * The proof that this key is known, for the {@code key} field of CephXAuthenticate: a MAC of both challenges, folded to
     * 64 bits.
     */
    public abstract long challengeProof(long serverChallenge, long clientChallenge);

    /** HMAC-SHA256 with the raw secret over a part of an array, as handshake signatures use it. */
    public final Opaque hmacSha256(byte[] data, int offset, int length) {
        byte[] key = secret();
        try {
            Mac mac = mac("HmacSHA256", key);
            mac.update(data, offset, length);
            return Opaque.copyOf(mac.doFinal());
        } finally {
            wipe(key);
        }
    }

    /**
     * Wipes the secret. Operations that run at that moment end with the whole key or not at all; later ones throw
     * {@link IllegalStateException}. Copies inside the JCA live on until they are garbage.
     */
    @Override
    public final void destroy() {
        synchronized (secret) {
            destroyed = true;
            wipe(secret);
        }
    }

    @Override
    public final boolean isDestroyed() {
        synchronized (secret) {
            return destroyed;
        }
    }

    /** Of type, time and secret, the last in constant time. A destroyed key is equal to itself only. */
    @Override
    public final boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        if (!(other instanceof CryptoKey that)
                || type != that.type
                || !created.equals(that.created)
                || isDestroyed()
                || that.isDestroyed()) {
            return false;
        }
        byte[] mine = secret();
        byte[] theirs = that.secret();
        try {
            return MessageDigest.isEqual(mine, theirs);
        } finally {
            wipe(mine);
            wipe(theirs);
        }
    }

    /** Not of the secret. */
    @Override
    public final int hashCode() {
        return 31 * type.hashCode() + created.hashCode();
    }

    @Override
    public final String toString() {
        return type + " key";
    }

    static void wipe(byte[] bytes) {
        Arrays.fill(bytes, (byte) 0);
    }

    static Mac mac(String algorithm, byte[] key) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    /** XOR of the whole little-endian words. */
    static long fold(byte[] bytes) {
        ByteBuf words = Unpooled.wrappedBuffer(bytes);
        long folded = 0;
        while (words.readableBytes() >= Long.BYTES) {
            folded ^= words.readLongLE();
        }
        return folded;
    }

    /** The one answer to whatever is wrong: which check failed would help an attacker only. */
    static ProtocolException refused(KeyUsage usage) {
        return new ProtocolException(FaultKind.AUTH, "cannot decrypt the " + usage + ": another key, or changed bytes");
    }
}
