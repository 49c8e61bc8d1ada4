package org.msgr2.session.transport;

import java.io.IOException;
import java.net.SocketAddress;

/** A port or a path where streams are accepted. Thread-safe. */
public interface ListenerHandle extends AutoCloseable {

    /** Where: with the real port, if 0 was asked for. */
    SocketAddress localAddr();

    /** Accepted streams that are open. */
    int streams();

    /** Streams that were closed at once because there were {@link StreamOptions#streamsMax} of them, ever. */
    long refused();

    /**
     * The number of its descriptor, for another process to go on with: by {@link Sockets#adoptStream}. It stays this handle's.
     * From now on {@link #close} leaves a path where it is.
     *
     * @throws IOException if this transport has no descriptors
     */
    int export() throws IOException;

    /**
     * Accepts no more; open streams stay. The path of a Unix-domain socket is removed. From any thread, and again; outside of loops
     * it returns when the port is free.
     */
    @Override
    void close();

    /** Closes every accepted stream at once. */
    void closeStreams();
}
