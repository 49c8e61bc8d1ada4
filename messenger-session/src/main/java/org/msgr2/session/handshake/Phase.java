package org.msgr2.session.handshake;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.Tag;
import org.msgr2.crypto.auth.AuthReply;

/** One leg of a handshake. Knows what may come and what to answer; says when the next leg begins. */
abstract class Phase {
    private final String name;

    /** @param name for messages: what is being waited for */
    Phase(String name) {
        this.name = name;
    }

    /** Says what this phase has to say without being asked. */
    void enter(Exchange exchange) throws ProtocolException {}

    /** Goes on with the readable bytes of {@code in}, by one unit at most. */
    Step advance(ByteBuf in, Exchange exchange) throws ProtocolException {
        Frame frame = exchange.readFrame(in);
        if (frame == null) {
            return Step.NEED_BYTES;
        }
        try {
            return frame(frame.toControl(exchange.config().limits()), exchange);
        } catch (ProtocolException e) {
            throw e.inFrame(frame.tag().name());
        } finally {
            frame.release();
        }
    }

    /** A frame came. */
    abstract Step frame(ControlFrame frame, Exchange exchange) throws ProtocolException;

    /** The answer that a {@link Step.Pending} promised. */
    Step resume(AuthReply reply, Exchange exchange) throws ProtocolException {
        throw new IllegalStateException(name + " waits for no answer");
    }

    final ProtocolException unexpected(@Nullable Tag tag) {
        return new ProtocolException(FaultKind.SEQUENCE, "unexpected while waiting for " + name)
                .inFrame(tag == null ? "banner" : tag.name());
    }

    /** What is being waited for. */
    @Override
    public final String toString() {
        return name;
    }
}
