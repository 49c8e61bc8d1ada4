package org.msgr2.session.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;

/** The one handler in a channel's pipeline, unless TLS is before it: the channel as a byte stream. Knows nothing of the protocol. */
@SuppressWarnings("FutureReturnValueIgnored") // whatever fails here closes the channel, and channelInactive tells
class ConnectionHandler extends ChannelInboundHandlerAdapter implements ByteStream {
    private final StreamListener listener;
    private final Function<Channel, ? extends Loop> loops;
    private @Nullable Channel channel;
    private @Nullable Loop loop;
    private @Nullable Throwable cause;

    ConnectionHandler(StreamListener listener, Function<Channel, ? extends Loop> loops) {
        this.listener = listener;
        this.loops = loops;
    }

    final StreamListener listener() {
        return listener;
    }

    @Override
    public final void channelActive(ChannelHandlerContext context) {
        channel = context.channel();
        loop = loops.apply(context.channel());
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
        listener.onClosed(cause);
    }

    final Channel channel() {
        if (channel == null) {
            throw new IllegalStateException("the channel is not open yet");
        }
        return channel;
    }

    @Override
    public Loop loop() {
        if (loop == null) {
            throw new IllegalStateException("the channel is not open yet");
        }
        return loop;
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
