package org.msgr2.session.machine;

import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/** Bytes that came and are not decoded yet: while a message waits for its admission, they are parked. Owns them. Not thread-safe. */
final class Inbound {
    private final Queue<ByteBuf> parts = new ArrayDeque<>();

    /** Ownership passes. */
    void add(ByteBuf bytes) {
        if (bytes.isReadable()) {
            parts.add(bytes);
        } else {
            bytes.release();
        }
    }

    /** The oldest part with readable bytes; borrowed. Null when everything is consumed. */
    @Nullable ByteBuf current() {
        ByteBuf part = parts.peek();
        while (part != null && !part.isReadable()) {
            parts.remove().release();
            part = parts.peek();
        }
        return part;
    }

    void clear() {
        parts.forEach(ByteBuf::release);
        parts.clear();
    }
}
