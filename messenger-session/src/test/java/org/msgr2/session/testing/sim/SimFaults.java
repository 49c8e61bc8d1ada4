package org.msgr2.session.testing.sim;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What happens on purpose in a run: who sends, what breaks, who dies. Not thread-safe. */
final class SimFaults {
    private final Simulation world;
    private final SimRandom random;
    private final SimNetwork network;
    private final SimOptions options;
    private final List<Runnable> undo = new ArrayList<>();

    SimFaults(Simulation world, SimRandom random) {
        this.world = world;
        this.random = random;
        this.network = world.network();
        this.options = world.options();
    }

    private record Pair(SimNode one, SimNode other) {}

    /** Two that have to do with each other, in either order. */
    private Pair anyPair() {
        List<SimNode> nodes = world.nodes();
        SimNode one;
        SimNode other;
        do {
            one = nodes.get(random.below(nodes.size()));
            other = nodes.get(random.below(nodes.size()));
        } while (!world.dials(one, other) && !world.dials(other, one));
        return new Pair(one, other);
    }

    private SimNode anyNode() {
        return world.nodes().get(random.below(world.nodes().size()));
    }

    /** Everybody dials whom they have to do with, some at once, some in the course of things. */
    void begin() {
        if (random.oneIn(3)) {
            byteTrap();
        }
        for (SimNode node : world.nodes()) {
            for (SimNode peer : world.nodes()) {
                if (world.dials(node, peer)) {
                    node.dial(peer);
                    if (options.relation().ofEquals() && random.percent(40)) {
                        bothDial(new Pair(node, peer));
                    }
                }
            }
        }
    }

    long pauseNs() {
        int kind = random.below(10);
        if (kind < 6) {
            return random.between(0, 30 * SimTime.MS);
        }
        return kind < 9 ? random.between(0, 1_500 * SimTime.MS) : random.between(SimTime.SECOND, 6 * SimTime.SECOND);
    }

    void step() {
        int kind = random.below(100);
        if (kind < 45) {
            send();
        } else if (kind < 88) {
            networkFault();
        } else if (kind < 93 || !options.upheaval()) {
            processFault();
        } else {
            upheaval();
        }
    }

    private void send() {
        Pair pair = anyPair();
        if (!pair.one().isAlive()) {
            return;
        }
        SimChannel channel = channel(pair.one(), pair.other());
        if (channel != null) {
            if (random.oneIn(4)) {
                pair.one().ping(channel);
            }
            int count = random.magnitude(5);
            world.trace()
                    .add(
                            pair.one().number(),
                            () -> "sends " + count + " to node " + pair.other().number());
            pair.one().send(channel, count);
        }
    }

    /** Who dials has a connection whenever it wants one; the other when it was dialled. */
    private @Nullable SimChannel channel(SimNode from, SimNode to) {
        if (world.dials(from, to)) {
            return from.dial(to);
        }
        return from.openTo(to.number());
    }

    // --- The network

    private void networkFault() {
        Pair pair = anyPair();
        int one = pair.one().number();
        int other = pair.other().number();
        switch (random.below(20)) {
            case 0, 1, 2 -> onStream(pair, SimFault.RESET, end -> network.cut(end, true, 0));
            case 3, 4 ->
                onStream(
                        pair,
                        SimFault.OLD_CONNECTION_DELIVERS,
                        end -> network.cut(end, false, random.between(0, 2 * SimTime.SECOND)));
            case 5 -> onStream(pair, SimFault.FIN, network::finish);
            case 6, 7, 8 -> byteTrap();
            case 9 -> onStream(pair, SimFault.HALF_OPEN, network::halfOpen);
            case 10 -> {
                long heldNs = random.between(SimTime.MS, 5 * SimTime.SECOND);
                onStream(
                        pair, SimFault.STALL, end -> end.out().hold(world.time().nowNs() + heldNs));
            }
            case 11 -> network.chunk(random.between(20, 300));
            case 12 -> corrupt(pair);
            case 13 -> {
                happened(SimFault.REFUSED, other, "refuses connections");
                lasting(() -> setListening(pair.other(), false), () -> setListening(pair.other(), true));
            }
            case 14 -> network.delayAccept(random.between(10 * SimTime.MS, 6 * SimTime.SECOND));
            case 15 -> {
                happened(SimFault.PARTITION, one, "is cut off from node " + other);
                lasting(() -> both(one, other, true), () -> both(one, other, false));
            }
            case 16 -> {
                happened(SimFault.PARTITION_ONE_WAY, one, "does not reach node " + other);
                lasting(() -> network.block(one, other, true), () -> network.block(one, other, false));
            }
            case 17 -> clog();
            default -> {
                // A cut while the answer to another is on its way.
                onStream(pair, SimFault.RESET, end -> network.cut(end, random.oneIn(2), 0));
                byteTrap();
            }
        }
    }

