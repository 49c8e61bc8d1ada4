package org.msgr2.session.testing;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;

/**
 * Sits between two messengers that speak crc mode of msgr2.1 over TCP, forwards what they say, and ends connections the way real
 * networks do, at the sockets: neither messenger knows of it. One loop of its own does everything. Thread-safe.
 */
@SuppressWarnings("FutureReturnValueIgnored") // whatever fails here closes the channel, and its handler is told
public final class KillingRelay implements AutoCloseable {

    /** How a connection ends. Always towards both ends. */
    public enum Kill {
        /** With a RST (SO_LINGER 0): what is on its way is lost, read or not. */
        RST,
        /** With a FIN behind all that was read so far; what comes after that is dropped. */
        FIN,
        /** With a RST, behind the first bytes of a frame. */
        RST_IN_MID_FRAME,
        /** With a FIN, behind the first bytes of a frame. */
        FIN_IN_MID_FRAME;

        boolean resets() {
            return this == RST || this == RST_IN_MID_FRAME;
        }

        boolean inMidFrame() {
            return this == RST_IN_MID_FRAME || this == FIN_IN_MID_FRAME;
        }
    }

    /** Few messages at once: every read is an opportunity. */
    private static final int READ_BYTES = 16 * 1024;

    private final InetSocketAddress target;
    private final Supplier<@Nullable Kill> due;
    private final Random random;
    private final MultiThreadIoEventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("relay", true), NioIoHandler.newFactory());
    private final Channel listener;
    private final AtomicInteger open = new AtomicInteger();

    /**
     * @param target who is listened for
     * @param due asked on the relay's loop whenever the dialling end has said something of at least two bytes: what is to happen
     *     to its connection, which it does not survive; null for nothing
     */
    public KillingRelay(EntityAddr target, Supplier<@Nullable Kill> due, Random random) {
        this.target = new InetSocketAddress(InetAddress.getLoopbackAddress(), target.port());
        this.due = due;
        this.random = random;
        listener = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
                .childHandler(new ChannelInitializer<NioSocketChannel>() {
                    @Override
                    protected void initChannel(NioSocketChannel dialling) {
                        Pair pair = new Pair(dialling);
                        dialling.pipeline().addLast(new End(pair, true));
                        pair.reach();
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    /** What to dial instead of the target. */
    public EntityAddr addr() {
        int port = ((InetSocketAddress) listener.localAddress()).getPort();
        return EntityAddr.parse("v2:127.0.0.1:0/0").withPort(port);
    }

    /** How many sockets are not closed, of both sides. */
    public int openSockets() {
        return open.get();
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /** A connection to us and its continuation. */
    private final class Pair {
        private final DuplexChannel dialling;
        private final FrameEdges edges = new FrameEdges();
        private @Nullable DuplexChannel accepting;
        private boolean ended;

        Pair(DuplexChannel dialling) {
            this.dialling = dialling;
        }

        void reach() {
            new Bootstrap()
                    .group(dialling.eventLoop())
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.TCP_NODELAY, true)
                    .option(ChannelOption.RECVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(READ_BYTES))
                    .handler(new End(this, false))
                    .connect(target)
                    .addListener((ChannelFutureListener) reached -> {
                        if (reached.isSuccess()) {
                            accepting = (DuplexChannel) reached.channel();
                            dialling.config().setAutoRead(true);
                        } else {
                            dialling.close();
                        }
                    });
        }

        private @Nullable DuplexChannel other(boolean thanDialling) {
            return thanDialling ? accepting : dialling;
        }

        /** @param bytes owned by us */
        void read(boolean fromDialling, ByteBuf bytes) {
            DuplexChannel to = other(fromDialling);
            if (ended || to == null) {
                bytes.release();
                return;
            }
            Kill kill = fromDialling && bytes.readableBytes() > 1 ? due.get() : null;
            if (kill == null) {
                forward(fromDialling, to, bytes);
            } else {
                kill(kill, to, bytes);
            }
        }

        private void forward(boolean fromDialling, DuplexChannel to, ByteBuf bytes) {
            if (fromDialling) {
                edges.pass(bytes, bytes.readerIndex(), bytes.readableBytes());
            }
            to.writeAndFlush(bytes, to.voidPromise());
            if (!to.isWritable()) {
                reading(fromDialling, false);
            }
        }

        void reading(boolean atDialling, boolean on) {
            DuplexChannel from = other(!atDialling);
            if (from != null) {
                from.config().setAutoRead(on);
            }
        }

        private void kill(Kill how, DuplexChannel to, ByteBuf bytes) {
            ended = true;
            // Whatever waits for a slow reader is dropped from here on, and both ends are to be heard to their end.
            dialling.config().setAutoRead(true);
            to.config().setAutoRead(true);
            if (how == Kill.RST) {
                bytes.release();
                reset(dialling);
                reset(to);
                return;
            }
            ByteBuf last = how.inMidFrame() ? toMidFrame(bytes) : bytes;
            ChannelFutureListener end = written -> end((DuplexChannel) written.channel(), how);
            to.writeAndFlush(last).addListener(end);
            dialling.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(end);
        }

        /** The first of the bytes, up to the middle of a frame: a frame has more than two bytes. */
        private ByteBuf toMidFrame(ByteBuf bytes) {
            int count = 1 + random.nextInt(bytes.readableBytes() - 1);
            edges.pass(bytes, bytes.readerIndex(), count);
            if (!edges.isInside()) {
                edges.pass(bytes, bytes.readerIndex() + count, 1);
                count++;
            }
            if (!edges.isInside()) {
                throw new IllegalStateException("a frame of one byte");
            }
            return bytes.writerIndex(bytes.readerIndex() + count);
        }

        private void end(DuplexChannel channel, Kill how) {
            if (!channel.isOpen()) {
                return; // its peer was faster
            }
            if (how.resets()) {
                reset(channel);
            } else {
                channel.shutdownOutput();
            }
        }

        private void reset(Channel channel) {
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
            channel.close();
        }

        /** One end is gone by itself: so is the other, once it has what was said. */
        void closed(boolean atDialling) {
            DuplexChannel rest = other(atDialling);
            if (!ended && rest != null) {
                ended = true;
                rest.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            }
        }
    }

    /** One socket. */
    private final class End extends ChannelInboundHandlerAdapter {
        private final Pair pair;
        private final boolean dialling;

        End(Pair pair, boolean dialling) {
            this.pair = pair;
            this.dialling = dialling;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            open.incrementAndGet();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            open.decrementAndGet();
            pair.closed(dialling);
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            pair.read(dialling, (ByteBuf) bytes);
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext context) {
            if (context.channel().isWritable()) {
                pair.reading(!dialling, true);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
            context.close();
        }
    }
}
