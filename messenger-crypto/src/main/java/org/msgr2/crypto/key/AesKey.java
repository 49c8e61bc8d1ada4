package org.msgr2.crypto.key;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Cipher;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireWriter;

/**
 * Type 1: AES-128-CBC with an initial vector that is the same for everyone (spec/msgr2 §3.6).
 *
 * <p>Deterministic, and without integrity: the protocol's weakness, not ours to mend. PKCS#7 padding is written, but its
 * contents are not looked at when it is stripped: refusing bad padding would make a padding oracle.
 */
public final class AesKey extends CryptoKey {
    private static final int BLOCK_BYTES = 16;
    private static final byte[] IV = "cephsageyudagreg".getBytes(StandardCharsets.US_ASCII);

    /** Of the ciphertext with its length before it, {@code u32 32}; the last 4 of these 36 bytes are not folded. */
    private static final int PROOF_BYTES = Integer.BYTES + 32;

    AesKey(UTime created, byte[] secret) {
        super(KeyType.AES, created, secret);
    }

    /** Needs no entropy: the same plaintext gives the same ciphertext. */
    @Override
    public Opaque encrypt(KeyUsage usage, byte[] plaintext, Entropy entropy) {
        return Opaque.copyOf(encrypt(plaintext));
    }

    private byte[] encrypt(byte[] plaintext) {
        return run(Cipher.ENCRYPT_MODE, "AES/CBC/PKCS5Padding", plaintext);
    }

    @Override
    public byte[] decrypt(KeyUsage usage, Opaque ciphertext) throws ProtocolException {
        if (ciphertext.isEmpty() || ciphertext.length() % BLOCK_BYTES != 0) {
            throw refused(usage);
        }
        byte[] padded = run(Cipher.DECRYPT_MODE, "AES/CBC/NoPadding", ciphertext.toByteArray());
        int padding = Math.min(padded[padded.length - 1] & 0xff, BLOCK_BYTES);
        byte[] plaintext = Arrays.copyOf(padded, padded.length - padding);
        wipe(padded);
        return plaintext;
    }

    @Override
    public long challengeProof(long serverChallenge, long clientChallenge) {
        ByteBuf envelope = Unpooled.buffer(ENVELOPE_BYTES + 2 * Long.BYTES);
        writeEnvelope(new WireWriter(envelope)).u64(serverChallenge).u64(clientChallenge);
        byte[] ciphertext = encrypt(ByteBufUtil.getBytes(envelope));
        ByteBuf sealed = Unpooled.buffer(PROOF_BYTES, PROOF_BYTES);
        new WireWriter(sealed).u32(ciphertext.length).bytes(ciphertext);
        return fold(sealed.array());
    }

    private byte[] run(int mode, String transformation, byte[] in) {
        byte[] key = secret();
        try {
            Cipher cipher = Cipher.getInstance(transformation);
            cipher.init(mode, new SecretKeySpec(key, "AES"), new IvParameterSpec(IV));
            return cipher.doFinal(in);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + transformation, e);
        } finally {
            wipe(key);
        }
    }
}
