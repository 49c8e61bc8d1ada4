package org.msgr2.crypto.auth.cephx;

import io.netty.buffer.ByteBuf;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;

/**
 * The front of an MAuthReply message, type 18: {@code u32 protocol, s32 result, u64 global_id, blob payload, string message}
 * (spec/msgr2 §3.8), without the header that an {@link AuthMessage} has. Immutable.
 *
 * @param result 0 or positive, or a negative errno
 * @param message for a person; usually empty
 */
public record AuthReplyMessage(int protocol, int result, long globalId, Opaque payload, String message)
        implements Encodable {
    private static final int MESSAGE_BYTES_MAX = 1024;

    /** @param front borrowed */
    public static AuthReplyMessage read(ByteBuf front) throws WireException {
        WireReader in = new WireReader(front);
        return new AuthReplyMessage(
                in.s32("protocol"),
                in.s32("result"),
                in.u64("global_id"),
                in.blob("auth payload", Decoding.BYTES_MAX),
                in.string("message", MESSAGE_BYTES_MAX));
    }

    @Override
    public void write(WireWriter out) {
        out.u32(protocol).u32(result).u64(globalId).blob(payload).string(message);
    }
}
