package org.msgr2.confd.socket;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.luxi.LuxiEngine;
import org.msgr2.confd.luxi.LuxiSession;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.StreamListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the query socket. The session is asked for each reply on a worker, and nothing is read meanwhile; the next
 * is asked for when the stream takes more. So a client has at most one query under way, one piece of its own that was not
 * looked at, and one reply that it has not read. All on the stream's loop but {@link #work}.
 */
final class QueryStream implements StreamListener {
    private static final Logger LOG = LoggerFactory.getLogger(QueryStream.class);

    private final LuxiSession session;
    private final Executor workers;
    /** What was in flight when reading was turned off. */
    private final Queue<ByteBuffer> unread = new ArrayDeque<>();

    private @Nullable ByteStream stream;
    /** A worker has the session. */
    private boolean working;
    /** The session may have replies left. */
    private boolean pending;

    private boolean closed;

    QueryStream(LuxiEngine engine, Executor workers) {
        this.session = new LuxiSession(engine);
        this.workers = workers;
    }

    private ByteStream stream() {
        return Objects.requireNonNull(stream, "onOpen is the first");
    }

    @Override
    public void onOpen(ByteStream opened) {
        stream = opened;
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        byte[] copy = new byte[bytes.readableBytes()];
        bytes.readBytes(copy).release();
        unread.add(ByteBuffer.wrap(copy));
        proceed();
    }

    @Override
    public void onWritable() {
        proceed();
    }

    @Override
    public void onClosed(@Nullable Throwable cause) {
        closed = true;
        unread.clear();
    }

    private void proceed() {
        if (closed || working || !stream().isWritable()) {
            return;
        }
        if (!pending) {
            ByteBuffer next = unread.poll();
            if (next == null) {
                stream().setReading(true);
                return;
            }
            session.receive(next);
            pending = true;
        }
        stream().setReading(false);
        working = true;
        try {
            workers.execute(() -> work(stream()));
        } catch (RejectedExecutionException e) {
            stream().close(); // the messenger ends
        }
    }

    private void work(ByteStream open) {
        byte @Nullable [] reply;
        try {
            reply = session.next();
        } catch (RuntimeException e) {
            LOG.error("A query failed in a way that is not the client's fault", e);
            open.loop().execute(open::close);
            return;
        }
        open.loop().execute(() -> worked(reply));
    }

    private void worked(byte @Nullable [] reply) {
        working = false;
        if (closed) {
            return;
        }
        if (reply == null) {
            pending = false;
        } else {
            stream().write(Unpooled.wrappedBuffer(reply));
            stream().flush();
            if (session.isClosed()) {
                closed = true;
                stream().finish();
                return;
            }
        }
        proceed();
    }
}
