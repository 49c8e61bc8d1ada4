package org.msgr2.session.testing;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.ConnectionRefusedException;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/** A transport whose streams end when a test wants it: without a word, what is queued is lost. Thread-safe. */
public final class FlakyTransport implements Transport {
    private final Transport inner;
    private final Set<ByteStream> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger opened = new AtomicInteger();
    private volatile boolean refusing;

    public FlakyTransport(Transport inner) {
        this.inner = inner;
    }

    /** Ends every stream that is open. */
    public void cut() {
        for (ByteStream stream : List.copyOf(open)) {
            try {
                stream.loop().execute(stream::close);
            } catch (RejectedExecutionException e) {
                open.remove(stream); // its loop has ended, and so has the stream
            }
        }
    }

    /** Whether dialling fails, as if nobody were there. */
    public void refuse(boolean on) {
        refusing = on;
    }

    /** How many streams there were so far, dialled and accepted. */
    public int streams() {
        return opened.get();
    }

    /** How many there are now. */
    public int openStreams() {
        return open.size();
    }

    private final class Watch implements StreamListener {
        private final StreamListener owner;
        private @Nullable ByteStream stream;

        Watch(StreamListener owner) {
            this.owner = owner;
        }

        @Override
        public void onSecuring(ByteStream securing) {
            owner.onSecuring(securing);
        }

        @Override
        public void onOpen(ByteStream ready) {
            stream = ready;
            opened.incrementAndGet();
            open.add(ready);
            owner.onOpen(ready);
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
                open.remove(stream);
            }
            owner.onClosed(cause);
        }
    }

    @Override
    public Sockets sockets() {
        return inner.sockets();
    }

    @Override
    public String name() {
        return inner.name();
    }

    @Override
    public int loops() {
        return inner.loops();
    }

    @Override
    public Loop loop(int index) {
        return inner.loop(index);
    }

    @Override
    public boolean movesStreams() {
        return inner.movesStreams();
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        if (refusing) {
            loop.execute(() -> failed.accept(new ConnectionRefusedException()));
            return;
        }
        inner.connect(target, loop, new Watch(listener), failed);
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        return inner.listen(addr, () -> new Watch(accepted.get()));
    }

    @Override
    public void close() {
        inner.close();
    }
}
