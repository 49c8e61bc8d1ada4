package org.msgr2.session.machine;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.FrameSink;
import org.msgr2.core.frame.OutFrame;

/**
 * Puts messages into frames, large ones piece by piece, and ends the frame of one that its sender takes back in the middle
 * (spec/msgr2 §7.4). Not thread-safe.
 */
final class MessageWriter {
    private final Outbound outbound;
    private final OutFrame frame;
    /** The one in whose frame the transport is. Holds a reference of its own. */
    private @Nullable OutMessage current;

    /** Whether {@link #current} is kept until it is acknowledged: then it is in {@code outbound} already. */
    private boolean kept;

    /** @param frame the one that the session fills again and again */
    MessageWriter(Outbound outbound, OutFrame frame) {
        this.outbound = outbound;
        this.frame = frame;
    }

    /** Whether the frame of a message has to be ended before anything else can be written. */
    boolean inFrame() {
        return current != null;
    }

    /**
     * Begins with what {@link Outbound#next} gave.
     *
     * @param keep whether it has to be acknowledged
     */
    void begin(OutMessage message, long ackSeq, boolean keep, FrameSink sink) throws ProtocolException {
        try {
            sink.frame(frame.message(message.message(), outbound.outSeq(), ackSeq));
        } finally {
            if (frame.hasRest()) {
                message.message().retain();
                current = message;
                kept = keep;
                if (!keep) {
                    message.abortable();
                }
            }
            if (keep || current == null) {
                outbound.written(message, keep);
            }
        }
    }

    /** Writes the next piece. */
    void goOn(FrameSink sink) throws ProtocolException {
        OutMessage message = current();
        if (!kept && (frame.endsWithNextPiece() ? !message.finish() : message.isAborted())) {
            frame.abort();
        }
        sink.frame(frame);
        if (!frame.hasRest()) {
            end(message);
        }
    }

    private void end(OutMessage message) {
        current = null;
        message.message().release();
        if (kept) {
            return;
        }
        if (message.isAborted()) {
            outbound.aborted(message);
        } else {
            outbound.written(message, false);
        }
    }

    /** The transport is gone: what was not written whole was not written. Before the same of {@link Outbound}. */
    void transportLost() {
        if (current == null) {
            return;
        }
        OutMessage message = current();
        current = null;
        frame.drop();
        message.message().release();
        if (kept) {
            return;
        }
        message.finish();
        if (message.isAborted()) {
            outbound.aborted(message);
        } else {
            outbound.unwritten(message);
        }
    }

    private OutMessage current() {
        if (current == null) {
            throw new IllegalStateException("no message is being written");
        }
        return current;
    }
}
