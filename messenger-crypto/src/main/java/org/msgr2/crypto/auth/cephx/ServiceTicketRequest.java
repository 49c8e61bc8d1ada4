package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * CephXServiceTicketRequest: {@code u8 1, u32 keys} (spec/msgr2 §3.7).
 *
 * @param keys mask of services
 */
record ServiceTicketRequest(int keys) implements Encodable {
    private static final int VERSION = 1;

    static ServiceTicketRequest read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "ticket request");
        return new ServiceTicketRequest(in.s32("keys"));
    }

    @Override
    public void write(WireWriter out) {
        out.u8(VERSION).u32(keys);
    }
}
