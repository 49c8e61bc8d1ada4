package org.msgr2.session.inproc;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.StreamOptions;
import org.msgr2.session.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A listener within the process, and the streams that it has accepted. Thread-safe. */
final class InProcListenerHandle implements ListenerHandle {
    private static final Logger LOG = LoggerFactory.getLogger(InProcListenerHandle.class);

    private final StreamOptions options;
    private final Supplier<? extends StreamListener> accepted;
    private final Set<ByteStream> streams = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private volatile Transport.@Nullable Listener listener;
    private volatile @Nullable SocketAddress addr;

    InProcListenerHandle(StreamOptions options, Supplier<? extends StreamListener> accepted) {
        this.options = options;
        this.accepted = accepted;
    }

    void opened(Transport.Listener listening, SocketAddress at) {
        listener = listening;
        addr = at;
    }

    /** The owner of a stream. */
    StreamListener accept() {
        if (open.incrementAndGet() > options.streamsMax()) {
            open.decrementAndGet();
            refused.increment();
            return new Refused();
        }
        return new Counted(accepted.get());
    }

    /** Closes the stream at once. */
    private static final class Refused implements StreamListener {
        @Override
        public void onOpen(ByteStream stream) {
            stream.close();
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            bytes.release();
        }

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(@Nullable Throwable cause) {}
    }

    private final class Counted implements StreamListener {
        private final StreamListener owner;
        private @Nullable ByteStream stream;

        Counted(StreamListener owner) {
            this.owner = owner;
        }

        @Override
        public void onOpen(ByteStream opened) {
            stream = opened;
            streams.add(opened);
            opened.setReadBufferBytes(options.readBytes());
            owner.onOpen(opened);
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            owner.onBytes(bytes);
        }

        @Override
        public void onWritable() {
            owner.onWritable();
        }

        @Override
        public void onClosed(@Nullable Throwable cause) {
            if (stream != null) {
                streams.remove(stream);
            }
            open.decrementAndGet();
            owner.onClosed(cause);
        }
    }

    @Override
    public SocketAddress localAddr() {
        SocketAddress at = addr;
        if (at == null) {
            throw new IllegalStateException("nobody listens yet");
        }
        return at;
    }

    @Override
    public int streams() {
        return open.get();
    }

    @Override
    public long refused() {
        return refused.sum();
    }

    @Override
    public int export() throws IOException {
        throw new IOException("cannot export " + addr + ": a listener within the process has no descriptor");
    }

    @Override
    public void close() {
        Transport.Listener listening = listener;
        if (listening != null) {
            listening.close();
        }
    }

    @Override
    public void closeStreams() {
        for (ByteStream stream : streams) {
            try {
                stream.loop().execute(stream::close);
            } catch (RejectedExecutionException e) {
                LOG.trace("the loops have ended, and {} with them", stream, e);
            }
        }
    }
}
