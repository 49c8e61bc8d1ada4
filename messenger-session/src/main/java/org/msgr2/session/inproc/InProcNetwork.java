package org.msgr2.session.inproc;

import java.io.IOException;
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
    private int lastEphemeral;

    /** A network on which nobody listens yet. */
    public InProcNetwork() {}

    /** @param addr port 0 is any free one */
    synchronized EntityAddr bind(EntityAddr addr, InProcListener listener) throws IOException {
        EntityAddr bound = addr.port() == 0 ? addr.withPort(freePort(addr)) : addr;
        if (listeners.putIfAbsent(bound.port(), listener) != null) {
            throw new IOException("cannot listen on " + addr + ": Address already in use");
        }
        return bound;
    }

    private int freePort(EntityAddr addr) throws IOException {
        for (int i = 0; i < EPHEMERAL_COUNT; i++) {
            int port = ephemeralPort();
            if (!listeners.containsKey(port)) {
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
    }

    /** Who listens there; null is "connection refused". */
    synchronized @Nullable InProcListener lookUp(EntityAddr target) {
        return listeners.get(target.port());
    }
}
