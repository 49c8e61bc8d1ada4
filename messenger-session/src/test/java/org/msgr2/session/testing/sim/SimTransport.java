package org.msgr2.session.testing.sim;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/** The network as one process of one node sees it. */
final class SimTransport implements Transport {
    private final SimNetwork network;
    private final int node;
    private final List<SimLoop> loops;
    private final ByteBufAllocator allocator;
    /** In the order in which they were opened, so that runs repeat. */
    private final Set<SimStream> streams = new LinkedHashSet<>();

    private boolean listening = true;
    private @Nullable Supplier<StreamListener> acceptor;
    private int lastLoop;

    SimTransport(SimNetwork network, int node, List<SimLoop> loops, ByteBufAllocator allocator) {
        this.network = network;
        this.node = node;
        this.loops = List.copyOf(loops);
        this.allocator = allocator;
    }

    SimNetwork network() {
        return network;
    }

    int node() {
        return node;
    }

    ByteBufAllocator allocator() {
        return allocator;
    }

    List<SimStream> streams() {
        return new ArrayList<>(streams);
    }

    void opened(SimStream stream) {
        streams.add(stream);
    }

    void ended(SimStream stream) {
        streams.remove(stream);
    }

    boolean isDead() {
        return loops.get(0).isDead();
    }

    SimLoop nextLoop() {
        return loops.get(Math.floorMod(lastLoop++, loops.size()));
    }

    /** Whether somebody listens. */
    void listening(boolean on) {
        listening = on;
    }

    /** Null if nobody listens. */
    @Nullable Supplier<StreamListener> acceptor() {
        return listening && !isDead() ? acceptor : null;
    }

    @Override
    public String name() {
        return "simulated";
    }

    @Override
    public int loops() {
        return loops.size();
    }

    @Override
    public Loop loop(int index) {
        return loops.get(index);
    }

    @Override
    public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
        network.connect(this, target, (SimLoop) loop, listener, failed);
    }

    @Override
    public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
        acceptor = accepted;
        if (SimNetwork.nodeOf(addr) == node) {
            network.listen(addr, this); // an impostor is not found where it says
        }
        return new Listener() {
            @Override
            public EntityAddr addr() {
                return addr;
            }

            @Override
            public void close() {
                acceptor = null;
            }
        };
    }

    @Override
    public void close() {
        acceptor = null;
    }
}
