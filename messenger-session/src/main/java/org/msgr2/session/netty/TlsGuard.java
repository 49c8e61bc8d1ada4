package org.msgr2.session.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;

/**
 * Between the socket and TLS. Recognises a peer that does not speak TLS by its first byte, bounds what a handshake may bring,
 * and lets TLS read only when the stream's owner wants to.
 */
final class TlsGuard extends ChannelDuplexHandler {
    /** A handshake with a chain of certificates takes some 6 KiB; the rest is for chains that nobody should have. */
    static final int HANDSHAKE_BYTES_MAX = 64 * 1024;

    private static final int RECORD_ALERT = 0x15;
    private static final int RECORD_HANDSHAKE = 0x16;
    private static final byte[] MSGR2 = "ceph v2".getBytes(StandardCharsets.US_ASCII);

    /** "Unexpected message", fatal, without encryption: by this a peer knows that TLS is spoken here. */
    private static final byte[] REFUSAL = {RECORD_ALERT, 3, 3, 0, 2, 2, 10};

    private final boolean dialled;
    private final Future<Channel> handshake;
    private long handshakeBytes;
    private boolean refused;

    TlsGuard(boolean dialled, Future<Channel> handshake) {
        this.dialled = dialled;
        this.handshake = handshake;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        if (refused) {
            bytes.release();
            return;
        }
        if (!handshake.isDone() && bytes.isReadable()) {
            ProtocolException problem = check(bytes);
            if (problem != null) {
                refused = true;
                bytes.release();
                refuse(context, problem);
                return;
            }
        }
        context.fireChannelRead(bytes);
    }

    private @Nullable ProtocolException check(ByteBuf bytes) {
        boolean first = handshakeBytes == 0;
        handshakeBytes += bytes.readableBytes();
        if (first) {
            int type = bytes.getUnsignedByte(bytes.readerIndex());
            if (type != RECORD_HANDSHAKE && !(dialled && type == RECORD_ALERT)) {
                return new ProtocolException(FaultKind.TRANSPORT, stranger(bytes, type));
            }
        }
        if (handshakeBytes > HANDSHAKE_BYTES_MAX) {
            return new ProtocolException(
                    FaultKind.LIMIT, "a TLS handshake of more than " + HANDSHAKE_BYTES_MAX + " bytes");
        }
        return null;
    }

    private static String stranger(ByteBuf bytes, int type) {
        int compared = Math.min(MSGR2.length, bytes.readableBytes());
        for (int i = 0; i < compared; i++) {
            if (bytes.getByte(bytes.readerIndex() + i) != MSGR2[i]) {
                return String.format("the peer does not speak TLS: its first byte is 0x%02x", type);
            }
        }
        return "the peer speaks msgr2 without TLS";
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the channel is closed in any case
    private void refuse(ChannelHandlerContext context, ProtocolException problem) {
        if (!dialled) {
            context.writeAndFlush(context.alloc().buffer(REFUSAL.length).writeBytes(REFUSAL));
        }
        context.fireExceptionCaught(problem);
    }

    /** TLS itself asks for more when it has nothing to give, even if its owner wants nothing. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (context.channel().config().isAutoRead() || !handshake.isDone()) {
            context.read();
        }
    }
}
