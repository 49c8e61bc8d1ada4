package org.msgr2.crypto.key;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireWriter;

/**
 * Type 2: {@code aes256-cts-hmac-sha384-192} of RFC 8009 (spec/msgr2 §3.6).
 *
 * <pre>
 * AES-256-CBC-CS3(Ke, iv 0, confounder 16 | plaintext n) | first 24 bytes of HMAC-SHA384(Ki, iv 0 | ciphertext)
 * </pre>
 *
 * <p>16 + n + 24 bytes, no padding. Ke and Ki belong to one usage. The HMAC is verified before anything is decrypted.
 */
public final class Aes256Krb5Key extends CryptoKey {
    static final int CONFOUNDER_BYTES = 16;
    static final int HMAC_BYTES = 24;
    private static final int ENCRYPTION_KEY_BYTES = 32;
    private static final int INTEGRITY_KEY_BYTES = 24;

    /** The labels' last octets: RFC 3961 §5.3. */
    private static final int FOR_ENCRYPTION = 0xaa;

    private static final int FOR_INTEGRITY = 0x55;

    /** Key derivation's counter, label (usage and octet), separator and length in bits. */
    private static final int LABEL_BYTES = Integer.BYTES + Integer.BYTES + 1 + 1 + Integer.BYTES;

    private static final String MAC = "HmacSHA384";
    private static final String CIPHER = "AES/CTS/NoPadding";

    Aes256Krb5Key(UTime created, byte[] secret) {
        super(KeyType.AES256KRB5, created, secret);
    }

    @Override
    public Opaque encrypt(KeyUsage usage, byte[] plaintext, Entropy entropy) {
        byte[] confounder = new byte[CONFOUNDER_BYTES];
        entropy.nextBytes(confounder);
        return Opaque.copyOf(encrypt(usage.code(), confounder, plaintext));
    }

    /** With a usage and a confounder of the caller's choice, as the RFC's examples have them. */
    byte[] encrypt(int usage, byte[] confounder, byte[] plaintext) {
        byte[] input = Arrays.copyOf(confounder, CONFOUNDER_BYTES + plaintext.length);
        System.arraycopy(plaintext, 0, input, CONFOUNDER_BYTES, plaintext.length);
        byte[] ciphertext = crypt(Cipher.ENCRYPT_MODE, usage, input, input.length);
        wipe(input);
        byte[] sealed = Arrays.copyOf(ciphertext, ciphertext.length + HMAC_BYTES);
        System.arraycopy(hmac(usage, ciphertext, ciphertext.length), 0, sealed, ciphertext.length, HMAC_BYTES);
        return sealed;
    }

    @Override
    public byte[] decrypt(KeyUsage usage, Opaque ciphertext) throws ProtocolException {
        return decrypt(usage.code(), ciphertext.toByteArray()).orElseThrow(() -> refused(usage));
    }

    /** Empty if it is refused. */
    Optional<byte[]> decrypt(int usage, byte[] sealed) {
        int length = sealed.length - HMAC_BYTES;
        if (length < CONFOUNDER_BYTES
                || !MessageDigest.isEqual(
                        hmac(usage, sealed, length), Arrays.copyOfRange(sealed, length, sealed.length))) {
            return Optional.empty();
        }
        byte[] confounded = crypt(Cipher.DECRYPT_MODE, usage, sealed, length);
        byte[] plaintext = Arrays.copyOfRange(confounded, CONFOUNDER_BYTES, confounded.length);
        wipe(confounded);
        return Optional.of(plaintext);
    }

    /** Of the bare challenges, without an envelope, and not encrypted. */
    @Override
    public long challengeProof(long serverChallenge, long clientChallenge) {
        ByteBuf challenges = Unpooled.buffer(2 * Long.BYTES, 2 * Long.BYTES);
        new WireWriter(challenges).u64(serverChallenge).u64(clientChallenge);
        byte[] array = challenges.array();
        return fold(hmacSha256(array, 0, array.length).toByteArray());
    }

    private byte[] crypt(int mode, int usage, byte[] in, int length) {
        byte[] key = encryptionKey(usage);
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(new byte[CONFOUNDER_BYTES]));
            return cipher.doFinal(in, 0, length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + CIPHER, e);
        } finally {
            wipe(key);
        }
    }

    private byte[] hmac(int usage, byte[] ciphertext, int length) {
        byte[] key = integrityKey(usage);
        try {
            Mac mac = mac(MAC, key);
            mac.update(new byte[CONFOUNDER_BYTES]);
            mac.update(ciphertext, 0, length);
            return Arrays.copyOf(mac.doFinal(), HMAC_BYTES);
        } finally {
            wipe(key);
        }
    }

    /** Ke of the RFC. */
    byte[] encryptionKey(int usage) {
        return derive(usage, FOR_ENCRYPTION, ENCRYPTION_KEY_BYTES);
    }

    /** Ki of the RFC. */
    byte[] integrityKey(int usage) {
        return derive(usage, FOR_INTEGRITY, INTEGRITY_KEY_BYTES);
    }

    /** RFC 8009 §3, one round: {@code HMAC-SHA384(secret, u32 1 | u32 usage | octet | 0 | u32 bits)}, big-endian. */
    private byte[] derive(int usage, int octet, int bytes) {
        ByteBuf label = Unpooled.buffer(LABEL_BYTES, LABEL_BYTES)
                .writeInt(1)
                .writeInt(usage)
                .writeByte(octet)
                .writeByte(0)
                .writeInt(bytes * Byte.SIZE);
        byte[] secret = secret();
        try {
            byte[] derived = mac(MAC, secret).doFinal(label.array());
            byte[] key = Arrays.copyOf(derived, bytes);
            wipe(derived);
            return key;
        } finally {
            wipe(secret);
        }
    }
}
