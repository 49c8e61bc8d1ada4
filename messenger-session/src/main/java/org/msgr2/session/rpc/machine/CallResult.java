package org.msgr2.session.rpc.machine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;

/**
 * How a call ended, at one end of it.
 *
 * @param neverSent the callee's handler has certainly not seen it
 * @param payload the only answer, owned by whoever gets the result; empty otherwise
 */
public record CallResult(CallStatus status, int code, String text, boolean neverSent, ByteBuf payload) {

    /** Without a payload. */
    public static CallResult of(CallStatus status, String text) {
        return new CallResult(status, 0, text, status.nothingHappened(), Unpooled.EMPTY_BUFFER);
    }

    static CallResult unsent(CallStatus status, String text) {
        return new CallResult(status, 0, text, true, Unpooled.EMPTY_BUFFER);
    }

    public boolean isOk() {
        return status == CallStatus.OK;
    }

    /** The failure that it is. */
    public CallException failure() {
        return CallException.of(status, code, text, neverSent);
    }
}
