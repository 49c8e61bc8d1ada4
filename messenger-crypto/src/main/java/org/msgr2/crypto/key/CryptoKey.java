package org.msgr2.crypto.key;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/** Stand-in, until the branch with the keys is merged. */
public record CryptoKey(int type) {
    public static CryptoKey read(WireReader in, String field) throws WireException {
        int type = in.u16(field);
        in.u64(field);
        in.bytes(in.u16(field), field);
        return new CryptoKey(type);
    }

    public void write(WireWriter out) {
        out.u16(type).u64(0).u16(0);
    }
}
