package org.msgr2.session.testing.sim;

import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.frame.Revision;
import org.msgr2.session.Messenger;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Loop;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/**
 * The simulator's network for tests that have a story of their own: bytes are late, come in pieces of any size and stand still
 * now and then, connections are accepted late, and workers take their time; all drawn from a seed. Streams end only when the
 * test ends them, and what is written is read along, as in every simulation.
 */
public final class SimulatedNetwork extends TestNetwork {
    private static final int NODES_MAX = 30;
    private static final int NOBODY = NODES_MAX + 1;
    private static final int FIRST_PORT = 7_000;
    private static final long STEP_NS = SimTime.MS;
    /** Round trips, backoffs and pauses of the network, a few of them behind each other. */
    private static final long SETTLE_NS = 300 * SimTime.MS;

    private static final long WORK_DELAY_MAX_NS = 2 * SimTime.MS;
    private static final long HOLD_MAX_NS = 20 * SimTime.MS;
    private static final long TROUBLE_EVERY_MAX_NS = 40 * SimTime.MS;
    private static final int PIECES = 200;

    private final long seed;
    private final SimRandom random;
    private final SimTime time;
    private final SimClock clock;
    private final SimNetwork network;
    private final SimLoop workers;
    private final Map<Integer, Integer> nodeOfPort = new HashMap<>();
    private int nodes;
    private int loops;
    private @Nullable String violation;

    /** @param seed of everything that happens by chance */
    public SimulatedNetwork(long seed) {
        this.seed = seed;
        this.random = new SimRandom(seed);
        this.time = new SimTime(random.split());
        this.clock = new SimClock(time, 0, random.nextLong() >> 8);
        this.workers = new SimLoop(time, clock, 0);
        this.network = new SimNetwork(
                time,
                random.split(),
                SimOptions.draw(random.split()).withNodes(NODES_MAX),
                new SimTotals(),
                new SimTrace(false, time),
                new SimWire(Revision.MSGR2_1, what -> violation = what));
        trouble();
    }

    private void trouble() {
        network.chunk(random.below(PIECES));
        if (random.oneIn(4)) {
            network.delayAccept(random.between(0, HOLD_MAX_NS));
        }
        for (int from = 1; from <= nodes; from++) {
            for (int to = 1; to <= nodes; to++) {
                SimStream stream = random.oneIn(3) ? network.anyStream(from, to) : null;
                if (stream != null) {
                    stream.out().hold(time.nowNs() + random.between(0, HOLD_MAX_NS));
                }
            }
        }
        time.after(random.between(0, TROUBLE_EVERY_MAX_NS), this::trouble);
    }

    private void advance(long byNs) {
        time.advance(byNs);
        if (violation != null) {
            throw new AssertionError("seed " + seed + ": " + violation);
        }
    }

    // --- The network

    @Override
    public boolean hasThreads() {
        return false;
    }

    @Override
    protected Transport newTransport(ByteBufAllocator allocator) {
        if (nodes == NODES_MAX) {
            throw new IllegalStateException("there are " + nodes + " nodes already");
        }
        nodes++;
        List<SimLoop> own = new ArrayList<>();
        for (int i = 0; i < LOOPS; i++) {
            own.add(new SimLoop(time, clock, ++loops));
        }
        return new Place(new SimTransport(network, nodes, own, allocator));
    }

    @Override
    public Messenger.Builder messenger(String name, ByteBufAllocator allocator, Transport transport) {
        return super.messenger(name, allocator, transport).workerPool(workers()).clock(clock);
    }

    @Override
    public Executor workers() {
        return task -> time.at(workers, time.nowNs() + random.between(0, WORK_DELAY_MAX_NS), task);
    }

    @Override
    public void await(String what, BooleanSupplier condition) {
        long endNs = time.nowNs() + WAIT_MAX.toNanos();
        while (!condition.getAsBoolean()) {
            if (time.nowNs() > endNs) {
                throw new AssertionError(
                        "seed " + seed + ": does not happen within " + WAIT_MAX + " of simulated time: " + what);
            }
            advance(STEP_NS);
        }
    }

    @Override
    public void settle() {
        advance(SETTLE_NS);
    }

    @Override
    public void close(Messenger messenger) {
        closeInVirtualTime(messenger);
    }

    @Override
    public void close() {
        settle();
        super.close();
        settle();
    }

    /** A node, found by the port that it listens on: for tests all of them have one address. */
    private final class Place implements Transport {
        private final SimTransport transport;

        Place(SimTransport transport) {
            this.transport = transport;
        }

        @Override
        public String name() {
            return transport.name();
        }

        @Override
        public int loops() {
            return transport.loops();
        }

        @Override
        public Loop loop(int index) {
            return transport.loop(index);
        }

        @Override
        public void connect(EntityAddr target, Loop loop, StreamListener listener, Consumer<Throwable> failed) {
            int node = nodeOfPort.getOrDefault(target.port(), NOBODY);
            transport.connect(SimNetwork.addrOf(node, target.port(), target.nonce()), loop, listener, failed);
        }

        @Override
        public Listener listen(EntityAddr addr, Supplier<StreamListener> accepted) throws IOException {
            int port = addr.port() == 0 ? FIRST_PORT + transport.node() : addr.port();
            nodeOfPort.put(port, transport.node());
            Listener listener = transport.listen(SimNetwork.addrOf(transport.node(), port, addr.nonce()), accepted);
            return new Listener() {
                @Override
                public EntityAddr addr() {
                    return addr.withPort(port);
                }

                @Override
                public void close() {
                    listener.close();
                }
            };
        }

        @Override
        public void close() {
            transport.close();
        }
    }
}
