package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.rpc.machine.CallMachine.Offer;
import org.msgr2.session.rpc.machine.CallResult;
import org.msgr2.session.rpc.machine.Received;

/** One end of a call, for its streams. Thread-safe. */
interface CallEnd {

    /** The next item that has come; null if there is none. Ownership passes. */
    @Nullable Received take();

    boolean isExhausted();

    /** Null while it goes on. */
    @Nullable CallResult result();

    /** Whether an item would be taken now; if not, the writer is told when. */
    boolean wantsItem();

    /** @param payload taken over if and only if the answer is TAKEN */
    Offer offer(ByteBuf payload, Opaque token, boolean anew);
}
