package org.msgr2.session.transport;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Datagrams and streams of other protocols than the messenger's, on the loops of a {@link Transport}: what services have their
 * front ends on, and original clients theirs. Thread-safe.
 *
 * <p>Errors come as an {@link IOException} whose message is for a user. What is opened here is closed with the transport, if
 * its owner has not done so before.
 */
public interface Sockets {

    /** @param addr port 0 is any free one; a wildcard address is all */
    DatagramHandle datagram(InetSocketAddress addr, DatagramOptions options, DatagramListener listener)
            throws IOException;

    /**
     * Goes on with a datagram socket that another process has opened and bound.
     *
     * @param descriptor ours from now on
     */
    DatagramHandle adoptDatagram(int descriptor, DatagramOptions options, DatagramListener listener) throws IOException;

    /**
     * Listens. Accepted streams are spread over the loops.
     *
     * @param addr an {@link InetSocketAddress}, where port 0 is any free one, or a {@link java.net.UnixDomainSocketAddress}. If
     *     there is a socket at its path where nobody listens any more, the new one takes its place; anything else stays, and
     *     makes this fail
     * @param accepted makes the owner of each accepted stream; called on the stream's loop
     */
    ListenerHandle stream(SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException;

    /**
     * Goes on with a socket on which another process listens.
     *
     * @param descriptor ours from now on
     * @param addr where it listens: says of which kind it is. Its port may be 0, if that is not known
     */
    ListenerHandle adoptStream(
            int descriptor, SocketAddress addr, StreamOptions options, Supplier<? extends StreamListener> accepted)
            throws IOException;

    /**
     * Dials.
     *
     * @param failed told instead of any call to the listener, if the stream cannot be opened
     */
    void connect(SocketAddress addr, StreamListener listener, Consumer<Throwable> failed);
}
