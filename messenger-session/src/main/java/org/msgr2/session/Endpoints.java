package org.msgr2.session;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.session.driver.Node;
import org.msgr2.session.negotiation.OwnAddresses;
import org.msgr2.session.transport.Transport;

/** Where a messenger listens. Thread-safe. */
final class Endpoints {
    /** A process that moves is told from its former self by a nonce that is so much higher (spec/msgr2 §5.9). */
    private static final int NONCES_PER_MOVE = 1_000_000;
    /** So many ports that are not wanted may be offered by the system before we give up. */
    private static final int PORTS_TRIED_MAX = 64;

    /**
     * One port.
     *
     * @param told where peers of this port are told of it
     * @param back with what its sessions dial their peers; null if with nothing
     */
    private record Endpoint(
            Transport.Listener listener,
            Transport network,
            OwnAddresses told,
            @Nullable Transport back) {}

    private final Node node;
    private final List<Endpoint> endpoints = new ArrayList<>();
    private boolean closed;

    Endpoints(Node node) {
        this.node = node;
    }

    /** @return where, with the real port */
    synchronized EntityAddr bind(EntityAddr addr, Transport network, OwnAddresses told, @Nullable Transport back)
            throws IOException {
        if (closed) {
            throw new IOException("cannot listen on " + addr + ": the messenger is closed");
        }
        if (addr.type() != EntityAddr.Type.MSGR2 || addr.ip().length == 0) {
            throw new IOException("cannot listen on " + addr + ": not a v2 address");
        }
        String registering = node.config().policies().registering();
        if (registering != null && network.loops() > 1 && !network.movesStreams()) {
            throw new IOException("cannot listen on " + addr + ": sessions of " + registering
                    + " move between loops, which transport " + network.name()
                    + " cannot do; give it one thread, or take another");
        }
        Endpoint endpoint = listen(addr, network, told, back);
        endpoints.add(endpoint);
        told.bound(endpoint.listener().addr());
        return endpoint.listener().addr();
    }

    private Endpoint listen(EntityAddr addr, Transport network, OwnAddresses told, @Nullable Transport back)
            throws IOException {
        return new Endpoint(network.listen(addr, () -> node.accept(back)), network, told, back);
    }

    /**
     * Listens elsewhere, under other nonces, and tells so from now on.
     *
     * @param avoided ports, besides those of now
     * @throws IOException if that cannot be; then nothing has changed
     */
    synchronized void rebind(Set<Integer> avoided) throws IOException {
        if (closed) {
            throw new IOException("cannot listen elsewhere: the messenger is closed");
        }
        Set<Integer> ports = new HashSet<>(avoided);
        endpoints.forEach(old -> ports.add(old.listener().addr().port()));
        List<Endpoint> moved = new ArrayList<>();
        try {
            for (Endpoint old : endpoints) {
                moved.add(listenElsewhere(old, ports));
            }
        } catch (IOException e) {
            moved.forEach(endpoint -> endpoint.listener().close());
            throw e;
        }
        renew(node.addresses(), moved);
        renew(node.tlsAddresses(), moved);
        endpoints.forEach(old -> old.listener().close());
        endpoints.clear();
        endpoints.addAll(moved);
    }

    private Endpoint listenElsewhere(Endpoint old, Set<Integer> ports) throws IOException {
        EntityAddr now = old.listener().addr();
        EntityAddr anyPort = now.withPort(0).withNonce(now.nonce() + NONCES_PER_MOVE);
        // Kept open meanwhile, so that no port is offered twice.
        List<Endpoint> unwanted = new ArrayList<>();
        try {
            while (unwanted.size() < PORTS_TRIED_MAX) {
                Endpoint next = listen(anyPort, old.network(), old.told(), old.back());
                if (!ports.contains(next.listener().addr().port())) {
                    return next;
                }
                unwanted.add(next);
            }
        } finally {
            unwanted.forEach(endpoint -> endpoint.listener().close());
        }
        throw new IOException(
                "cannot listen elsewhere than on " + now + ": the system offers ports to be avoided only");
    }

    private static void renew(OwnAddresses told, List<Endpoint> moved) {
        told.renew(
                NONCES_PER_MOVE,
                new EntityAddrVec(moved.stream()
                        .filter(endpoint -> endpoint.told() == told)
                        .map(endpoint -> endpoint.listener().addr())
                        .toList()));
    }

    /** Listens no more. Addresses that were told stay told. */
    synchronized void close() {
        closed = true;
        endpoints.forEach(endpoint -> endpoint.listener().close());
    }
}
