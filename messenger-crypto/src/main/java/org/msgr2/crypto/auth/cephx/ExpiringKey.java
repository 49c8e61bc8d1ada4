package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.key.CryptoKey;

/** ExpiringCryptoKey: {@code u8 1, CryptoKey, utime expiration} (spec/msgr2 §3.7). Immutable. */
public record ExpiringKey(CryptoKey key, UTime expiration) implements Encodable {
    /** struct_v, an empty CryptoKey, expiration. */
    static final int BYTES_MIN = 1 + 12 + UTime.BYTES;

    private static final int VERSION = 1;

    static ExpiringKey read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "rotating key");
        return new ExpiringKey(CryptoKey.read(in, "rotating key"), UTime.read(in, "rotating key expiration"));
    }

    @Override
    public void write(WireWriter out) {
        key.write(out.u8(VERSION));
        expiration.write(out);
    }

    @Override
    public String toString() {
        return "key until " + expiration;
    }
}
