package org.msgr2.session.machine;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.Tag;

/**
 * The receiving half of a transport: bytes in, frames out, with a stop before each MESSAGE until there are permits for it.
 * Meanwhile its bytes are parked and reading pauses. Owns the decoder, the parked bytes, and the permits of the message
 * that is being received. Not thread-safe.
 */
final class Receiver {
    /** Takes the frames. */
    @FunctionalInterface
    interface FrameHandler {
        /** Ownership of the frame passes. */
        void frame(Frame frame, long nowNs) throws ProtocolException;
    }

    private static final long NOTHING = -1;

    private final SessionEffects effects;
    private final FrameHandler handler;
    private final Queue<ByteBuf> parked = new ArrayDeque<>();
    private @Nullable FrameDecoder decoder;
    private boolean awaitingPermits;
    private long admitted = NOTHING;
    private boolean mayAbort;

    Receiver(SessionEffects effects, FrameHandler handler) {
        this.effects = effects;
        this.handler = handler;
    }

    /** A new transport. Ownership of the decoder passes. */
    void open(FrameDecoder ofTransport) {
        decoder = ofTransport;
    }

    /**
     * Whether the peer may send a message by halves. In msgr2.0 that is one bit which no crc covers: a session that must lose
     * nothing does not believe it.
     */
    void mayAbort(boolean may) {
        mayAbort = may;
    }

    /** Bytes came. Ownership passes. */
    void bytes(ByteBuf bytes, long nowNs) throws ProtocolException {
        parked.add(bytes);
        read(nowNs);
    }

    /** The permits that had to be waited for are taken now. */
    void granted(long permits, long nowNs) throws ProtocolException {
        awaitingPermits = false;
        admit(permits);
        effects.pauseReading(false);
        read(nowNs);
    }

    /** Whether it is we who do not read. */
    boolean isPaused() {
        return awaitingPermits;
    }

    private void read(long nowNs) throws ProtocolException {
        ByteBuf bytes = current();
        boolean more = true;
        // The handler of a frame may close us.
        while (more && !awaitingPermits && decoder != null) {
            FrameDecoder.Result result = decoder.next(bytes);
            switch (result) {
                case NEED_BYTES -> {}
                case NEED_ADMISSION -> askAdmission(decoder.preamble().payloadBytes());
                case FRAME -> handler.frame(decoder.take(), nowNs);
                case ABORTED -> aborted();
            }
            bytes = current();
            // A small encrypted message is whole in the block that announced it: nothing need be left of it.
            more = bytes.isReadable() || result == FrameDecoder.Result.NEED_ADMISSION;
        }
    }

    private void aborted() throws ProtocolException {
        releaseAdmitted();
        if (!mayAbort) {
            String detail = "a message that its sender has aborted, or a bit that was changed on its way";
            throw new ProtocolException(FaultKind.INTEGRITY, detail).inFrame(Tag.MESSAGE.name());
        }
    }

    /** The oldest buffer with readable bytes; an empty one when everything is consumed. */
    private ByteBuf current() {
        ByteBuf bytes = parked.peek();
        while (bytes != null && !bytes.isReadable()) {
            parked.remove().release();
            bytes = parked.peek();
        }
        return bytes != null ? bytes : Unpooled.EMPTY_BUFFER;
    }

    private void askAdmission(long permits) {
        if (effects.acquirePermits(permits)) {
            admit(permits);
        } else {
            awaitingPermits = true;
            effects.pauseReading(true);
        }
    }

    private void admit(long permits) {
        if (decoder == null) {
            throw new IllegalStateException("permits for a transport that is gone");
        }
        admitted = permits;
        decoder.admit();
    }

    /** The message is passed on, and its permits with it. */
    void passAdmitted() {
        admitted = NOTHING;
    }

    /** The message came to nothing: its permits go back. */
    void releaseAdmitted() {
        if (admitted != NOTHING) {
            long permits = admitted;
            admitted = NOTHING;
            effects.releasePermits(permits);
        }
    }

    /** The transport is gone. Permits that are being granted now come to the session as those of an older generation. */
    void close() {
        parked.forEach(ByteBuf::release);
        parked.clear();
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
        if (awaitingPermits) {
            awaitingPermits = false;
            effects.abandonPermits();
        }
        releaseAdmitted();
    }
}