    /** Somewhere in the handshake, or behind. */
    private void byteTrap() {
        Pair pair = anyPair();
        int kind = random.below(10);
        SimFault fault = kind < 6 ? SimFault.CUT_AT_BYTE : kind < 9 ? SimFault.HELD_AT_BYTE : SimFault.HALF_OPEN;
        network.setTrap(pair.one().number(), pair.other().number(), random.magnitude(11), fault);
    }

    private interface OnStream {
        void apply(SimStream end);
    }

    private void onStream(Pair pair, SimFault fault, OnStream what) {
        SimStream end = network.anyStream(pair.one().number(), pair.other().number());
        if (end != null) {
            happened(
                    fault,
                    pair.one().number(),
                    fault + " towards node " + pair.other().number());
            what.apply(end);
        }
    }

    private void corrupt(Pair pair) {
        SimStream end = network.anyStream(pair.one().number(), pair.other().number());
        if (end != null && network.corruptible(end)) {
            happened(SimFault.CORRUPTED_BYTE, pair.one().number(), "sends a corrupted byte next");
            end.out().corruptNext();
        }
    }

    private void both(int one, int other, boolean on) {
        network.block(one, other, on);
        network.block(other, one, on);
    }

    private void clog() {
        happened(SimFault.CLOGGED, 0, "some are clogged");
        for (SimNode one : world.nodes()) {
            for (SimNode other : world.nodes()) {
                if (one != other && random.oneIn(2)) {
                    int from = one.number();
                    int to = other.number();
                    lasting(() -> network.block(from, to, true), () -> network.block(from, to, false));
                }
            }
        }
    }

    /** For a while, or until the end of all faults. */
    private void lasting(Runnable begin, Runnable end) {
        begin.run();
        undo.add(end);
        world.time().after(random.between(10 * SimTime.MS, 8 * SimTime.SECOND), end);
    }

    private static void setListening(SimNode node, boolean on) {
        if (node.isAlive()) {
            node.listening(on);
        }
    }

    // --- Processes, of which none dies

    private void processFault() {
        SimNode node = anyNode();
        if (!node.isAlive()) {
            return;
        }
        switch (random.below(5)) {
            case 0 -> {
                long pauseNs = random.between(SimTime.MS, 5 * SimTime.SECOND);
                happened(SimFault.PAUSE, node.number(), "stands still for " + pauseNs / SimTime.MS + " ms");
                node.pauseUntil(world.time().nowNs() + pauseNs);
            }
            case 1 -> {
                happened(SimFault.SLOW_READER, node.number(), "takes its time");
                lasting(() -> node.workDelay(SimTime.SECOND), () -> node.workDelay(0));
            }
            case 2 -> {
                long seconds = random.between(-7_200L, 7_200L);
                happened(SimFault.CLOCK_JUMP, node.number(), "has its clock moved by " + seconds + " s");
                node.clock().jump(seconds);
            }
            case 3 -> {
                if (options.auth() != SimOptions.Auth.NONE) {
                    node.auth().nextTicketFor(random.between(0, 40));
                    cutAll(node);
                }
            }
            default -> {
                if (options.relation().ofEquals()) {
                    bothDial(anyPair());
                }
            }
        }
    }

    private void cutAll(SimNode node) {
        for (SimNode peer : world.nodes()) {
            SimStream end = network.anyStream(node.number(), peer.number());
            if (end != null) {
                happened(SimFault.RESET, node.number(), "RESET towards node " + peer.number());
                network.cut(end, true, 0);
            }
        }
    }

    private void bothDial(Pair pair) {
        if (pair.one().isAlive() && pair.other().isAlive()) {
            happened(SimFault.BOTH_DIAL, 0, pair.one() + " and " + pair.other() + " dial each other");
            pair.one().dial(pair.other());
            pair.other().dial(pair.one());
        }
    }

    // --- Upheavals

    private void upheaval() {
        SimNode node = anyNode();
        if (!node.isAlive()) {
            return;
        }
        switch (random.below(13)) {
            case 0, 1 -> restart(node, SimFault.RESTART_SAME_NONCE);
            case 2 -> restart(node, SimFault.RESTART_NEW_NONCE);
            case 3 -> {
                happened(SimFault.SILENT_CRASH, node.number(), "loses its power");
                network.down(node.number(), true);
                restart(node, SimFault.RESTART_SAME_NONCE);
            }
            case 4, 5 ->
                withAnyOpen(node, channel -> {
                    happened(SimFault.MARK_DOWN, node.number(), "marks down " + channel);
                    world.upheaval(node.number(), channel.receiver());
                    node.markDown(channel);
                });
            case 6 ->
                withAnyOpen(node, channel -> {
                    happened(SimFault.DISPOSABLE, node.number(), "has no use for " + channel);
                    channel.connection().markDisposable();
                });
            case 7, 8 -> withAnyOpen(node, channel -> close(node, channel));
            case 9, 10, 11 -> forge();
            default -> impostor();
        }
    }

