package org.msgr2.session.testing.sim;

import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.transport.StreamListener;

/** The network between simulated nodes, with everything that may happen to bytes on it. */
final class SimNetwork {
    private static final int EPHEMERAL_FIRST = 32768;
    private static final int MTU_BYTES = 1448;
    /** Of the banner no byte is ever changed: nothing protects it, and what it says would be believed. */
    private static final int BANNER_BYTES = 26;

    private final SimTime time;
    private final SimRandom random;
    private final SimOptions options;
    private final SimTotals totals;
    private final SimTrace trace;
    private final SimWire wire;
    private final Map<Integer, SimTransport> listeners = new HashMap<>();
    private final List<SimPipe> pipes = new ArrayList<>();
    private final List<Trap> traps = new ArrayList<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private final boolean[][] blocked;
    private final boolean[] down;
    private int lastPort = EPHEMERAL_FIRST;
    private int chunkedPieces;
    private long acceptDelayNs;
    private @Nullable SimForgery forgery;

    /** Waits for a byte to pass between two nodes. */
    final class Trap {
        private final int from;
        private final int to;
        private final SimFault fault;
        private final long bytes;
        private int keep;

        private Trap(int from, int to, long bytes, SimFault fault) {
            this.from = from;
            this.to = to;
            this.bytes = bytes;
            this.fault = fault;
        }

        /** How many bytes of the piece still pass. */
        int keepBytes() {
            return keep;
        }

        void spring(SimPipe pipe) {
            traps.remove(this);
            totals.happened(fault);
            trace.add(from, () -> fault + " behind byte " + pipe.passed() + " to node " + to);
            switch (fault) {
                case CUT_AT_BYTE -> cut(pipe.from(), random.oneIn(2), 0);
                case HELD_AT_BYTE -> pipe.hold(now() + random.between(10 * SimTime.MS, 8 * SimTime.SECOND));
                default -> halfOpen(pipe.from());
            }
        }
    }

    SimNetwork(SimTime time, SimRandom random, SimOptions options, SimTotals totals, SimTrace trace, SimWire wire) {
        this.wire = wire;
        this.time = time;
        this.random = random;
        this.options = options;
        this.totals = totals;
        this.trace = trace;
        int places = options.nodes() + 2; // from 1, and an impostor
        this.blocked = new boolean[places][places];
        this.down = new boolean[places];
    }

    SimTime time() {
        return time;
    }

    long now() {
        return time.nowNs();
    }

    void at(SimTime.Place place, long dueNs, Runnable action) {
        time.at(place, dueNs, action);
    }

    long latencyNs() {
        return random.between(20_000L, options.latencyMaxNs());
    }

    // --- Connecting

    void listen(EntityAddr addr, SimTransport transport) {
        listeners.put(nodeOf(addr), transport);
    }

    /** Nodes have addresses of their own, and one port. */
    static int nodeOf(EntityAddr addr) {
        return addr.ip()[3];
    }

    static EntityAddr addrOf(int node, int port, int nonce) {
        return EntityAddr.of(EntityAddr.Type.MSGR2, nonce, new byte[] {10, 0, 0, (byte) node}, port);
    }

    void connect(
            SimTransport from, EntityAddr target, SimLoop loop, StreamListener listener, Consumer<Throwable> failed) {
        int port = EPHEMERAL_FIRST + (lastPort++ & 0x3fff);
        EntityAddr local = addrOf(from.node(), port, 0);
        whenOpen(from.node(), nodeOf(target), () -> arriveAt(from, local, target, loop, listener, failed));
    }

    private void arriveAt(
            SimTransport from,
            EntityAddr local,
            EntityAddr target,
            SimLoop loop,
            StreamListener listener,
            Consumer<Throwable> failed) {
        SimTransport to = listeners.get(nodeOf(target));
        Supplier<StreamListener> acceptor = to == null ? null : to.acceptor();
        if (to == null || acceptor == null) {
            time.at(loop, now() + latencyNs(), () -> failed.accept(new ConnectException("Connection refused")));
            return;
        }
        EntityAddr remote = addrOf(nodeOf(target), target.port(), 0);
        SimLoop theirs = to.nextLoop();
        SimStream dialled = new SimStream(from, loop, local, remote, listener, options.highWaterBytes());
        SimStream accepted = new SimStream(to, theirs, remote, local, acceptor.get(), options.highWaterBytes());
        SimWire.Stream watched = wire.stream(from.node(), to.node());
        SimPipe there = new SimPipe(this, watched, true, dialled, accepted);
        SimPipe back = new SimPipe(this, watched, false, accepted, dialled);
        dialled.join(there, back);
        accepted.join(back, there);
        pipes.add(there);
        pipes.add(back);
        from.opened(dialled);
        to.opened(accepted);
        time.at(loop, now() + latencyNs(), dialled::open);
        long delay = latencyNs();
        if (acceptDelayNs > 0) {
            delay += acceptDelayNs;
            acceptDelayNs = 0;
            totals.happened(SimFault.ACCEPT_DELAYED);
        }
        time.at(theirs, now() + delay, accepted::open);
    }

