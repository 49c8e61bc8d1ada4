package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.AuthMode;

/**
 * The AUTH_REQUEST payload towards a monitor: {@code u8 auth_mode, EntityName, u64 global_id} (spec/msgr2 §3.8).
 *
 * @param globalId 0, or the id that is reclaimed
 */
record MonRequest(EntityName name, long globalId) implements Encodable {
    static MonRequest read(WireReader in) throws WireException {
        int mode = in.u8("auth_mode");
        if (mode != AuthMode.MON) {
            throw new WireException("auth_mode: " + mode + ", expected " + AuthMode.MON);
        }
        return new MonRequest(EntityName.read(in, "entity name"), in.u64("global_id"));
    }

    @Override
    public void write(WireWriter out) {
        name.write(out.u8(AuthMode.MON));
        out.u64(globalId);
    }
}
