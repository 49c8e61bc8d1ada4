package org.msgr2.crypto.auth.cephx;

import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * AuthTicket, what a monitor tells a service of a client: {@code u8 2, EntityName, u64 global_id, u64 auid, utime created,
 * utime expires, AuthCapsInfo, u32 flags} (spec/msgr2 §3.7).
 *
 * @param auid a constant, {@link #AUID}
 */
record AuthTicket(EntityName name, long globalId, long auid, UTime created, UTime expires, AuthCaps caps, int flags)
        implements Encodable {
    /** What is left of a former user id. */
    static final long AUID = -1;

    private static final int VERSION = 2;

    static AuthTicket read(WireReader in) throws WireException {
        Decoding.version(in, VERSION, "auth ticket");
        return new AuthTicket(
                EntityName.read(in, "entity name"),
                in.u64("global_id"),
                in.u64("auid"),
                UTime.read(in, "created"),
                UTime.read(in, "expires"),
                AuthCaps.read(in),
                in.s32("flags"));
    }

    @Override
    public void write(WireWriter out) {
        name.write(out.u8(VERSION));
        out.u64(globalId).u64(auid);
        created.write(out);
        expires.write(out);
        caps.write(out);
        out.u32(flags);
    }
}
