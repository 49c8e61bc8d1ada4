package org.msgr2.core.testing;

import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.FrameEncoder;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.message.Message;

/** Frames as an encoder of ours writes them; {@link RawFrame} makes those that it would not write. */
public final class FrameBytes {
    private static final int FIRST_BYTES_MAX = 1 << 20;

    private FrameBytes() {}

    public static byte[] of(FrameEncoder encoder, OutFrame frame) throws ProtocolException {
        BufferSink sink = new BufferSink();
        do {
            encoder.encode(frame, sink);
        } while (frame.hasRest());
        return sink.toByteArray();
    }

    public static byte[] of(FrameEncoder encoder, ControlFrame frame) throws ProtocolException {
        return of(encoder, new OutFrame(FIRST_BYTES_MAX).control(frame));
    }

    /** @param message borrowed */
    public static byte[] of(FrameEncoder encoder, Message message, long seq, long ackSeq) throws ProtocolException {
        return of(encoder, new OutFrame(FIRST_BYTES_MAX).message(message, seq, ackSeq));
    }
}
