package org.msgr2.core.frame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.WireWriter;

/**
 * A frame about to be encoded: tag and segments. One instance is filled again and again by the machine that is polled,
 * so nothing is allocated per frame. Not thread-safe.
 *
 * <p>An encoder may write a large frame in pieces: then {@link #hasRest} holds when it returns, and it wants the same frame
 * again before any other. The payload segments are borrowed from the message and stay valid until there is no rest.
 */
public final class OutFrame {
    private static final int FIRST_BYTES_INITIAL = 128;

    private final ByteBuf first;
    private final WireWriter writer;
    private Tag tag = Tag.WAIT;
    private ByteBuf front = Unpooled.EMPTY_BUFFER;
    private ByteBuf middle = Unpooled.EMPTY_BUFFER;
    private ByteBuf data = Unpooled.EMPTY_BUFFER;
    private int dataAlignment;
    private int segments = 1;
    private LateStatus lateStatus = LateStatus.COMPLETE;
    private boolean rest;
    private boolean lastPiece;

    /** @param firstBytesMax the largest control payload that can be written */
    public OutFrame(int firstBytesMax) {
        first = Unpooled.buffer(Math.min(FIRST_BYTES_INITIAL, firstBytesMax), firstBytesMax);
        writer = new WireWriter(first);
    }

    /** Makes this a control frame. */
    public OutFrame control(ControlFrame frame) {
        start(frame.tag());
        frame.write(writer);
        return this;
    }

    /**
     * Makes this a MESSAGE frame.
     *
     * @param message borrowed
     * @param seq the sequence number that it is sent with
     * @param ackSeq the last message received, acknowledged on the way
     */
    public OutFrame message(Message message, long seq, long ackSeq) {
        start(Tag.MESSAGE);
        message.header().write(first, seq, ackSeq);
        front = message.front();
        middle = message.middle();
        data = message.data();
        dataAlignment = message.dataAlignment();
        // Trailing empty segments are not counted, an empty one before a used one is (F05).
        segments = data.isReadable() ? 4 : middle.isReadable() ? 3 : front.isReadable() ? 2 : 1;
        return this;
    }

    /**
     * Says in the epilogue that the frame is void, so that the receiver drops it without an error. What is not written yet
     * of a frame that has a rest leaves as zeros, without a look at the message.
     *
     * @throws IllegalStateException for a frame of one segment, which has no epilogue in msgr2.1
     */
    public OutFrame abort() {
        if (segments == 1) {
            throw new IllegalStateException("a frame of one segment cannot be aborted");
        }
        lateStatus = LateStatus.ABORTED;
        return this;
    }

    private void start(Tag newTag) {
        tag = newTag;
        first.clear();
        front = middle = data = Unpooled.EMPTY_BUFFER;
        segments = 1;
        lateStatus = LateStatus.COMPLETE;
        rest = false;
    }

    /** Whether the frame was begun, and the encoder has to be called again to end it. */
    public boolean hasRest() {
        return rest;
    }

    /** Whether the next call of the encoder ends the frame: the last moment for {@link #abort}. */
    public boolean endsWithNextPiece() {
        return rest && lastPiece;
    }

    /**
     * For encoders: whether something is left to write.
     *
     * @param inOnePiece whether all of that goes with the next call
     */
    void rest(boolean left, boolean inOnePiece) {
        rest = left;
        lastPiece = inOnePiece;
    }

    /** The transport is gone, and with it what was left to write. */
    public void drop() {
        start(Tag.WAIT);
    }

    public Tag tag() {
        return tag;
    }

    /** 1 to 4. */
    public int segments() {
        return segments;
    }

    /** Borrowed. */
    public ByteBuf segment(int i) {
        return switch (i) {
            case 0 -> first;
            case 1 -> front;
            case 2 -> middle;
            case 3 -> data;
            default -> throw new IndexOutOfBoundsException(i);
        };
    }

    public int length(int i) {
        return segment(i).readableBytes();
    }

    public int alignment(int i) {
        return i == 3 ? dataAlignment : Message.ALIGNMENT_DEFAULT;
    }

    LateStatus lateStatus() {
        return lateStatus;
    }
}
