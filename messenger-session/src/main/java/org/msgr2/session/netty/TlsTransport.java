package org.msgr2.session.netty;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLEngine;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/** TCP with TLS in it, on the sockets and loops of another transport. Thread-safe. */
record TlsTransport(NettyTransport tcp, TlsContext tls) implements Transport {
    /** Owners have their own deadlines, and these are shorter: this one is for an owner that has none. */
    private static final int HANDSHAKE_TIMEOUT_MS = 60_000;

    /** How long the peer of a stream that has sent everything may take to let us say so. */
    private static final int FAREWELL_TIMEOUT_MS = 1000;

    @Override
    public String name() {
        return tcp.name() + "+tls";
    }

    @Override
    public int loops() {
        return tcp.loops();
    }

    @Override
    public Loop loop(int index) {
        return tcp.loop(index);
    }

    @Override
    public boolean movesStreams() {
        return tcp.movesStreams();
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        InetSocketAddress peer = SocketAddresses.of(target);
        tcp.connect(target, loop, listener, failed, (channel, owner, loops) -> {
            wire(channel, tls.newClientEngine(channel.alloc(), ip(peer), peer.getPort()), owner, loops);
        });
    }

    /** As certificates have it: without the interface of a link-local one. */
    private static String ip(InetSocketAddress peer) {
        String text = peer.getAddress().getHostAddress();
        int scope = text.indexOf('%');
        return scope < 0 ? text : text.substring(0, scope);
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        if (!tls.canListen()) {
            throw new IOException("cannot listen on " + addr + " with TLS: it takes a private key and a certificate");
        }
        return tcp.listen(
                addr,
                accepted,
                (channel, owner, loops) -> wire(channel, tls.newServerEngine(channel.alloc()), owner, loops));
    }

    private void wire(Channel channel, SSLEngine engine, StreamListener listener, ChannelLoops loops) {
        SslHandler records = new SslHandler(engine);
        records.setHandshakeTimeoutMillis(HANDSHAKE_TIMEOUT_MS);
        records.setCloseNotifyFlushTimeoutMillis(FAREWELL_TIMEOUT_MS);
        boolean dialled = engine.getUseClientMode();
        TlsFailures failures = new TlsFailures(dialled, tls.config().identity() != null);
        channel.pipeline()
                .addLast(new TlsGuard(dialled, records.handshakeFuture()))
                .addLast(records)
                .addLast(new TlsConnectionHandler(listener, loops, engine, failures));
    }

    @Override
    public Transport secured(TlsContext other) {
        return tcp.secured(other);
    }

    /** In the open: TLS is for the messenger's own connections. */
    @Override
    public Sockets sockets() {
        return tcp.sockets();
    }

    @Override
    public void close() {
        tcp.close();
    }
}
