package org.msgr2.core.message;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AbstractReferenceCounted;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.feature.CephFeatures;

/**
 * A message: header2 and up to three payload segments. <em>front</em> is the fixed part of the body, <em>middle</em> is
 * used by few types, <em>data</em> is bulk (spec/msgr2 §7.5).
 *
 * <p><b>Ownership.</b> A message is reference counted and owns one reference to each of its segments, which it releases
 * when its own count reaches 0. Building one takes the segments over from the caller. {@link #front()}, {@link #middle()}
 * and {@link #data()} are borrowed views, valid while the message is.
 *
 * <p><b>Threads.</b> The header is immutable. Segments have one reader at a time, since a buffer's reader index is shared:
 * take a {@code duplicate()} to read from several threads or twice.
 *
 * <p><b>Bodies that depend on the peer.</b> What a body looks like may depend on the features of both ends (spec/msgr2 §7.5), which
 * are not known before the session is ready, and may be others when it is ready again. Such a message is given a {@link Body}
 * instead of segments, which is asked whenever the message is written; until then its segments are empty.
 */
public final class Message extends AbstractReferenceCounted {
    /** Where the segments of a message are aligned in the receiver's memory unless the sender says otherwise. */
    public static final int ALIGNMENT_DEFAULT = 8;

    public static final int DATA_ALIGNMENT_DEFAULT = 4096;

    private final MessageHeader header;
    private final ByteBuf front;
    private final ByteBuf middle;
    private final ByteBuf data;
    private final int dataAlignment;
    private final @Nullable Body body;
    private final long bodyBytesMax;
    private @Nullable Runnable onDeallocate;

    /** Makes the segments of a message for a peer. Asked each time that it is written, on the connection's loop. */
    @FunctionalInterface
    public interface Body {
        /**
         * Sets the segments, and the version if that depends on the peer too; type, tid and priority stay.
         *
         * @param features what both ends support
         */
        void encode(CephFeatures features, Builder into);
    }

    /**
     * A message as it came from the wire, or with a header of the caller's own making.
     *
     * @param front owned by the message from now on, as {@code middle} and {@code data}
     * @param dataAlignment the hint that travels with the data segment
     */
    public Message(MessageHeader header, ByteBuf front, ByteBuf middle, ByteBuf data, int dataAlignment) {
        this.header = header;
        this.front = front;
        this.middle = middle;
        this.data = data;
        this.dataAlignment = dataAlignment;
        this.body = null;
        this.bodyBytesMax = 0;
    }

    private Message(MessageHeader header, int dataAlignment, Body body, long bodyBytesMax) {
        this.header = header;
        this.front = Unpooled.EMPTY_BUFFER;
        this.middle = Unpooled.EMPTY_BUFFER;
        this.data = Unpooled.EMPTY_BUFFER;
        this.dataAlignment = dataAlignment;
        this.body = body;
        this.bodyBytesMax = bodyBytesMax;
    }

    public static Builder builder(MessageType type) {
        return new Builder(type.code());
    }

    /** @param type any u16 that both ends agree on */
    public static Builder builder(int type) {
        return new Builder(type);
    }

    /** {@code seq} and {@code ack_seq} are 0 in a message that has not travelled. */
    public MessageHeader header() {
        return header;
    }

    /** See {@link MessageType}. */
    public int type() {
        return header.type();
    }

    public boolean is(MessageType type) {
        return header.type() == type.code();
    }

    public long tid() {
        return header.tid();
    }

    /** Borrowed; empty if absent. */
    public ByteBuf front() {
        return front;
    }

    /** Borrowed; empty if absent. */
    public ByteBuf middle() {
        return middle;
    }

    /** Borrowed; empty if absent. */
    public ByteBuf data() {
        return data;
    }

    public int dataAlignment() {
        return dataAlignment;
    }

    /** Bytes of front, middle and data, at most if they depend on the peer: what throttles and queues count. */
    public long payloadBytes() {
        return body != null
                ? bodyBytesMax
                : (long) front.readableBytes() + middle.readableBytes() + data.readableBytes();
    }

