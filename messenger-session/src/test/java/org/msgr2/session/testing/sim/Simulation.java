package org.msgr2.session.testing.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Revision;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Messenger;
import org.msgr2.session.accept.AcceptRule;

/**
 * One run: nodes and a network, made of a seed, and what becomes of them. First faults, then none; then everything that was
 * promised has to come, and at the end everything that was borrowed has to be back. Not thread-safe; to be used once.
 */
final class Simulation {
    /** Longer than all that anybody waits for, one behind the other. */
    private static final long LIVENESS_MAX_NS = 240 * SimTime.SECOND;

    private static final long LIVENESS_STEP_NS = 200 * SimTime.MS;
    /** By then the last attempt that nobody waits for any more is given up by both ends. */
    private static final long ATTEMPTS_END_NS = 25 * SimTime.SECOND;

    private static final int DISPATCH_WAITS_MAX = 20;

    private static final long EVENTS_MAX = 2_000_000;
    /** Per process: what streams, queues and handshakes may hold in a run as small as these. */
    private static final long BYTES_MAX = 24L << 20;

    private final long seed;
    private final SimRandom random;
    private final SimTime time;
    private final SimTrace trace;
    private final SimOptions options;
    private final SimTotals totals = new SimTotals();
    private final SimNetwork network;
    private final List<SimNode> nodes = new ArrayList<>();
    private final long[][] upheavals;
    private final @Nullable SimCalls calls;
    private @Nullable SimNode impostor;
    private boolean calm;
    private boolean closing;
    private @Nullable String violation;

    /** @param calls whether nodes call each other, instead of sending messages */
    Simulation(long seed, boolean traced, boolean calls) {
        this.seed = seed;
        this.random = new SimRandom(seed);
        this.time = new SimTime(random.split());
        this.trace = new SimTrace(traced, time);
        this.options = SimOptions.draw(random);
        this.network = new SimNetwork(
                time,
                random.split(),
                options,
                totals,
                trace,
                new SimWire(options.msgr20() ? Revision.MSGR2_0 : Revision.MSGR2_1, this::violated));
        this.upheavals = new long[options.nodes() + 2][options.nodes() + 2];
        for (long[] row : upheavals) {
            Arrays.fill(row, -1);
        }
        this.calls = calls ? new SimCalls(this, random.split(), totals) : null;
    }

    /**
     * Runs it.
     *
     * @throws SimViolation if a promise is broken
     */
    SimTotals run() {
        trace.add(0, () -> "seed " + seed + ": " + options);
        makeNodes();
        SimFaults faults = new SimFaults(this, random.split());
        faults.begin();
        for (int step = 0; step < options.steps(); step++) {
            faults.step();
            advance(faults.pauseNs());
            check();
        }
        trace.add(0, () -> "--- no more faults");
        faults.end();
        calm = true;
        liveness();
        finish();
        totals.ran(time.ran());
        return totals;
    }

    private void makeNodes() {
        boolean drift = random.oneIn(4);
        for (int number = 1; number <= options.nodes(); number++) {
            boolean server = number == 1 && !options.relation().ofEquals();
            boolean client = !server && !options.relation().ofEquals();
            int by = drift ? random.between(-100, 100) : 0;
            nodes.add(new SimNode(
                    this,
                    number,
                    client ? EntityType.CLIENT : EntityType.OSD,
                    server || options.bound(),
                    by,
                    random.split(),
                    null));
        }
        if (drift) {
            totals.happened(SimFault.CLOCK_DRIFT);
        }
        nodes.forEach(SimNode::start);
    }

    // --- Liveness, and the end