    private void close(SimNode node, SimChannel channel) {
        happened(SimFault.CLOSE, node.number(), "closes " + channel);
        world.upheaval(node.number(), channel.receiver());
        if (random.oneIn(2)) {
            node.send(channel, random.magnitude(4));
        }
        node.close(channel);
        SimNode peer = world.node(channel.receiver());
        if (peer != null && world.dials(node, peer) && random.percent(70)) {
            node.send(node.dial(peer), random.magnitude(4));
        }
    }

    private interface OnChannel {
        void apply(SimChannel channel);
    }

    private void withAnyOpen(SimNode node, OnChannel what) {
        List<SimChannel> open = node.open();
        open.removeIf(SimChannel::isGivenUp);
        if (!open.isEmpty()) {
            what.apply(open.get(random.below(open.size())));
        }
    }

    private void restart(SimNode node, SimFault how) {
        happened(how, node.number(), "dies");
        world.upheaval(node.number());
        node.die();
        long awayNs = random.between(0, random.oneIn(2) ? 50 * SimTime.MS : 8 * SimTime.SECOND);
        Runnable again = () -> startAgain(node, how);
        undo.add(again);
        world.time().after(awayNs, again);
    }

    private void startAgain(SimNode node, SimFault how) {
        if (node.isAlive()) {
            return;
        }
        int former = node.addr().nonce();
        network.down(node.number(), false);
        if (how == SimFault.RESTART_NEW_NONCE) {
            node.newNonce();
        }
        world.trace().add(node.number(), () -> "starts again");
        node.start();
        for (SimNode peer : world.nodes()) {
            if (world.dials(node, peer) && random.oneIn(2)) {
                node.dial(peer);
            }
            if (peer != node && node.addr().nonce() != former) {
                world.time().after(random.between(0, SimTime.SECOND), () -> tellOfNewAddress(peer, node));
            }
        }
    }

    /** Somebody tells the peers that a node is found elsewhere now: nobody will ever answer where they dial. */
    private void tellOfNewAddress(SimNode peer, SimNode moved) {
        if (!peer.isAlive()) {
            return;
        }
        for (SimChannel channel : peer.open()) {
            if (channel.receiver() == moved.number()
                    && !channel.isGivenUp()
                    && channel.connection().peerAddr().nonce() != moved.addr().nonce()
                    && (channel.dialled() || options.relation().ofEquals())) {
                world.upheaval(peer.number(), moved.number());
                peer.markDown(channel);
            }
        }
    }

    /** Somebody else tells the address of a client: another entity; or, where nobody proves anything, another process of it. */
    private void impostor() {
        boolean proven = options.auth() != SimOptions.Auth.NONE;
        boolean clients = options.relation() == SimOptions.Relation.CLIENTS;
        if (options.relation().ofEquals() || !options.bound() || (!proven && (!clients || random.oneIn(2)))) {
            forge();
            return;
        }
        SimNode server = world.nodes().get(0);
        SimNode victim = world.nodes().get(random.between(1, options.nodes() - 1));
        if (world.impostor() == null && server.isAlive()) {
            happened(SimFault.IMPOSTOR, victim.number(), "has a double");
            SimNode impostor = world.newImpostor(victim);
            impostor.start();
            impostor.send(impostor.dial(server), random.below(10));
        }
    }

    private void forge() {
        if (options.auth() == SimOptions.Auth.SECURE || options.msgr20()) {
            return;
        }
        // Equals that are told so would send once more what has arrived.
        boolean check = !options.relation().ofEquals();
        SimForgery position = random.oneIn(2) ? SimForgery.MSG_SEQ : SimForgery.ANSWERED_MSG_SEQ;
        network.forge(check && random.percent(60) ? SimForgery.SERVER_COOKIE : position);
        Pair pair = anyPair();
        onStream(pair, SimFault.RESET, end -> network.cut(end, true, 0));
        // Who has nothing to say need not come back, and then nothing is forged.
        boolean straight = world.dials(pair.one(), pair.other());
        SimNode dialler = straight ? pair.one() : pair.other();
        if (dialler.isAlive()) {
            dialler.send(dialler.dial(straight ? pair.other() : pair.one()), 1);
        }
    }

    // --- The end

    /** No more faults: what lasts is undone, who is dead starts again. */
    void end() {
        undo.forEach(Runnable::run);
        SimNode impostor = world.impostor();
        if (impostor != null) {
            impostor.die();
            world.upheaval(impostor.number());
        }
        for (SimNode node : world.nodes()) {
            for (SimNode peer : world.nodes()) {
                if (peer != node) {
                    tellOfNewAddress(node, peer);
                }
            }
        }
        network.heal(options.keepalive().isZero());
    }

    private void happened(SimFault fault, int node, String what) {
        world.happened(fault, node, what);
    }
}
