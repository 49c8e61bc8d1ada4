package org.msgr2.session.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.unix.SegmentedDatagramPacket;
import java.net.InetSocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Datagrams of one size to one peer, put one behind the other: the kernel takes them with one call, finds the way for all of
 * them, and cuts them apart again (UDP_SEGMENT of udp(7)). Only the last may be shorter. Not thread-safe.
 */
final class SegmentRun {
    /** More in a run is refused by kernels before 6.9. */
    static final int SEGMENTS_MAX = 64;

    /**
     * What every IPv6 link carries, less the headers of IPv6 and UDP: a longer segment may be too long for the way that it
     * takes, and then the kernel refuses the whole run.
     */
    static final int SEGMENT_BYTES_MAX = 1280 - 40 - 8;

    /** The longest run. */
    private static final int BUFFER_BYTES = SEGMENTS_MAX * SEGMENT_BYTES_MAX;

    private final ByteBufAllocator allocator;
    /** Where datagrams are put together; used again as soon as the kernel has taken all that was in it. */
    private @Nullable ByteBuf buffer;

    private @Nullable InetSocketAddress to;
    /** The only datagram, while it is outside of the buffer. */
    private @Nullable ByteBuf first;

    /** Where the run begins in the buffer. */
    private int start;

    private int segmentBytes;
    private int segments;
    private boolean ended;

    SegmentRun(ByteBufAllocator allocator) {
        this.allocator = allocator;
    }

    int segments() {
        return segments;
    }

    /** Whether a datagram of such a size may come next. */
    boolean takes(InetSocketAddress peer, int size) {
        if (size == 0 || size > SEGMENT_BYTES_MAX) {
            return false;
        }
        return segments == 0 || (!ended && size <= segmentBytes && segments < SEGMENTS_MAX && peer.equals(to));
    }

    /** Adds a datagram that it {@link #takes}, whose ownership passes. */
    void add(InetSocketAddress peer, ByteBuf payload) {
        int size = payload.readableBytes();
        if (segments == 0) {
            first = payload;
        } else {
            // The copy costs a fraction of what the kernel saves.
            joined().writeBytes(payload);
            payload.release();
        }
        added(peer, size);
    }

    /** Adds a datagram that it {@link #takes}. */
    void add(InetSocketAddress peer, byte[] payload, int offset, int size) {
        ByteBuf into = segments == 0 ? startIn(roomFor(size)) : joined();
        into.writeBytes(payload, offset, size);
        added(peer, size);
    }

    private void added(InetSocketAddress peer, int size) {
        if (segments == 0) {
            to = peer;
            segmentBytes = size;
        }
        ended = segments > 0 && size < segmentBytes;
        segments++;
    }

    /** The buffer, with the first datagram in it. */
    private ByteBuf joined() {
        ByteBuf outside = first;
        if (outside == null) {
            return Objects.requireNonNull(buffer);
        }
        ByteBuf into = startIn(roomFor(segmentBytes)).writeBytes(outside);
        outside.release();
        first = null;
        return into;
    }

    private ByteBuf startIn(ByteBuf into) {
        start = into.writerIndex();
        return into;
    }

    /** The buffer, with room for as many segments of that size as a run may have. */
    private ByteBuf roomFor(int size) {
        ByteBuf used = buffer;
        if (used != null && used.refCnt() == 1) {
            return used.clear();
        }
        if (used != null && used.writableBytes() >= size * SEGMENTS_MAX) {
            return used;
        }
        if (used != null) {
            used.release();
        }
        ByteBuf fresh = allocator.directBuffer(BUFFER_BYTES, BUFFER_BYTES);
        buffer = fresh;
        return fresh;
    }

    /** Everything that was added, as one message for the channel, whose ownership passes; null if there is nothing. */
    @Nullable DatagramPacket take() {
        InetSocketAddress peer = to;
        if (segments == 0 || peer == null) {
            return null;
        }
        ByteBuf all = first != null ? first : inBuffer();
        DatagramPacket packet =
                segments == 1 ? new DatagramPacket(all, peer) : new SegmentedDatagramPacket(all, segmentBytes, peer);
        first = null;
        to = null;
        segments = 0;
        return packet;
    }

    private ByteBuf inBuffer() {
        ByteBuf used = Objects.requireNonNull(buffer);
        return used.retainedSlice(start, used.writerIndex() - start);
    }

    /** Nothing is sent any more: drops what was added. */
    void close() {
        DatagramPacket packet = take();
        if (packet != null) {
            packet.release();
        }
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
    }

    /** Its segments apart, for a kernel or a way that takes no run. The run's ownership passes. */
    static DatagramPacket[] apart(ByteBuf all, int segmentBytes, InetSocketAddress peer) {
        DatagramPacket[] packets = new DatagramPacket[(all.readableBytes() + segmentBytes - 1) / segmentBytes];
        for (int i = 0; i < packets.length; i++) {
            int size = Math.min(segmentBytes, all.readableBytes());
            packets[i] = new DatagramPacket(all.readRetainedSlice(size), peer);
        }
        all.release();
        return packets;
    }
}
