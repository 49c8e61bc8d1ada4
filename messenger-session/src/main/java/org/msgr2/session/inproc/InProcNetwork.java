package org.msgr2.session.inproc;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;

/**
 * Where in-process transports find each other: the ports that are listened on. Addresses look like real ones and are
 * compared by IP and port; the wildcard IP stands for all. Thread-safe.
 */
public final class InProcNetwork {
    private static final int EPHEMERAL_FIRST = 32768;
    private static final int EPHEMERAL_COUNT = 65536 - EPHEMERAL_FIRST;

    private final Map<Integer, InProcListener> listeners = new HashMap<>();
    private final Map<Integer, InProcDatagrams> datagrams = new HashMap<>();
    private final Map<Path, InProcListener> paths = new HashMap<>();
    private int lastEphemeral;

    /** A network on which nobody listens yet. */
    public InProcNetwork() {}

    /** @param addr port 0 is any free one */
    synchronized EntityAddr bind(EntityAddr addr, InProcListener listener) throws IOException {
        EntityAddr bound = addr.port() == 0 ? addr.withPort(freePort(addr, listeners)) : addr;
        if (listeners.putIfAbsent(bound.port(), listener) != null) {
            throw new IOException("cannot listen on " + addr + ": Address already in use");
        }
        return bound;
    }

    private int freePort(Object addr, Map<Integer, ?> taken) throws IOException {
        for (int i = 0; i < EPHEMERAL_COUNT; i++) {
            int port = ephemeralPort();
            if (!taken.containsKey(port)) {
                return port;
            }
        }
        throw new IOException("cannot listen on " + addr + ": no port is free");
    }

    /** For the dialling end of a stream, which nobody looks up. */
    synchronized int ephemeralPort() {
        lastEphemeral = (lastEphemeral + 1) % EPHEMERAL_COUNT;
        return EPHEMERAL_FIRST + lastEphemeral;
    }

    synchronized void unbind(InProcListener listener) {
        listeners.values().remove(listener);
        paths.values().remove(listener);
    }

    synchronized void bindPath(Path path, InProcListener listener) throws IOException {
        if (paths.putIfAbsent(path, listener) != null) {
            throw new IOException("cannot listen on " + path + ": Address already in use");
        }
    }

    synchronized @Nullable InProcListener lookUpPath(Path path) {
        return paths.get(path);
    }

    /** @param addr port 0 is any free one; ports of datagrams are others than those of streams */
    synchronized InetSocketAddress bindDatagrams(InetSocketAddress addr, InProcDatagrams socket) throws IOException {
        int port = addr.getPort() == 0 ? freePort(addr, datagrams) : addr.getPort();
        if (datagrams.putIfAbsent(port, socket) != null) {
            throw new IOException("cannot receive datagrams at " + addr + ": Address already in use");
        }
        return new InetSocketAddress(addr.getAddress(), port);
    }

    synchronized void unbindDatagrams(InProcDatagrams socket) {
        datagrams.values().remove(socket);
    }

    /** Who receives datagrams there; null is nobody, and nobody tells. */
    synchronized @Nullable InProcDatagrams datagramsAt(InetSocketAddress target) {
        return datagrams.get(target.getPort());
    }

    /** Who listens there; null is "connection refused". */
    synchronized @Nullable InProcListener lookUp(EntityAddr target) {
        return listeners.get(target.port());
    }
}