    private void whenOpen(int from, int to, Runnable arrives) {
        time.after(latencyNs(), () -> {
            if (isBlocked(from, to) || isBlocked(to, from)) {
                waiting.add(() -> whenOpen(from, to, arrives));
            } else {
                arrives.run();
            }
        });
    }

    // --- What bytes meet with

    /** How much of that many bytes travels in one piece. */
    int pieceBytes(SimPipe pipe, int bytes) {
        if (chunkedPieces > 0 && --chunkedPieces >= 0) {
            totals.happened(SimFault.CHUNKED);
            return Math.min(bytes, random.magnitude(7));
        }
        return options.mtu() ? Math.min(bytes, MTU_BYTES) : bytes;
    }

    @Nullable Trap trap(SimPipe pipe, long passed, int length) {
        for (Trap trap : traps) {
            if (trap.from == pipe.from().node() && trap.to == pipe.to().node()) {
                if (trap.bytes <= passed + length && trap.bytes >= passed) {
                    trap.keep = (int) (trap.bytes - passed);
                    return trap;
                }
            }
        }
        return null;
    }

    /** The next frame of that kind says something else. */
    void forge(SimForgery what) {
        forgery = what;
    }

    /** What leaves a node, all at once. */
    void leaving(int from, byte[] bytes) {
        SimForgery armed = forgery;
        if (armed != null && armed.apply(bytes)) {
            forgery = null;
            totals.happened(armed.fault());
            trace.add(from, () -> "says something impossible: " + armed);
        }
    }

    void corrupt(byte[] bytes) {
        bytes[random.below(bytes.length)] ^= (byte) (1 << random.below(8));
    }

    boolean isBlocked(int from, int to) {
        return blocked[from][to];
    }

    /** Whether the machine is off: nobody answers for the streams of its last process. */
    boolean isDown(int node) {
        return down[node];
    }

    // --- Faults

    void down(int node, boolean on) {
        down[node] = on;
    }

    /** That happens to the next stream between these nodes, behind so many bytes. */
    void setTrap(int from, int to, long bytes, SimFault fault) {
        traps.add(new Trap(from, to, bytes, fault));
    }

    void chunk(int pieces) {
        chunkedPieces = pieces;
    }

    void delayAccept(long delayNs) {
        acceptDelayNs = delayNs;
    }

    void block(int from, int to, boolean on) {
        if (blocked[from][to] == on) {
            return;
        }
        blocked[from][to] = on;
        if (!on) {
            pipes.forEach(pipe -> {
                if (pipe.from().node() == from && pipe.to().node() == to) {
                    pipe.unblock();
                }
            });
            List<Runnable> again = new ArrayList<>(waiting);
            waiting.clear();
            again.forEach(Runnable::run);
        }
    }

    /** One of the streams between two nodes, from the first node's end, if there is one. */
    @Nullable SimStream anyStream(int from, int to) {
        List<SimStream> found = new ArrayList<>();
        for (Iterator<SimPipe> all = pipes.iterator(); all.hasNext(); ) {
            SimPipe pipe = all.next();
            if (pipe.from().hasEnded() && pipe.to().hasEnded()) {
                all.remove();
            } else if (pipe.from().node() == from
                    && pipe.to().node() == to
                    && !pipe.from().hasEnded()) {
                found.add(pipe.from());
            }
        }
        return found.isEmpty() ? null : found.get(random.below(found.size()));
    }

    /**
     * Ends a stream: this end at once, the other when it hears of it.
     *
     * @param lose whether what is on its way is lost
     * @param laterNs how much later the other end hears of it
     */
    void cut(SimStream end, boolean lose, long laterNs) {
        if (lose) {
            end.out().lose();
        }
        end.in().swallow(); // nobody is there to read it
        end.reset();
        SimPipe there = end.out();
        if (laterNs > 0) {
            there.hold(now() + random.between(0, laterNs));
        }
        there.end(new IOException("Connection reset by peer"));
    }

    /** Something on the way closes the stream. */
    void finish(SimStream end) {
        end.out().end(null);
        end.in().end(null);
    }

    void halfOpen(SimStream end) {
        end.out().swallow();
        end.in().swallow();
    }

    boolean corruptible(SimStream end) {
        return end.out().passed() >= BANNER_BYTES;
    }

    /** Faults that last are over. Streams that are dead without knowing hear of it, unless it is theirs to find out. */
    void heal(boolean tellTheDead) {
        traps.clear();
        forgery = null;
        chunkedPieces = 0;
        acceptDelayNs = 0;
        for (int from = 0; from < blocked.length; from++) {
            for (int to = 0; to < blocked.length; to++) {
                block(from, to, false);
            }
        }
        for (SimPipe pipe : pipes) {
            boolean peerGone = pipe.to().loop().isDead();
            if (!pipe.from().hasEnded() && (peerGone || (pipe.isSwallowing() && tellTheDead))) {
                pipe.from().reset();
            }
        }
    }

    /** Streams that live, or half of them does, between two nodes. */
    int liveStreams(int one, int other) {
        int count = 0;
        for (SimPipe pipe : pipes) {
            if (pipe.from().node() == one
                    && pipe.to().node() == other
                    && !pipe.from().hasEnded()) {
                count++;
            }
        }
        return count;
    }
}
