package org.msgr2.session.rpc.endpoint;

import io.netty.buffer.ByteBuf;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Codec;
import org.msgr2.session.rpc.Push;

/** Encodes what an application sends, within its bounds. */
final class Payloads {
    private Payloads() {}

    /**
     * An item of a subscription.
     *
     * @throws CallException as {@link #encode}; TOO_LARGE also for the token
     */
    static <T> ItemWriter.Encoded push(Codec<T> codec, Push<T> push, CallEndpoint endpoint) {
        int bytesMax = endpoint.limits().tokenBytesMax();
        if (push.token().length() > bytesMax) {
            throw new CallException(
                    CallStatus.TOO_LARGE,
                    "a token of " + push.token().length() + " bytes, at most " + bytesMax + " are sent");
        }
        return new ItemWriter.Encoded(encode(codec, push.item(), endpoint), push.token(), push.anew());
    }

    /**
     * @return owned by the caller
     * @throws CallException INVALID if the codec fails, TOO_LARGE
     */
    static <T> ByteBuf encode(Codec<T> codec, T value, CallEndpoint endpoint) {
        ByteBuf payload;
        try {
            payload = codec.encode(value, endpoint.allocator());
        } catch (RuntimeException e) {
            throw new CallException(CallStatus.INVALID, "cannot be encoded: " + e.getMessage(), e);
        }
        int bytes = payload.readableBytes();
        int bytesMax = endpoint.limits().payloadBytesMax();
        if (bytes > bytesMax) {
            payload.release();
            throw CallException.of(CallStatus.TOO_LARGE, 0, bytes + " bytes, at most " + bytesMax + " are sent", true);
        }
        return payload;
    }
}
