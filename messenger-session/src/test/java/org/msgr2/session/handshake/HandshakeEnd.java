package org.msgr2.session.handshake;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.testing.BufferSink;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.session.handshake.Handshake.Status;

/** One end of a handshake with the buffers around it: keeps what it sends, and what came while it could not read. */
final class HandshakeEnd implements AutoCloseable {
    private final BufferSink out = new BufferSink();
    private final ByteBuf unread = Unpooled.buffer();
    private final Handshake handshake;
    private int taken;
    private Status status = Status.NEED_BYTES;
    private @Nullable Secured secured;

    private HandshakeEnd(HandshakeConfig config, @Nullable EntityAddr target, EntityAddr remote, EntityType expected)
            throws ProtocolException {
        handshake = target == null
                ? Handshake.accepting(config, remote, out)
                : Handshake.connecting(config, target, expected, out);
        handshake.start();
    }

    static HandshakeEnd connecting(HandshakeConfig config, EntityAddr target, EntityType expected)
            throws ProtocolException {
        return new HandshakeEnd(config, target, target, expected);
    }

    static HandshakeEnd accepting(HandshakeConfig config, EntityAddr remote) throws ProtocolException {
        return new HandshakeEnd(config, null, remote, EntityType.ANY);
    }

    /** Offers REVISION_1 and requires nothing. */
    static HandshakeConfig config(EntityType self, AuthProvider auth, ByteBufAllocator allocator) {
        return new HandshakeConfig(
                self, BannerFeatures.REVISION_1, BannerFeatures.NONE, auth, false, Limits.defaults(), allocator);
    }

    /** Bytes come, in one piece; those that come while an answer is awaited or after the end are kept. */
    Status feed(byte[] bytes) throws ProtocolException {
        unread.writeBytes(bytes);
        return proceed();
    }

    /** The answer that was awaited has come. */
    Status resume() throws ProtocolException {
        status = handshake.resume(handshake.pendingReply().toCompletableFuture().join());
        return proceed();
    }

    private Status proceed() throws ProtocolException {
        if (status == Status.NEED_BYTES) {
            status = handshake.bytes(unread);
            if (status == Status.NEED_BYTES && unread.isReadable()) {
                throw new AssertionError(unread.readableBytes() + " bytes left, and more wanted");
            }
        }
        if (status == Status.DONE && secured == null) {
            secured = handshake.secured();
        }
        return status;
    }

    /** Carries bytes both ways until neither end has more to say. */
    static void join(HandshakeEnd a, HandshakeEnd b, IntSupplier sizes) throws ProtocolException {
        for (boolean moved = true; moved; ) {
            moved = carry(a, b, sizes);
            moved |= carry(b, a, sizes);
        }
    }

    static void join(HandshakeEnd a, HandshakeEnd b) throws ProtocolException {
        join(a, b, () -> Integer.MAX_VALUE);
    }

    private static boolean carry(HandshakeEnd from, HandshakeEnd to, IntSupplier sizes) throws ProtocolException {
        byte[] bytes = from.takeSent();
        for (int at = 0; at < bytes.length; ) {
            int end = at + Math.min(sizes.getAsInt(), bytes.length - at);
            to.feed(Arrays.copyOfRange(bytes, at, end));
            at = end;
        }
        return bytes.length > 0;
    }

    Status status() {
        return status;
    }

    Handshake handshake() {
        return handshake;
    }

    /** What was sent since the last call. */
    byte[] takeSent() {
        byte[] all = out.toByteArray();
        byte[] fresh = Arrays.copyOfRange(all, taken, all.length);
        taken = all.length;
        return fresh;
    }

    /** Everything that was sent. */
    byte[] sent() {
        return out.toByteArray();
    }

    /** What came and was not consumed. */
    byte[] unread() {
        return ByteBufUtil.getBytes(unread);
    }

    /** After DONE; owned by this end. */
    Secured secured() {
        if (secured == null) {
            throw new AssertionError("not done, but waiting for " + handshake.waitingFor());
        }
        return secured;
    }

    @Override
    public void close() {
        handshake.close();
        if (secured != null) {
            secured.decoder().close();
        }
    }
}
