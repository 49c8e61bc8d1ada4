package org.msgr2.crypto.onwire;

import java.security.MessageDigest;
import java.util.Arrays;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.wire.Opaque;

/**
 * What the acceptor chooses and tells the connector, encrypted, when it has authenticated it in secure mode (spec/msgr2
 * §2.6).
 *
 * <pre>
 * key 16, for both directions | first nonce acceptor to connector 12 | first nonce connector to acceptor 12 | unused
 * </pre>
 *
 * <p>64 bytes are sent, the first 40 are used and required. For one connection: another set of ciphers of the same secret
 * would use the same nonces. Not thread-safe.
 */
public final class ConnectionSecret {
    /** What an acceptor sends. */
    public static final int BYTES = 64;

    private static final int TO_CONNECTOR = Aead.KEY_BYTES;
    private static final int TO_ACCEPTOR = TO_CONNECTOR + NonceCounter.BYTES;
    private static final int BYTES_MIN = TO_ACCEPTOR + NonceCounter.BYTES;

    private final byte[] bytes;
    private boolean destroyed;

    private ConnectionSecret(byte[] bytes) {
        this.bytes = bytes;
    }

    /** @throws ProtocolException if there are less than 40 bytes */
    public static ConnectionSecret of(Opaque secret) throws ProtocolException {
        if (secret.length() < BYTES_MIN) {
            throw new ProtocolException(
                    FaultKind.AUTH,
                    "a connection secret of " + secret.length() + " bytes, secure mode needs " + BYTES_MIN);
        }
        return new ConnectionSecret(secret.toByteArray());
    }

    /** A new one, by the acceptor. */
    public static ConnectionSecret generate(Entropy entropy) {
        byte[] bytes = new byte[BYTES];
        entropy.nextBytes(bytes);
        return new ConnectionSecret(bytes);
    }

    /** For the wire, where it has to be encrypted. */
    public Opaque toOpaque() {
        check();
        return Opaque.copyOf(bytes);
    }

    /** The cipher of what the acceptor sends and the connector receives. */
    public AesGcmFrameCipher towardsConnector(Revision revision, AeadProvider provider) {
        return cipher(revision, provider, TO_CONNECTOR);
    }

    /** The cipher of what the connector sends and the acceptor receives. */
    public AesGcmFrameCipher towardsAcceptor(Revision revision, AeadProvider provider) {
        return cipher(revision, provider, TO_ACCEPTOR);
    }

    private AesGcmFrameCipher cipher(Revision revision, AeadProvider provider, int nonceAt) {
        check();
        byte[] key = Arrays.copyOf(bytes, Aead.KEY_BYTES);
        try {
            byte[] nonce = Arrays.copyOfRange(bytes, nonceAt, nonceAt + NonceCounter.BYTES);
            return new AesGcmFrameCipher(provider.create(key), new NonceCounter(revision, nonce));
        } finally {
            Arrays.fill(key, (byte) 0);
        }
    }

    private void check() {
        if (destroyed) {
            throw new IllegalStateException("the connection secret is destroyed");
        }
    }

    /** Wipes it. Ciphers that were made of it stay usable. */
    public void destroy() {
        destroyed = true;
        Arrays.fill(bytes, (byte) 0);
    }

    /** In constant time. A destroyed secret is equal to itself only. */
    @Override
    public boolean equals(Object other) {
        if (this == other) {
            return true;
        }
        return other instanceof ConnectionSecret that
                && !destroyed
                && !that.destroyed
                && MessageDigest.isEqual(bytes, that.bytes);
    }

    /** Not of the secret. */
    @Override
    public int hashCode() {
        return bytes.length;
    }

    @Override
    public String toString() {
        return "connection secret";
    }
}
