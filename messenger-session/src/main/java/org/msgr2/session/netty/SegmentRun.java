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

    private final ByteBufAllocator allocator;
    private @Nullable InetSocketAddress to;
    private @Nullable ByteBuf bytes;
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
        if (segments == 0) {
            start(peer, payload);
            return;
        }
        int size = payload.readableBytes();
        several().writeBytes(payload);
        payload.release();
        added(size);
    }

    /** Adds a datagram that it {@link #takes}. */
    void add(InetSocketAddress peer, byte[] payload, int offset, int size) {
        if (segments == 0) {
            start(peer, allocator.buffer(size).writeBytes(payload, offset, size));
            return;
        }
        several().writeBytes(payload, offset, size);
        added(size);
    }

    private void start(InetSocketAddress peer, ByteBuf payload) {
        to = peer;
        bytes = payload;
        segmentBytes = payload.readableBytes();
        segments = 1;
        ended = false;
    }

    private void added(int size) {
        segments++;
        ended = size < segmentBytes;
    }

    /** Where the second and later ones go, and the first with them: the copy costs a fraction of what the kernel saves. */
    private ByteBuf several() {
        ByteBuf all = Objects.requireNonNull(bytes);
        if (segments == 1) {
            ByteBuf first = all;
            all = allocator.directBuffer(segmentBytes * SEGMENTS_MAX).writeBytes(first);
            first.release();
            bytes = all;
        }
        return all;
    }

    /** Everything that was added, as one message for the channel, whose ownership passes; null if there is nothing. */
    @Nullable DatagramPacket take() {
        ByteBuf all = bytes;
        InetSocketAddress peer = to;
        if (all == null || peer == null) {
            return null;
        }
        DatagramPacket packet =
                segments == 1 ? new DatagramPacket(all, peer) : new SegmentedDatagramPacket(all, segmentBytes, peer);
        bytes = null;
        to = null;
        segments = 0;
        return packet;
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
