package org.msgr2.session.netty;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.ServerChannel;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.group.ChannelGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.DatagramHandle;
import org.msgr2.session.transport.DatagramListener;
import org.msgr2.session.transport.DatagramOptions;
import org.msgr2.session.transport.EventExecutorLoop;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.StreamOptions;

/**
 * Sockets of other protocols on a transport's loops.
 *
 * @param channels closed with the transport
 */
@SuppressWarnings("FutureReturnValueIgnored") // a channel that is given up has nothing more to say
record NettySockets(
        NettyTransport transport,
        NettyIo io,
        ByteBufAllocator allocator,
        EventLoopGroup group,
        ChannelGroup channels,
        ChannelLoops loops)
        implements Sockets {
    /** One that is longer than allowed shows by the byte too many. */
    private static final int SPARE_BYTES = 1;

    @Override
    public DatagramHandle datagram(InetSocketAddress addr, DatagramOptions options, DatagramListener listener)
            throws IOException {
        return datagram(
                io.datagrams(addr, options.receiveBytesMax() + SPARE_BYTES, options.batchMax()),
                addr,
                options,
                listener);
    }

    @Override
    public DatagramHandle adoptDatagram(int descriptor, DatagramOptions options, DatagramListener listener)
            throws IOException {
        return datagram(
                io.adoptedDatagrams(descriptor, options.receiveBytesMax() + SPARE_BYTES, options.batchMax()),
                null,
                options,
                listener);
    }

    /** @param addr to bind to; null if that has been done */
    private DatagramHandle datagram(
            ChannelFactory<? extends Channel> factory,
            @Nullable InetSocketAddress addr,
            DatagramOptions options,
            DatagramListener listener)
            throws IOException {
        EventExecutorLoop loop = transport.nextLoop();
        DatagramHandler[] made = new DatagramHandler[1];
        Bootstrap bootstrap = new Bootstrap()
                .group(loops.executorOf(loop))
                .channelFactory(factory)
                .option(ChannelOption.ALLOCATOR, allocator)
                // Bounded by our own count, in datagrams.
                .option(
                        ChannelOption.WRITE_BUFFER_WATER_MARK,
                        new WriteBufferWaterMark(Integer.MAX_VALUE, Integer.MAX_VALUE))
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        made[0] = new DatagramHandler(channel, loop, options, listener);
                        channel.pipeline().addLast(made[0]);
                    }
                });
        if (options.kernelBytes() > 0) {
            bootstrap.option(ChannelOption.SO_RCVBUF, options.kernelBytes());
        }
        ChannelFuture ready = (addr == null ? bootstrap.register() : bootstrap.bind(addr)).awaitUninterruptibly();
        if (!ready.isSuccess()) {
            throw cannot("receive datagrams at " + addr, ready.cause());
        }
        Channel channel = ready.channel();
        if (!(channel.localAddress() instanceof InetSocketAddress bound)) {
            channel.close();
            throw new IOException("cannot go on with a descriptor that is no datagram socket");
        }
        channels.add(channel);
        made[0].bound(bound);
        return made[0];
    }

    @Override
    public ListenerHandle stream(SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        if (addr instanceof UnixDomainSocketAddress path) {
            return path(path, options, accepted);
        }
        NettyListenerHandle handle = new NettyListenerHandle(addr, options, accepted, loops);
        start(tcp(server(handle)).channel(io.server()).option(ChannelOption.SO_REUSEADDR, true), addr, handle);
        return handle;
    }

    private ListenerHandle path(
            UnixDomainSocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        NettyListenerHandle handle = new NettyListenerHandle(addr, options, accepted, loops);
        Path path = addr.getPath();
        UnixPath.makeRoom(path);
        ChannelFactory<? extends ServerChannel> listening;
        try {
            listening = io.pathServer(path, options.fileMode(), NettyTransport.BACKLOG);
        } catch (IOException e) {
            throw cannot("listen on " + addr, e);
        }
        if (listening != null) {
            register(server(handle).channelFactory(listening), "listen on " + addr, handle);
            handle.removes(UnixPath.of(path));
        } else {
            start(server(handle).channel(io.pathServer()), addr, handle);
            Files.setPosixFilePermissions(path, options.fileMode());
        }
        return handle;
    }

    @Override
    public ListenerHandle adoptStream(
            int descriptor, SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException {
        boolean path = addr instanceof UnixDomainSocketAddress;
        ChannelFactory<? extends ServerChannel> factory = io.adoptedServer(descriptor, path);
        NettyListenerHandle handle = new NettyListenerHandle(addr, options, accepted, loops);
        ServerBootstrap bootstrap = server(handle).channelFactory(factory);
        String what = "go on with descriptor " + descriptor;
        Channel channel = register(path ? bootstrap : tcp(bootstrap), what, handle);
        Object bound = path ? io.pathOf(descriptor) : channel.localAddress();
        boolean same = path
                ? addr.toString().equals(bound)
                : bound instanceof InetSocketAddress inet && isAt(inet, (InetSocketAddress) addr);
        if (!same) {
            channel.close();
            throw new IOException("cannot " + what + ": it listens at " + bound + ", not at " + addr);
        }
        return handle;
    }

    private Channel register(ServerBootstrap bootstrap, String what, NettyListenerHandle handle) throws IOException {
        ChannelFuture ready = bootstrap.register().awaitUninterruptibly();
        if (!ready.isSuccess()) {
            throw cannot(what, ready.cause());
        }
        opened(ready.channel(), handle);
        return ready.channel();
    }

    private static boolean isAt(InetSocketAddress bound, InetSocketAddress expected) {
        return expected.getPort() == 0 || expected.getPort() == bound.getPort();
    }

    private ServerBootstrap server(NettyListenerHandle handle) {
        return new ServerBootstrap()
                .group(group)
                .option(ChannelOption.SO_BACKLOG, NettyTransport.BACKLOG)
                .handler(new AcceptPause(NettyTransport.ACCEPT_PAUSE_MS))
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, NettyTransport.WATER_MARK)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        handle.accept(channel);
                    }
                });
    }

    private static ServerBootstrap tcp(ServerBootstrap bootstrap) {
        return bootstrap.childOption(ChannelOption.TCP_NODELAY, true);
    }

    private void start(ServerBootstrap bootstrap, SocketAddress addr, NettyListenerHandle handle) throws IOException {
        ChannelFuture ready = bootstrap.bind(io.address(addr)).awaitUninterruptibly();
        if (!ready.isSuccess()) {
            throw cannot("listen on " + addr, ready.cause());
        }
        opened(ready.channel(), handle);
    }

    private void opened(Channel channel, NettyListenerHandle handle) {
        channels.add(channel);
        handle.opened(channel);
    }

    private static IOException cannot(String what, Throwable cause) {
        return new IOException("cannot " + what + ": " + cause.getMessage(), cause);
    }

    @Override
    public void connect(SocketAddress addr, StreamListener listener, Consumer<Throwable> failed) {
        boolean path = addr instanceof UnixDomainSocketAddress;
        Bootstrap bootstrap = new Bootstrap()
                .group(loops.executorOf(transport.nextLoop()))
                .channel(path ? io.pathClient() : io.client())
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, NettyTransport.CONNECT_TIMEOUT_MS)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, NettyTransport.WATER_MARK)
                .option(ChannelOption.RECVBUF_ALLOCATOR, new ReadSizer())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        Wiring.PLAIN.wire(channel, listener, loops);
                    }
                });
        if (!path) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
        bootstrap.connect(io.address(addr)).addListener(future -> {
            if (!future.isSuccess()) {
                failed.accept(NettyTransport.readable(future.cause()));
            }
        });
    }
}
