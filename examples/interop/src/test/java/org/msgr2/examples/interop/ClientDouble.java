package org.msgr2.examples.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Frame;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.OutFrame;
import org.msgr2.core.testing.BufferSink;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.session.handshake.Handshake;
import org.msgr2.session.handshake.HandshakeConfig;
import org.msgr2.session.handshake.Secured;
import org.msgr2.session.netty.NettyTransport;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.StreamListener;

/**
 * A connection that pretends to be a client's next one: whoever knows the client's key and the names of its session can say
 * what counters it likes, and a server has to believe it. So a server that has no fault comes to be ahead of its client. Says
 * one frame, hears one, and is gone.
 */
final class ClientDouble implements StreamListener {
    private static final long ANSWER_SECONDS_MAX = 10;
    private static final Limits LIMITS = Limits.defaults();

    private final ControlFrame question;
    private final CompletableFuture<ControlFrame> answer = new CompletableFuture<>();
    private final BufferSink out = new BufferSink();
    private final Handshake handshake;
    private int sent;
    private @Nullable ByteStream stream;
    private @Nullable FrameDecoder decoder;

    private ClientDouble(EntityAddr target, AuthProvider auth, ControlFrame question) {
        this.question = question;
        HandshakeConfig config = new HandshakeConfig(
                EntityType.CLIENT,
                BannerFeatures.REVISION_1,
                BannerFeatures.NONE,
                auth,
                false,
                LIMITS,
                ByteBufAllocator.DEFAULT);
        this.handshake = Handshake.connecting(config, target, EntityType.MDS, out);
    }

    /**
     * Goes through the handshake, says a frame, and gives the answer to it.
     *
     * @param auth of the client
     * @param question its first frame behind the handshake
     */
    static ControlFrame ask(EntityAddr target, AuthProvider auth, ControlFrame question) throws Exception {
        ClientDouble connection = new ClientDouble(target, auth, question);
        try (NettyTransport network = new NettyTransport(ByteBufAllocator.DEFAULT)) {
            network.connect(target, network.loop(0), connection, connection.answer::completeExceptionally);
            return connection.answer.get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        }
    }

    @Override
    public void onOpen(ByteStream opened) {
        stream = opened;
        guarded(handshake::start);
    }

    @Override
    public void onBytes(ByteBuf bytes) {
        try {
            guarded(() -> advance(bytes));
        } finally {
            bytes.release();
        }
    }

    private void advance(ByteBuf bytes) throws ProtocolException {
        if (decoder == null && handshake.bytes(bytes) == Handshake.Status.DONE) {
            Secured secured = handshake.secured();
            decoder = secured.decoder();
            secured.encoder().encode(new OutFrame(LIMITS.handshake().frameBytesMax()).control(question), out);
        }
        if (decoder != null && !answer.isDone() && decoder.next(bytes) == FrameDecoder.Result.FRAME) {
            Frame frame = decoder.take();
            answer.complete(frame.toControl(LIMITS));
            frame.release();
        }
    }

    @Override
    public void onWritable() {}

    @Override
    public void onClosed(@Nullable Throwable cause) {
        handshake.close();
        if (decoder != null) {
            decoder.close();
        }
        answer.completeExceptionally(new AssertionError("closed without an answer to " + question, cause));
    }

    @FunctionalInterface
    private interface Step {
        void run() throws ProtocolException;
    }

    private void guarded(Step step) {
        try {
            step.run();
            byte[] all = out.toByteArray();
            stream.write(Unpooled.copiedBuffer(all, sent, all.length - sent));
            stream.flush();
            sent = all.length;
        } catch (ProtocolException e) {
            answer.completeExceptionally(e);
        }
    }
}
