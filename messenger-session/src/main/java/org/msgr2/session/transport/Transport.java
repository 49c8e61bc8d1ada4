package org.msgr2.session.transport;

import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.crypto.tls.TlsContext;

/** A network. Thread-safe. */
public interface Transport extends AutoCloseable {

    /** A port that is listened on. */
    interface Listener {
        /** The address that was bound: with the real port, if 0 was asked for. */
        EntityAddr addr();

        /** Accepts no more; open streams stay. Returns when the port is free. */
        void close();
    }

    /** For logs: {@code epoll}. */
    String name();

    /** How many loops there are; constant. */
    int loops();

    /** @param index from 0 */
    Loop loop(int index);

    /**
     * Whether {@link ByteStream#moveTo} works. Sessions that outlive a connection need it, unless there is one loop only.
     */
    default boolean movesStreams() {
        return true;
    }

    /**
     * Dials. The listener hears of it on the given loop, never within this call.
     *
     * @param failed told instead of any call to the listener, if the stream cannot be opened: with a {@link
     *     ConnectionRefusedException} if nobody listens there
     */
    void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed);

    /**
     * Listens. Accepted streams are spread over the loops.
     *
     * @param accepted makes the owner of each accepted stream; called on the stream's loop
     * @throws IOException with a message for a user: the port is in use, the address is not ours
     */
    Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException;

    /**
     * The same network with every byte inside TLS: same loops, same addresses. To close either is to close both. Two are equal if
     * network and context are the same.
     *
     * @param tls with a private key and a certificate, if it is for listening
     * @throws UnsupportedOperationException if this network has no TLS
     */
    default Transport secured(TlsContext tls) {
        throw new UnsupportedOperationException("transport " + name() + " has no TLS");
    }

    /**
     * Other protocols' sockets on the same loops; closed with this.
     *
     * @throws UnsupportedOperationException if this network has none
     */
    default Sockets sockets() {
        throw new UnsupportedOperationException("transport " + name() + " has no other sockets");
    }

    /** Closes every listener and stream, and ends the loops. Blocks until then, for a few seconds at most. */
    @Override
    void close();
}
