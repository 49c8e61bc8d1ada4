package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageHeader;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.WireReader;

/**
 * A received frame whose integrity was checked.
 *
 * <p>The first segment is the decoder's and valid until its next call; the others belong to the frame, until {@link
 * #toMessage} passes them on or {@link #release} gives them back. Not thread-safe.
 */
public final class Frame {
    private final Preamble preamble;
    private final ByteBuf first;
    private ByteBuf front;
    private ByteBuf middle;
    private ByteBuf data;

    Frame(Preamble preamble, ByteBuf first, ByteBuf front, ByteBuf middle, ByteBuf data) {
        this.preamble = preamble;
        this.first = first;
        this.front = front;
        this.middle = middle;
        this.data = data;
    }

    public Tag tag() {
        return preamble.tag();
    }

    public Preamble preamble() {
        return preamble;
    }

    /** The control payload or the message header; borrowed from the decoder. */
    public ByteBuf first() {
        return first;
    }

    /** The frame as a record; bytes behind its known fields are ignored (F25). */
    public ControlFrame toControl(Limits limits) throws ProtocolException {
        return ControlFrame.read(tag(), new WireReader(first.duplicate()), limits.frames());
    }

    /** The message; ownership of the segments and of the message passes to the caller. */
    public Message toMessage() throws ProtocolException {
        MessageHeader header;
        try {
            header = MessageHeader.read(first);
        } catch (ProtocolException e) {
            release();
            throw e.inFrame(tag().name());
        }
        int dataAlignment = preamble.segments() > 3 ? preamble.alignment(3) : Message.DATA_ALIGNMENT_DEFAULT;
        Message message = new Message(header, front, middle, data, dataAlignment);
        front = middle = data = Unpooled.EMPTY_BUFFER;
        return message;
    }

    /** Gives the segments back, if they were not passed on. */
    public void release() {
        front.release();
        middle.release();
        data.release();
        front = middle = data = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public String toString() {
        return preamble.toString();
    }
}
