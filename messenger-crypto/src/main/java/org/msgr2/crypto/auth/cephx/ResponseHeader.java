package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * CephXResponseHeader: {@code u16 request_type, s32 status} (spec/msgr2 §3.7).
 *
 * @param status 0, or a negative errno: what follows is then absent
 */
record ResponseHeader(RequestType type, int status) implements Encodable {
    static ResponseHeader read(WireReader in) throws WireException {
        return new ResponseHeader(RequestType.read(in), in.s32("status"));
    }

    @Override
    public void write(WireWriter out) {
        type.write(out);
        out.u32(status);
    }
}
