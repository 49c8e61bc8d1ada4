package org.msgr2.session.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.PeerCredentials;
import org.msgr2.session.transport.StreamListener;

/** The one handler in a channel's pipeline, unless TLS is before it: the channel as a byte stream. Knows nothing of the protocol. */
@SuppressWarnings("FutureReturnValueIgnored") // whatever fails here closes the channel, and channelInactive tells
class ConnectionHandler extends ChannelInboundHandlerAdapter implements ByteStream {
    private final StreamListener listener;
    private final ChannelLoops loops;
    private @Nullable Channel channel;
    private volatile @Nullable Loop loop; // other threads ask it where to find us
    private final AtomicBoolean ended = new AtomicBoolean();
    private @Nullable Throwable cause;

    ConnectionHandler(StreamListener listener, ChannelLoops loops) {
        this.listener = listener;
        this.loops = loops;
    }

    final StreamListener listener() {
        return listener;
    }

    @Override
    public final void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        loop = loops.opened(context.channel());
        connected();
    }

    /** The channel is connected. */
    void connected() {
        listener.onOpen(this);
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object bytes) {
        listener.onBytes((ByteBuf) bytes);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            listener.onWritable();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        failed(failure);
        context.close();
    }

    /** Why the channel will have been closed. */
    final void failed(@Nullable Throwable why) {
        if (cause == null) {
            cause = why;
        }
    }

    @Override
    public final void channelInactive(ChannelHandlerContext context) {
        ended();
    }

    private void ended() {
        if (ended.compareAndSet(false, true)) {
            listener.onClosed(cause);
        }
    }

    final Channel channel() {
        if (channel == null) {
            throw new IllegalStateException("the channel is not open yet");
        }
        return channel;
    }

    @Override
    public Loop loop() {
        Loop current = loop;
        if (current == null) {
            throw new IllegalStateException("the channel is not open yet");
        }
        return current;
    }

    @Override
    public void moveTo(Loop target, Runnable moved) {
        Channel moving = channel();
        EventLoop executor = loops.executorOf(target);
        boolean reading = moving.config().isAutoRead();
        // Reads that are planned already come first, and plan no others: none must run on a loop that the channel has
        // left.
        moving.config().setAutoRead(false);
        moving.eventLoop()
                .execute(() -> moving.deregister().addListener(left -> {
                    // From here on whoever asks is sent to the new loop, where things may happen before "arrived" is
                    // told.
                    loop = target;
                    executor.register(moving).addListener(arrived -> {
                        if (arrived.isSuccess()) {
                            moving.config().setAutoRead(reading);
                            moved.run();
                        } else {
                            // Closed on the way: a channel without a loop tells nobody.
                            moving.close();
                            ended();
                        }
                    });
                }));
    }

    @Override
    public ByteBufAllocator allocator() {
        return channel().alloc();
    }

    @Override
    public EntityAddr localAddr() {
        return SocketAddresses.toEntityAddr(channel().localAddress());
    }

    @Override
    public EntityAddr remoteAddr() {
        return SocketAddresses.toEntityAddr(channel().remoteAddress());
    }

    @Override
    public @Nullable PeerCredentials peerCredentials() {
        return loops.credentials(channel());
    }

    @Override
    public void write(ByteBuf bytes) {
        channel().write(bytes, channel().voidPromise());
    }

    @Override
    public void flush() {
        channel().flush();
    }

    @Override
    public boolean isWritable() {
        return channel().isWritable();
    }

    @Override
    public void setReading(boolean reading) {
        channel().config().setAutoRead(reading);
    }

    @Override
    public void setReadBufferBytes(int bytes) {
        channel().config().<ReadSizer>getRecvByteBufAllocator().bytes(bytes);
    }

    @Override
    public void close() {
        channel().close();
    }

    @Override
    public void finish() {
        channel().writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
}