    /** Who dials, dials; every pair has to hear of each other again, and every queue has to drain. */
    private void liveness() {
        if (calls != null) {
            calls.calm();
        }
        List<FinalTalk> talks = new ArrayList<>();
        for (SimNode dialler : nodes) {
            for (SimNode peer : nodes) {
                if (calls == null && dials(dialler, peer)) {
                    talks.add(new FinalTalk(dialler, peer));
                }
            }
        }
        long endNs = time.nowNs() + LIVENESS_MAX_NS;
        boolean done = false;
        while (!done) {
            if (time.nowNs() > endNs) {
                throw new SimViolation(seed, "no progress after the faults: " + unfinished(talks));
            }
            done = true;
            for (FinalTalk talk : talks) {
                done &= talk.isDone();
            }
            done &= allQuiet();
            done &= calls == null || calls.unfinished() == null;
            advance(LIVENESS_STEP_NS);
        }
    }

    /** By the lower number, if both could. */
    boolean dials(SimNode node, SimNode peer) {
        return options.relation().ofEquals() ? node.number() < peer.number() : peer.number() == 1 && node != peer;
    }

    private boolean allQuiet() {
        if (!options.relation().lossless()) {
            return true;
        }
        for (SimNode node : nodes) {
            for (SimChannel channel : node.open()) {
                boolean current = !options.upheaval() || isCurrent(channel);
                if (current && (channel.backlog() > 0 || channel.connection().queuedMessages() > 0)) {
                    return false;
                }
                if (!options.upheaval() && !channel.allDelivered()) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean isCurrent(SimChannel channel) {
        return channel.dialled() && !channel.isGivenUp();
    }

    private String unfinished(List<FinalTalk> talks) {
        StringBuilder text = new StringBuilder();
        if (calls != null) {
            text.append(calls.unfinished()).append("; ");
        }
        talks.stream()
                .filter(talk -> !talk.isDone())
                .forEach(talk -> text.append(talk).append("; "));
        for (SimNode node : nodes) {
            for (SimChannel channel : node.open()) {
                if (channel.connection().queuedMessages() > 0 || channel.backlog() > 0) {
                    text.append(channel)
                            .append(" has ")
                            .append(channel.connection().queuedMessages())
                            .append(" queued; ");
                }
            }
        }
        return text.toString();
    }

    /** After all: one message from the end that dials, one back. Over as many connections as that takes, if they are lossy. */
    private final class FinalTalk {
        private final SimNode dialler;
        private final SimNode peer;
        private @Nullable SimChannel asked;
        private int question;
        private @Nullable SimChannel answered;
        private int answer;

        FinalTalk(SimNode dialler, SimNode peer) {
            this.dialler = dialler;
            this.peer = peer;
        }

        boolean isDone() {
            SimChannel ask = asked;
            if (ask == null || ask.hasEnded() || ask.isGivenUp()) {
                ask = dialler.dial(peer);
                asked = ask;
                question = say(dialler, ask);
                answered = null;
            }
            if (question == 0 || isLost(ask, question)) {
                question = say(dialler, ask);
            }
            if (question == 0 || !ask.isDelivered(question)) {
                return false;
            }
            SimChannel back = answered;
            if (back == null || back.hasEnded()) {
                // An equal may have nothing to come back for; then it is for the other to dial.
                back = options.relation().ofEquals() ? peer.dial(dialler) : peer.openTo(dialler.number());
                answered = back;
                answer = back == null ? 0 : say(peer, back);
            }
            if (back != null && (answer == 0 || isLost(back, answer))) {
                answer = say(peer, back);
            }
            return back != null && answer > 0 && back.isDelivered(answer);
        }

        /** Named as discarded, or received by a session that was reset before the application got it. */
        private boolean isLost(SimChannel channel, int number) {
            return !channel.isDelivered(number)
                    && (channel.isDiscarded(number)
                            || channel.sentAtNs(number)
                                    <= upheavals[channel.receiver()][
                                            channel.sender().number()]);
        }

        private int say(SimNode from, SimChannel channel) {
            int before = channel.sent();
            if (channel.backlog() == 0) {
                from.send(channel, 1);
            }
            return channel.sent() > before ? channel.sent() : 0;
        }

        @Override
        public String toString() {
            SimChannel ask = asked;
            return dialler + " and " + peer + ": "
                    + (ask == null || !ask.isDelivered(question)
                            ? "no question arrives (" + ask + ")"
                            : "no answer arrives (" + answered + ")");
        }
    }

    private void finish() {
        String missing = missing();
        // What has arrived may still wait for a worker, and low priorities wait the longest.
        for (int waits = 0; missing != null && waits < DISPATCH_WAITS_MAX; waits++) {
            advance(SimTime.SECOND);
            missing = missing();
        }
        if (missing != null) {
            throw new SimViolation(seed, missing);
        }
        if (calls != null) {
            calls.close(); // whoever listens comes back as often as its connection idles
            advance(SimTime.SECOND);
        }
        checkPlaces();
        closing = true;
        // Twice, since the last attempts of all may still be on their way.
        for (int round = 0; round < 2; round++) {
            all().forEach(SimNode::giveUp);
            advance(15 * SimTime.SECOND);
        }
        for (SimNode node : all()) {
            if (!node.messenger().connections().isEmpty()) {
                throw new SimViolation(seed, node + " keeps connections that were marked down");
            }
            tally(node.messenger());
            node.messenger().close();
        }
        advance(20 * SimTime.SECOND);
        for (SimNode node : all()) {
            String unresolved = node.unresolved();
            if (unresolved != null) {
                throw new SimViolation(seed, unresolved);
            }
            String untold = calls == null ? null : calls.untold();
            if (untold != null) {
                throw new SimViolation(seed, untold);
            }
            long dispatching = node.messenger().stats().dispatchBytes();
            if (node.heldBytes() != 0 || dispatching != 0) {
                throw new SimViolation(
                        seed,
                        node + " holds " + node.heldBytes() + " bytes of buffers at the end, and permits for "
                                + dispatching);
            }
            node.messenger().stats().policyThrottles().forEach((name, taken) -> {
                if (taken.messages() != 0 || taken.bytes() != 0) {
                    throw new SimViolation(seed, node + " has " + taken + " of throttle " + name + " at the end");
                }
            });
        }
    }

    /** A message of which nobody knows anything; null if there is none. */
    private @Nullable String missing() {
        for (SimNode node : nodes) {
            for (SimChannel channel : node.channels()) {
                long upheavalNs = channel.sender().incarnation() == channel.incarnation()
                        ? upheavals[channel.receiver()][channel.sender().number()]
                        : Long.MAX_VALUE;
                String missing = channel.missing(upheavalNs, options.relation().lossless());
                if (missing != null) {
                    return missing;
                }
            }
        }
        return null;
    }

    private List<SimNode> all() {
        List<SimNode> all = new ArrayList<>(nodes);
        if (impostor != null && impostor.isAlive()) {
            all.add(impostor);
        }
        return all;
    }

    private void advance(long byNs) {
        time.advance(byNs);
        if (violation != null) {
            throw new SimViolation(seed, violation);
        }
        if (time.ran() > EVENTS_MAX) {
            throw new SimViolation(seed, "there is no end: " + EVENTS_MAX + " events");
        }
    }

    // --- What holds all the time

    private void check() {
        for (SimNode node : nodes) {
            if (node.isAlive() && node.heldBytes() > BYTES_MAX) {
                throw new SimViolation(seed, node + " holds " + node.heldBytes() + " bytes");
            }
            String wrong = node.isAlive() ? node.wrongAccount() : null;
            if (wrong == null && calls != null && node.isAlive()) {
                wrong = calls.beyond(node);
            }
            if (wrong != null) {
                throw new SimViolation(seed, node + " " + wrong);
            }
        }
    }

    /** When nothing happens any more: one session for each pair that keeps one, over one stream. */
    private void checkPlaces() {
        if (!options.relation().lossless() || options.upheaval()) {
            return;
        }
        advance(ATTEMPTS_END_NS);
        for (SimNode node : nodes) {
            int peers = options.relation().ofEquals() || node.number() == 1 ? options.nodes() - 1 : 1;
            int sessions = node.messenger().connections().size();
            if (sessions > peers) {
                throw new SimViolation(seed, node + " has " + sessions + " connections with " + peers + " peers");
            }
            for (SimNode peer : nodes) {
                int streams = network.liveStreams(node.number(), peer.number());
                if (streams > 1) {
                    throw new SimViolation(seed, streams + " streams between " + node + " and " + peer);
                }
            }
        }
    }

    /** Noted rather than thrown: what is thrown in a callback stays in the messenger. */
    void violated(String what) {
        trace.add(0, () -> "VIOLATION: " + what);
        if (violation == null) {
            violation = what;
        }
    }

    // --- What nodes report

    void happened(SimFault fault, int node, String what) {
        totals.happened(fault);
        trace.add(node, () -> what);
    }

    void delivered(long tid) {
        totals.delivered();
        time.mix(tid);
    }

    void reconnected() {
        totals.reconnected();
    }

    void remoteReset(SimChannel channel) {
        if (closing) {
            return;
        }
        if (!options.upheaval()) {
            violated("RemoteReset on " + channel + ", though no process has forgotten anything");
        }
        upheaval(channel.sender().number(), channel.receiver());
    }

    void reset(SimChannel channel) {
        if (!closing && isLossless()) {
            violated("Reset on " + channel + ", which is lossless, and nobody has given it up");
        }
        upheaval(channel.sender().number(), channel.receiver());
    }

    void discarded(SimChannel channel) {
        if (!closing && isLossless()) {
            violated("messages of " + channel + " are discarded, though it is lossless, and nobody has given it up");
        }
    }

    /** What a node had of a peer, and had not given to its application, is lost. What it was to send is named in an event. */
    void upheaval(int node, int peer) {
        upheavals[node][peer] = time.nowNs();
    }

    void upheaval(int node) {
        for (int peer = 0; peer < upheavals.length; peer++) {
            upheaval(node, peer);
        }
    }

    /** Its counters, before it is gone. */
    void tally(Messenger messenger) {
        totals.replayed(messenger.stats().messagesReplayed());
        messenger.stats().acceptDecisions().forEach((rule, times) -> totals.decided(AcceptRule.valueOf(rule), times));
    }

    // --- What all have in common

    /** Whether the faults are over: from now on everything that is sent is meant. */
    boolean isCalm() {
        return calm;
    }

    /** Whether nothing may be lost. */
    boolean isLossless() {
        return options.relation().lossless() && !options.upheaval();
    }

    /** Whether no message may come to one process twice, over whichever connections. */
    boolean isOncePerProcess() {
        // Between equals, an end that has never heard of the other cannot tell a new session from a broken attempt.
        return !options.relation().ofEquals() || !options.upheaval();
    }

    /** Whether a session may end while it is called over. */
    boolean mayLose() {
        return closing || !isLossless();
    }

    /** @throws IllegalStateException if nodes send messages instead */
    SimCalls calls() {
        if (calls == null) {
            throw new IllegalStateException("nobody calls anybody");
        }
        return calls;
    }

    boolean hasCalls() {
        return calls != null;
    }

    SimOptions options() {
        return options;
    }

    SimTime time() {
        return time;
    }

    SimTrace trace() {
        return trace;
    }

    SimNetwork network() {
        return network;
    }

    List<SimNode> nodes() {
        return nodes;
    }

    @Nullable SimNode node(int number) {
        return number >= 1 && number <= nodes.size() ? nodes.get(number - 1) : impostor;
    }

    /** A process of another entity that tells that node's address for its own. */
    SimNode newImpostor(SimNode victim) {
        SimNode made = new SimNode(this, nodes.size() + 1, EntityType.CLIENT, true, 0, random.split(), victim);
        impostor = made;
        return made;
    }

    @Nullable SimNode impostor() {
        return impostor;
    }

    /** Which node a connection leads to. */
    int nodeAt(Connection connection) {
        ConnectionInfo info = connection.info();
        if (info != null
                && info.identity().authenticated()
                && !info.identity().name().id().equals("*")) {
            return Integer.parseInt(info.identity().name().id());
        }
        return SimNetwork.nodeOf(connection.peerAddr());
    }

    long hash() {
        return time.hash();
    }
}
