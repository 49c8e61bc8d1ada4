package org.msgr2.crypto.onwire;

import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.IvParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * One JCA cipher, set up anew for each nonce.
 *
 * <p>The JDK's own implementation needs care, on 17 and on 25 alike:
 *
 * <ul>
 *   <li>HotSpot compiles the loop over an array only after many calls, so in a process that seals a few large frames it stays
 *       interpreted for seconds, at 0.08 GB/s (measured). Hence {@link Chunking#SMALL}.
 *   <li>Where input and output are parts of one array, it allocates another of that array's size, although they do not
 *       overlap: 4 MiB per call for two small buffers of Netty's pool. Hence the detours where {@code in == out}.
 * </ul>
 */
final class JcaAead implements Aead {
    private static final int PIECE_BYTES = 4096;
    private static final int OPEN_ARRAY_BYTES_MAX = 64 * 1024;

    /** How large inputs are passed to the cipher. */
    enum Chunking {
        /** At once: native code needs nothing else. */
        NONE,
        /**
         * Sealing in pieces of 4 KiB (measured: 5 GB/s on 17, 9 GB/s on 25). Opening cannot be cut, since the JCA withholds
         * plaintext until the tag holds; above 64 KiB it gets a buffer that does not show its array, which the JDK works
         * through in small pieces itself, into an array of the plaintext's size that it then copies: 2.5 GB/s from the
         * start.
         */
        SMALL
    }

    private final Cipher cipher;
    private final Chunking chunking;
    private @Nullable SecretKey key;
    /** For {@link #peek}, once it is wanted. */
    private @Nullable Cipher counterMode;

    /** @param key copied */
    JcaAead(Cipher cipher, byte[] key, Chunking chunking) {
        if (key.length != KEY_BYTES) {
            throw new IllegalArgumentException("a key has " + KEY_BYTES + " bytes, not " + key.length);
        }
        this.cipher = cipher;
        this.key = new SecretKeySpec(key, "AES");
        this.chunking = chunking;
    }

    @Override
    public void seal(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
        try {
            init(Cipher.ENCRYPT_MODE, nonce);
            if (chunking == Chunking.NONE) {
                cipher.doFinal(in, inOffset, length, out, outOffset);
            } else {
                sealPieces(in, inOffset, length, out, outOffset);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM cannot encrypt", e);
        }
    }

    private void sealPieces(byte[] in, int inOffset, int length, byte[] out, int outOffset)
            throws GeneralSecurityException {
        byte[] copy = in == out ? new byte[Math.min(length, PIECE_BYTES)] : in;
        int read = inOffset;
        int written = outOffset;
        for (int left = length; ; left -= PIECE_BYTES, read += PIECE_BYTES) {
            int bytes = Math.min(left, PIECE_BYTES);
            int at = read;
            if (in == out) {
                System.arraycopy(in, read, copy, 0, bytes);
                at = 0;
            }
            if (left <= PIECE_BYTES) {
                cipher.doFinal(copy, at, bytes, out, written);
                return;
            }
            written += cipher.update(copy, at, bytes, out, written);
        }
    }

    @Override
    public void open(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset)
            throws AEADBadTagException {
        if (length < TAG_BYTES) {
            throw new AEADBadTagException("too short for a tag");
        }
        try {
            init(Cipher.DECRYPT_MODE, nonce);
            if (chunking == Chunking.SMALL && (in == out || length > OPEN_ARRAY_BYTES_MAX)) {
                ByteBuffer source = ByteBuffer.wrap(in, inOffset, length).asReadOnlyBuffer();
                cipher.doFinal(source, ByteBuffer.wrap(out, outOffset, length - TAG_BYTES));
            } else {
                cipher.doFinal(in, inOffset, length, out, outOffset);
            }
        } catch (AEADBadTagException e) {
            // Some implementations decrypt while they authenticate.
            Arrays.fill(out, outOffset, outOffset + length - TAG_BYTES, (byte) 0);
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM cannot decrypt", e);
        }
    }

    /** GCM is counter mode whose blocks begin with number 2, number 1 being for the tag (spec/msgr2 §2.5). */
    @Override
    public void peek(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) {
        try {
            if (counterMode == null) {
                counterMode = Cipher.getInstance("AES/CTR/NoPadding");
            }
            byte[] block = Arrays.copyOf(nonce, NONCE_BYTES + Integer.BYTES);
            block[block.length - 1] = 2;
            counterMode.init(Cipher.DECRYPT_MODE, key(), new IvParameterSpec(block));
            counterMode.doFinal(in, inOffset, length, out, outOffset);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-CTR cannot decrypt", e);
        }
    }

    private void init(int mode, byte[] nonce) throws GeneralSecurityException {
        cipher.init(mode, key(), new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
    }

    private SecretKey key() {
        if (key == null) {
            throw new IllegalStateException("the cipher is closed");
        }
        return key;
    }

    /** Puts another key into the cipher's place for one; what was derived from ours is garbage then. */
    @Override
    public void close() {
        if (key == null) {
            return;
        }
        key = null;
        SecretKey zeros = new SecretKeySpec(new byte[KEY_BYTES], "AES");
        try {
            cipher.init(Cipher.DECRYPT_MODE, zeros, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, new byte[NONCE_BYTES]));
            if (counterMode != null) {
                counterMode.init(
                        Cipher.DECRYPT_MODE, zeros, new IvParameterSpec(new byte[NONCE_BYTES + Integer.BYTES]));
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM cannot be set up", e);
        }
    }
}
