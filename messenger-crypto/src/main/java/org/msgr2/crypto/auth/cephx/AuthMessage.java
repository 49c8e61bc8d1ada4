package org.msgr2.crypto.auth.cephx;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.AuthMethod;

/**
 * The front of an MAuth message, type 17, which asks a monitor for tickets or rotating keys within a session: {@code u64
 * version, s16 -1, u64 0, u32 protocol, blob payload, u32 monmap_epoch} (spec/msgr2 §3.8). The first three are the header
 * that all messages to the monitor's services have. Immutable.
 *
 * @param protocol an authentication method
 * @param monmapEpoch the newest monitor map that the sender has; 0 if none
 */
public record AuthMessage(long version, int protocol, Opaque payload, int monmapEpoch) implements Encodable {
    private static final int SESSION_MON = -1;

    /** @param payload see {@link TicketRenewal} */
    public static AuthMessage of(Opaque payload, int monmapEpoch) {
        return new AuthMessage(0, AuthMethod.CEPHX.code(), payload, monmapEpoch);
    }

    /** @param front borrowed */
    public static AuthMessage read(ByteBuf front) throws WireException {
        WireReader in = new WireReader(front);
        long version = in.u64("version");
        in.u16("session_mon");
        in.u64("session_mon_tid");
        int protocol = in.s32("protocol");
        Opaque payload = in.blob("auth payload", Decoding.BYTES_MAX);
        // Absent in very old senders.
        int epoch = in.remaining() == 0 ? 0 : in.s32("monmap_epoch");
        return new AuthMessage(version, protocol, payload, epoch);
    }

    @Override
    public void write(WireWriter out) {
        out.u64(version).u16(SESSION_MON).u64(0).u32(protocol).blob(payload).u32(monmapEpoch);
    }
}