    /**
     * The message as it is written to a peer.
     *
     * @return owned by the caller: this one, retained, unless its body depends on the features
     * @throws IllegalStateException if the body is larger than was said
     */
    public Message encodedFor(CephFeatures features) {
        if (body == null) {
            return retain();
        }
        Builder builder = new Builder(type())
                .tid(tid())
                .priority(header.priority())
                .version(header.version(), header.compatVersion())
                .dataPlacement(header.dataOffset(), dataAlignment);
        body.encode(features, builder);
        Message encoded = builder.build();
        if (encoded.payloadBytes() > bodyBytesMax || encoded.type() != type()) {
            long bytes = encoded.payloadBytes();
            encoded.release();
            throw new IllegalStateException(MessageType.toString(type()) + ": a body of " + bytes
                    + " bytes, it was said to have " + bodyBytesMax + " at most");
        }
        return encoded;
    }

    /**
     * Runs once when the last reference is gone, on the thread that gave it up. For the owner of the permits that the
     * message holds; at most one may be set, before the message is shared.
     */
    public void onDeallocate(Runnable action) {
        if (onDeallocate != null) {
            throw new IllegalStateException("onDeallocate is set already");
        }
        onDeallocate = action;
    }

    @Override
    public Message retain() {
        super.retain();
        return this;
    }

    @Override
    public Message touch(Object hint) {
        front.touch(hint);
        middle.touch(hint);
        data.touch(hint);
        return this;
    }

    @Override
    protected void deallocate() {
        front.release();
        middle.release();
        data.release();
        if (onDeallocate != null) {
            onDeallocate.run();
        }
    }

    /** Type, numbers and sizes; never contents. */
    @Override
    public String toString() {
        return MessageType.toString(type()) + " seq=" + header.seq() + " tid=" + header.tid() + " front="
                + front.readableBytes() + " middle=" + middle.readableBytes() + " data=" + data.readableBytes();
    }

    /** Not thread-safe. Every segment that is set is owned by the builder until {@link #build}. */
    public static final class Builder {
        private final int type;
        private long tid;
        private int priority = Priority.DEFAULT;
        private int version = 1;
        private int compatVersion = 1;
        private int dataOffset;
        private int dataAlignment = DATA_ALIGNMENT_DEFAULT;
        private ByteBuf front = Unpooled.EMPTY_BUFFER;
        private ByteBuf middle = Unpooled.EMPTY_BUFFER;
        private ByteBuf data = Unpooled.EMPTY_BUFFER;
        private @Nullable Body body;
        private long bodyBytesMax;

        private Builder(int type) {
            this.type = requireU16("type", type);
        }

        public Builder tid(long transaction) {
            this.tid = transaction;
            return this;
        }

        /** See {@link Priority}. */
        public Builder priority(int value) {
            this.priority = requireU16("priority", value);
            return this;
        }

        /**
         * @param encoding the version that the body is encoded in
         * @param compatible the oldest version whose decoder can read it
         */
        public Builder version(int encoding, int compatible) {
            this.version = requireU16("version", encoding);
            this.compatVersion = requireU16("compat_version", compatible);
            return this;
        }

        /** The hints for the receiver's buffer: the data's offset in its page, and the alignment of the segment. */
        public Builder dataPlacement(int offset, int alignment) {
            this.dataOffset = requireU16("data_off", offset);
            this.dataAlignment = requireU16("alignment", alignment);
            return this;
        }

        /** Takes the buffer over. */
        public Builder front(ByteBuf segment) {
            this.front = segment;
            return this;
        }

        /** Takes the buffer over. */
        public Builder middle(ByteBuf segment) {
            this.middle = segment;
            return this;
        }

        /** Takes the buffer over. */
        public Builder data(ByteBuf segment) {
            this.data = segment;
            return this;
        }

        /**
         * Instead of segments.
         *
         * @param bytesMax what the segments have together, at most: queues count the message as that large
         */
        public Builder body(long bytesMax, Body later) {
            if (bytesMax < 0) {
                throw new IllegalArgumentException("bytesMax must not be negative: " + bytesMax);
            }
            this.bodyBytesMax = bytesMax;
            this.body = later;
            return this;
        }

        public Message build() {
            MessageHeader header = new MessageHeader(
                    0, tid, type, priority, version, 0, dataOffset, 0, MessageHeader.FLAGS_SENT, compatVersion, 0);
            return body == null
                    ? new Message(header, front, middle, data, dataAlignment)
                    : new Message(header, dataAlignment, body, bodyBytesMax);
        }

        private static int requireU16(String name, int value) {
            if (value < 0 || value > 0xffff) {
                throw new IllegalArgumentException(name + " must be within 0..65535: " + value);
            }
            return value;
        }
    }
}
