package org.msgr2.session.testing;

import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.Sockets;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/**
 * A network whose way to every peer leads through one place, as address translation does it: the messenger dials the peer's own
 * address, and the stream goes to the relay there. Thread-safe.
 */
public final class DetourTransport implements Transport {
    private final Transport network;
    private final EntityAddr relay;

    public DetourTransport(Transport network, EntityAddr relay) {
        this.network = network;
        this.relay = relay;
    }

    @Override
    public Sockets sockets() {
        return network.sockets();
    }

    @Override
    public String name() {
        return network.name();
    }

    @Override
    public int loops() {
        return network.loops();
    }

    @Override
    public Loop loop(int index) {
        return network.loop(index);
    }

    @Override
    public boolean movesStreams() {
        return network.movesStreams();
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        network.connect(relay, loop, listener, failed);
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        return network.listen(addr, accepted);
    }

    @Override
    public void close() {
        network.close();
    }
}
