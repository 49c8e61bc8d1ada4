package org.msgr2.session.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.session.transport.ConnectionRefusedException;
import org.msgr2.session.transport.EventExecutorLoop;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.PeerCredentials;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** TCP, and TLS in it on request. Nagle's algorithm is off; one handler per channel does everything else. Thread-safe. */
public final class NettyTransport implements Transport {
    private static final Logger LOG = LoggerFactory.getLogger(NettyTransport.class);
    static final int CONNECT_TIMEOUT_MS = 10_000;
    static final int BACKLOG = 1024;
    /** A channel is writable until the second figure waits to be sent, and again below the first. */
    static final WriteBufferWaterMark WATER_MARK = new WriteBufferWaterMark(256 * 1024, 1024 * 1024);
    /** A listener that cannot accept (no descriptors left) tries again after a while. */
    static final int ACCEPT_PAUSE_MS = 1000;

    private final NettyIo io;
    private final ByteBufAllocator allocator;
    private final IoEventLoopGroup group;
    private final List<EventExecutorLoop> loops = new ArrayList<>();
    private final Map<EventExecutor, EventExecutorLoop> byExecutor = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE, true);

    /** With the best way to the kernel, and a loop per processor. */
    public NettyTransport(ByteBufAllocator allocator) {
        this(NettyIo.best(), Runtime.getRuntime().availableProcessors(), allocator);
    }

    /**
     * @param threads event loops
     * @param allocator for everything that is read and written
     * @throws IllegalArgumentException if this machine cannot do {@code io}
     */
    public NettyTransport(NettyIo io, int threads, ByteBufAllocator allocator) {
        if (!io.isAvailable()) {
            throw new IllegalArgumentException("transport " + io + " is not available on this machine");
        }
        this.io = io;
        this.allocator = allocator;
        this.group =
                new MultiThreadIoEventLoopGroup(threads, new DefaultThreadFactory("msgr2-" + io, true), io.handlers());
        for (EventExecutor executor : group) {
            EventExecutorLoop loop = new EventExecutorLoop(executor);
            loops.add(loop);
            byExecutor.put(executor, loop);
        }
    }

    @Override
    public String name() {
        return io.toString();
    }

    @Override
    public int loops() {
        return loops.size();
    }

    @Override
    public Loop loop(int index) {
        return loops.get(index);
    }

    /** Not with io_uring: Netty 4.2 loses a loop now and then if a channel with a read under way leaves it. */
    @Override
    public boolean movesStreams() {
        return io != NettyIo.IO_URING;
    }

    /** A channel is open: it is closed with the transport from now on. */
    private EventExecutorLoop opened(Channel channel) {
        channels.add(channel);
        EventExecutorLoop loop = byExecutor.get(channel.eventLoop());
        if (loop == null) {
            throw new IllegalStateException("a channel of another group");
        }
        return loop;
    }

    private final ChannelLoops channelLoops = new ChannelLoops() {
        @Override
        public Loop opened(Channel channel) {
            return NettyTransport.this.opened(channel);
        }

        @Override
        public EventLoop executorOf(Loop loop) {
            return NettyTransport.this.executorOf(loop);
        }

        @Override
        public @Nullable PeerCredentials credentials(Channel channel) {
            try {
                return io.credentials(channel);
            } catch (IOException e) {
                LOG.debug("the kernel does not tell who has opened {}", channel, e);
                return null;
            }
        }
    };

    private EventLoop executorOf(Loop loop) {
        for (EventExecutor executor : group) {
            if (loop.equals(byExecutor.get(executor))) {
                return (EventLoop) executor;
            }
        }
        throw new IllegalArgumentException("a loop of another transport");
    }

    @Override
    public Transport secured(TlsContext tls) {
        return new TlsTransport(this, tls);
    }

    @Override
    public Sockets sockets() {
        return new NettySockets(this, io, allocator, group, channels, channelLoops);
    }

    /** Where the next thing lives that could live anywhere. */
    EventExecutorLoop nextLoop() {
        return loops.get(Math.floorMod(turn.getAndIncrement(), loops.size()));
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        connect(target, loop, listener, failed, Wiring.PLAIN);
    }

    void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed, Wiring wiring) {
        new Bootstrap()
                .group(executorOf(loop))
                .channel(io.client())
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new ReadSizer())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        wiring.wire(channel, listener, channelLoops);
                    }
                })
                .connect(SocketAddresses.of(target))
                .addListener(future -> {
                    if (!future.isSuccess()) {
                        failed.accept(readable(future.cause()));
                    }
                });
    }

    /** The native transports name their system call and its number where a user wants to know what is wrong. */
    static Throwable readable(Throwable cause) {
        boolean refused = cause instanceof ConnectException
                && String.valueOf(cause.getMessage()).contains("Connection refused");
        return refused ? new ConnectionRefusedException() : cause;
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        return listen(addr, accepted, Wiring.PLAIN);
    }

    Listener listen(EntityAddr addr, Supplier<StreamListener> accepted, Wiring wiring) throws IOException {
        ChannelFuture bound = new ServerBootstrap()
                .group(group)
                .channel(io.server())
                .option(ChannelOption.SO_BACKLOG, BACKLOG)
                .option(ChannelOption.SO_REUSEADDR, true)
                .handler(new AcceptPause(ACCEPT_PAUSE_MS))
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.config().setRecvByteBufAllocator(new ReadSizer());
                        wiring.wire(channel, accepted.get(), channelLoops);
                    }
                })
                .bind(SocketAddresses.of(addr))
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            Throwable cause = bound.cause();
            throw new IOException("cannot listen on " + addr + ": " + cause.getMessage(), cause);
        }
        channels.add(bound.channel());
        return new NettyListener(bound.channel(), addr);
    }

    private record NettyListener(Channel channel, EntityAddr asked) implements Listener {
        @Override
        public EntityAddr addr() {
            return asked.withPort(((InetSocketAddress) channel.localAddress()).getPort());
        }

        @Override
        public void close() {
            Descriptors.close(channel);
        }
    }

    @Override
    public void close() {
        // Not left to the loops: one of io_uring may end without having closed what is being written to.
        channels.close().awaitUninterruptibly(2, TimeUnit.SECONDS);
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
