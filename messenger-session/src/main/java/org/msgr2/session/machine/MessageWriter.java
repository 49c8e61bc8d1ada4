package org.msgr2.session.machine;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.FrameSink;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.message.Message;

/**
 * Puts messages into frames, large ones piece by piece, and ends the frame of one that its sender takes back in the middle
 * (spec/msgr2 §7.4). Not thread-safe.
 */
final class MessageWriter {
    private final Outbound outbound;
    private final OutFrame frame;
    /** The one in whose frame the transport is. */
    private @Nullable OutMessage current;

    /** As it is written: with a reference of its own. */
    private @Nullable Message written;

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
     * @param features of the session, on which the body may depend
     * @param keep whether it has to be acknowledged
     */
    void begin(OutMessage message, CephFeatures features, long ackSeq, boolean keep, FrameSink sink)
            throws ProtocolException {
        Message encoded;
        try {
            encoded = message.message().encodedFor(features);
        } catch (RuntimeException e) {
            outbound.written(message, true); // the session is about to end, and names it
            throw e;
        }
        try {
            sink.frame(frame.message(encoded, outbound.outSeq(), ackSeq));
        } finally {
            if (!frame.hasRest()) {
                encoded.release();
            } else {
                current = message;
                written = encoded;
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
        releaseWritten();
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
        releaseWritten();
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

    private void releaseWritten() {
        if (written != null) {
            written.release();
            written = null;
        }
    }

    private OutMessage current() {
        if (current == null) {
            throw new IllegalStateException("no message is being written");
        }
        return current;
    }
}
