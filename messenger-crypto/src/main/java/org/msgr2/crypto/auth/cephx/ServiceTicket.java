package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.key.CryptoKey;

/**
 * CephXServiceTicket, the part of a ticket that its owner can read: {@code u8 1, CryptoKey session_key, utime validity}
 * (spec/msgr2 §3.7).
 *
 * @param validity a duration, not a point in time
 */
record ServiceTicket(CryptoKey sessionKey, UTime validity) implements Encodable {
    private static final int VERSION = 1;

    static ServiceTicket read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "service ticket");
        return new ServiceTicket(CryptoKey.read(in, "session_key"), UTime.read(in, "validity"));
    }

    @Override
    public void write(WireWriter out) {
        sessionKey.write(out.u8(VERSION));
        validity.write(out);
    }

    @Override
    public String toString() {
        return "service ticket, valid for " + validity.seconds() + " s";
    }
}
