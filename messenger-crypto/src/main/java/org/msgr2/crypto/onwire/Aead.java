package org.msgr2.crypto.onwire;

import javax.crypto.AEADBadTagException;

/**
 * AES-128-GCM with one key, without associated data. Whoever calls it sees to it that no nonce comes twice. Not
 * thread-safe: one per direction of a connection.
 *
 * <p>The arrays are borrowed for the call. Input and output may be parts of one array, as buffers of one pool are, but must
 * not overlap.
 */
public interface Aead extends AutoCloseable {
    int KEY_BYTES = 16;
    int NONCE_BYTES = 12;
    int TAG_BYTES = 16;

    /**
     * Encrypts {@code length} bytes; {@code length + 16} bytes are written.
     *
     * @throws IllegalStateException once closed
     */
    void seal(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset);

    /**
     * Decrypts {@code length} bytes, the tag included; {@code length - 16} bytes are written.
     *
     * @throws AEADBadTagException if the tag does not hold, or there is none. The place of the plaintext then holds what it held
     *     before, or zeros.
     * @throws IllegalStateException once closed
     */
    void open(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset) throws AEADBadTagException;

    /**
     * Decrypts the first {@code length} bytes of what was sealed with that nonce, without a look at the tag: anybody can have
     * chosen them.
     *
     * @throws IllegalStateException once closed
     */
    void peek(byte[] nonce, byte[] in, int inOffset, int length, byte[] out, int outOffset);

    /** Forgets the key. */
    @Override
    void close();
}
