package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyUsage;

/**
 * A sealed structure (spec/msgr2 §3.6): ciphertext alone, a {@code u32} length before it belongs to whoever embeds it.
 *
 * <p>Keys of type AES have no integrity of their own: magic and structure are all that tells a wrong key. So whatever goes
 * wrong in here is one and the same fault, which says nothing of how far we got (CVE-2025-30156).
 */
final class Envelope {
    private Envelope() {}

    /** Reads the structure inside. */
    @FunctionalInterface
    interface Body<T> {
        T read(WireReader in) throws WireException;
    }

    static Opaque seal(CryptoKey key, KeyUsage usage, Encodable body, Entropy entropy) {
        return key.encodeEncrypt(usage, body::write, entropy);
    }

    /**
     * Opens a ciphertext, which must hold exactly one such structure.
     *
     * @throws ProtocolException {@link FaultKind#AUTH}, always the same for one usage
     */
    static <T> T open(CryptoKey key, KeyUsage usage, Opaque sealed, Body<T> body) throws ProtocolException {
        try {
            WireReader in = key.decodeDecrypt(usage, sealed);
            T opened = body.read(in);
            Decoding.end(in, "envelope");
            return opened;
        } catch (ProtocolException e) {
            // Without the cause: it would tell what the key made of the bytes.
            throw new ProtocolException(FaultKind.AUTH, "cannot open the " + usage + ": another key, or changed bytes");
        }
    }
}
