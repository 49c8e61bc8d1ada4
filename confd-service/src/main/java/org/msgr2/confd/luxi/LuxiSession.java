package org.msgr2.confd.luxi;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the query socket: bytes in, replies out (spec/confd §7). Calls end with byte 3 and may follow each
 * other without waiting; they are answered one after the other, in order.
 *
 * <p>The driver {@linkplain #receive gives} a piece of what it read, then {@linkplain #next takes} replies until there is
 * none, writing each; then it reads on. So no more is in memory than a piece, a call and a reply, and a client that does
 * not read is not served. Not thread-safe, but need not stay on one thread; {@link #next} takes as long as
 * {@link LuxiEngine#call}.
 */
public final class LuxiSession {
    /** Ends each call and each reply. */
    private static final byte END_MARK = 3;

    private static final byte[] NOTHING = {};

    private final LuxiEngine engine;
    private final ByteArrayOutputStream call = new ByteArrayOutputStream();
    private byte[] unread = NOTHING;
    private int position;
    private boolean closed;

    public LuxiSession(LuxiEngine engine) {
        this.engine = engine;
    }

    /**
     * Takes what the peer sent. The bytes are copied; what comes after the end of the session is dropped.
     *
     * @throws IllegalStateException if there may be replies left to take
     */
    public void receive(ByteBuffer bytes) {
        if (position < unread.length) {
            throw new IllegalStateException("next() has not answered null since the last receive()");
        }
        unread = new byte[closed ? 0 : bytes.remaining()];
        position = 0;
        if (closed) {
            bytes.position(bytes.limit());
        } else {
            bytes.get(unread);
        }
    }

    /**
     * The next reply with its end mark, to be written whole; it belongs to the caller. Null means that more bytes are
     * needed, or that the session is {@linkplain #isClosed closed}.
     */
    public byte @Nullable [] next() {
        while (!closed && position < unread.length) {
            int end = endOfCall();
            if (end - position > engine.limits().requestBytesMax() - call.size()) {
                int bytesMax = engine.limits().requestBytesMax();
                return finish(engine.malformed("The request is longer than " + bytesMax + " bytes"));
            }
            call.write(unread, position, end - position);
            position = Math.min(unread.length, end + 1);
            if (end < unread.length) {
                byte[] text = call.toByteArray();
                call.reset();
                return finish(engine.call(text));
            }
        }
        unread = NOTHING;
        position = 0;
        return null;
    }

    /** The position of the next end mark, or the end of what was received. */
    private int endOfCall() {
        int end = position;
        while (end < unread.length && unread[end] != END_MARK) {
            end++;
        }
        return end;
    }

    private byte[] finish(LuxiReply reply) {
        closed = reply.close();
        byte[] framed = Arrays.copyOf(reply.json(), reply.json().length + 1);
        framed[framed.length - 1] = END_MARK;
        return framed;
    }

    /** Whether the connection ends once everything is written: a call could not be understood. */
    public boolean isClosed() {
        return closed;
    }
}
