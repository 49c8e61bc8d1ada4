package org.msgr2.session.netty;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.TransportSecurity;

/** The last handler in a channel with TLS: its stream opens when the handshake is over. */
@SuppressWarnings("FutureReturnValueIgnored") // whatever fails here closes the channel, and channelInactive tells
final class TlsConnectionHandler extends ConnectionHandler {
    private final SSLEngine engine;
    private final TlsFailures failures;
    private int pieceBytesMax = ReadSizer.INITIAL_BYTES;
    private @Nullable TransportSecurity security;

    TlsConnectionHandler(StreamListener listener, ChannelLoops loops, SSLEngine engine, TlsFailures failures) {
        super(listener, loops);
        this.engine = engine;
        this.failures = failures;
    }

    @Override
    void connected() {
        listener().onSecuring(this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent completion && security == null) {
            if (completion.isSuccess()) {
                security = security(engine.getSession());
                listener().onOpen(this);
            } else {
                failed(failures.explain(completion.cause()));
            }
        }
    }

    private static TransportSecurity security(SSLSession session) {
        X509Certificate peer = null;
        try {
            peer = (X509Certificate) session.getPeerCertificates()[0];
        } catch (SSLPeerUnverifiedException e) {
            // It showed none, and none was required.
        }
        return new TransportSecurity(session.getProtocol(), session.getCipherSuite(), peer);
    }

    @Override
    public @Nullable TransportSecurity security() {
        return security;
    }

    /** A record is what a peer makes it, up to 16 KiB: the owner still gets no more at once than it wants. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        try {
            while (bytes.readableBytes() > pieceBytesMax) {
                listener().onBytes(bytes.readRetainedSlice(pieceBytesMax));
            }
            listener().onBytes(bytes.retain());
        } finally {
            bytes.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        failed(failures.explain(failure));
        closeAtOnce(context.pipeline());
    }

    @Override
    public void setReadBufferBytes(int bytes) {
        pieceBytesMax = bytes;
        super.setReadBufferBytes(bytes);
    }

    /** Past TLS, which would wait until the peer has taken what is queued, and its farewell. */
    @Override
    public void close() {
        closeAtOnce(channel().pipeline());
    }

    private static void closeAtOnce(ChannelPipeline pipeline) {
        ChannelHandlerContext first = pipeline.firstContext();
        if (first != null) {
            first.close();
        }
    }
}
