package org.msgr2.session.netty;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * Says how much is read from a channel at once: what its owner asked for last. A peer that has not proven itself gets a
 * small buffer, a session a large one. One per channel, on its loop.
 */
final class ReadSizer extends DefaultMaxMessagesRecvByteBufAllocator {
    static final int INITIAL_BYTES = 2048;

    private int bytes = INITIAL_BYTES;

    void bytes(int size) {
        bytes = size;
    }

    @Override
    @SuppressWarnings("deprecation") // the interface that Netty calls has no other
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return bytes;
            }
        };
    }
}
