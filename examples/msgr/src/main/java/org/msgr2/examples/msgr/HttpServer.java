package org.msgr2.examples.msgr;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpContentCompressor;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpServerKeepAliveHandler;
import io.netty.handler.timeout.ReadTimeoutHandler;
import io.netty.handler.timeout.WriteTimeoutHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.channels.spi.SelectorProvider;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Answers HTTP with pages that are made when they are asked for, on one thread of its own. Every request is small, and every
 * connection has a deadline; there are so many and no more, the oldest goes first. Thread-safe.
 */
final class HttpServer implements AutoCloseable {
    private static final int CONNECTIONS_MAX = 64;
    private static final int LINE_BYTES_MAX = 2048;
    private static final int HEADERS_BYTES_MAX = 8192;
    private static final int BODY_BYTES_MAX = 1024;
    private static final int IDLE_S = 30;
    private static final int WRITE_S = 10;

    private final EventLoopGroup loops;
    /** On the one loop. */
    private final Set<Channel> connections = new LinkedHashSet<>();

    HttpServer() {
        loops = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory("msgr-http", true), NioIoHandler.newFactory());
    }

    /** Makes the page of a path; on the server's thread. Null if there is none. */
    @FunctionalInterface
    interface Pages {
        /** @param accepted the Accept header; empty if there is none */
        @Nullable HttpPage get(String path, String accepted);
    }

    /**
     * Begins to listen.
     *
     * @return where, with the real port
     */
    InetSocketAddress listen(InetSocketAddress addr, Pages pages) throws IOException {
        SocketProtocolFamily family =
                addr.getAddress() instanceof Inet4Address ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
        ChannelFuture bound = new ServerBootstrap()
                .group(loops)
                // Of this family only: 0.0.0.0 does not mean IPv6 too.
                .channelFactory(() -> new NioServerSocketChannel(SelectorProvider.provider(), family))
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        opened(channel, pages);
                    }
                })
                .bind(addr)
                .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(bound.cause().getMessage(), bound.cause());
        }
        return (InetSocketAddress) bound.channel().localAddress();
    }

    private void opened(Channel channel, Pages pages) {
        if (connections.size() >= CONNECTIONS_MAX) {
            ChannelFuture unused = connections.iterator().next().close();
        }
        connections.add(channel);
        channel.closeFuture().addListener(closed -> connections.remove(channel));
        channel.pipeline()
                .addLast(new ReadTimeoutHandler(IDLE_S), new WriteTimeoutHandler(WRITE_S))
                .addLast(new HttpServerCodec(LINE_BYTES_MAX, HEADERS_BYTES_MAX, BODY_BYTES_MAX))
                .addLast(new HttpContentCompressor(), new HttpServerKeepAliveHandler())
                .addLast(new HttpObjectAggregator(BODY_BYTES_MAX))
                .addLast(new HttpHandler(pages));
    }

    /** At once, whatever is under way. */
    @Override
    public void close() {
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
