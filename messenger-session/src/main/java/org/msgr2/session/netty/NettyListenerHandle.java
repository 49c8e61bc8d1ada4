package org.msgr2.session.netty;

import io.netty.channel.Channel;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.StreamOptions;

/** A listening channel, and the streams that it has accepted. Thread-safe. */
final class NettyListenerHandle implements ListenerHandle {
    private final SocketAddress asked;
    private final StreamOptions options;
    private final Supplier<? extends StreamListener> accepted;
    private final ChannelLoops loops;
    private final Set<Channel> streams = ConcurrentHashMap.newKeySet();
    private final AtomicInteger open = new AtomicInteger();
    private final LongAdder refused = new LongAdder();
    private volatile @Nullable Channel channel;
    /** Removes the path; null if there is none, or it is not ours to remove. */
    private volatile @Nullable UnixPath path;

    NettyListenerHandle(
            SocketAddress asked,
            StreamOptions options,
            Supplier<? extends StreamListener> accepted,
            ChannelLoops loops) {
        this.asked = asked;
        this.options = options;
        this.accepted = accepted;
        this.loops = loops;
    }

    void opened(Channel listening) {
        channel = listening;
    }

    /** The path goes with the listener. */
    void removes(UnixPath own) {
        path = own;
    }

    private Channel channel() {
        Channel listening = channel;
        if (listening == null) {
            throw new IllegalStateException("nobody listens yet");
        }
        return listening;
    }

    /** A stream, on its loop. */
    @SuppressWarnings("FutureReturnValueIgnored") // a channel that is closed has nothing more to say
    void accept(Channel stream) {
        if (open.incrementAndGet() > options.streamsMax()) {
            open.decrementAndGet();
            refused.increment();
            stream.close();
            return;
        }
        streams.add(stream);
        stream.closeFuture().addListener(closed -> {
            streams.remove(stream);
            open.decrementAndGet();
        });
        ReadSizer sizer = new ReadSizer();
        sizer.bytes(options.readBytes());
        stream.config().setRecvByteBufAllocator(sizer);
        Wiring.PLAIN.wire(stream, accepted.get(), loops);
    }

    @Override
    public SocketAddress localAddr() {
        if (asked instanceof InetSocketAddress && channel().localAddress() instanceof InetSocketAddress bound) {
            return bound;
        }
        return asked;
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
        int descriptor = Descriptors.of(channel());
        path = null;
        return descriptor;
    }

    @Override
    public void close() {
        Descriptors.close(channel());
        UnixPath own = path;
        path = null;
        if (own != null) {
            own.remove();
        }
    }

    @Override
    @SuppressWarnings("FutureReturnValueIgnored") // each tells its owner
    public void closeStreams() {
        streams.forEach(Channel::close);
    }
}
