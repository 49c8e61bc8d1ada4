package org.msgr2.session.rpc.machine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** A message of a call that waits to be sent. Owns its payload, which may be empty. */
public record Outgoing(CallEnvelope envelope, ByteBuf payload) {
    static Outgoing of(CallEnvelope envelope) {
        return new Outgoing(envelope, Unpooled.EMPTY_BUFFER);
    }

    /** It is sent, or will not be. */
    public void release() {
        payload.release();
    }
}
