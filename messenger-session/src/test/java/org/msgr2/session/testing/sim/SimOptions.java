package org.msgr2.session.testing.sim;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Policy;
import org.msgr2.session.PolicyThrottle;

/**
 * What one simulated run is about, drawn from its seed.
 *
 * @param nodes how many there are
 * @param relation what they are to each other
 * @param upheaval whether processes die and applications give up: then a session may end, and messages may be discarded.
 *     Otherwise nothing but the network fails, and a session that promises so loses nothing
 * @param auth how they know each other
 * @param msgr20 whether they speak msgr2.0
 * @param bound whether those who dial can be dialled
 * @param loops of each process
 * @param latencyMaxNs of the network
 * @param highWaterBytes that a stream takes before it is full
 * @param mtu whether bytes travel in packets
 * @param keepalive how often connections ask for a sign of life; zero is never
 * @param fast whether messages are dispatched on the loop
 * @param workDelayMaxNs how long a task waits for a worker
 * @param replies one message in so many is answered; 0 is none
 * @param priorities whether messages have different ones
 * @param big whether some messages are so large that they leave in pieces
 * @param steps how many things happen on purpose
 * @param limits of each node
 * @param throttle of its policies; null for none. Then applications keep some messages for a while
 */
record SimOptions(
        int nodes,
        Relation relation,
        boolean upheaval,
        Auth auth,
        boolean msgr20,
        boolean bound,
        int loops,
        long latencyMaxNs,
        int highWaterBytes,
        boolean mtu,
        Duration keepalive,
        boolean fast,
        long workDelayMaxNs,
        int replies,
        boolean priorities,
        boolean big,
        int steps,
        Limits limits,
        @Nullable PolicyThrottle throttle) {

    /** Who dials whom, and under which policies. */
    enum Relation {
        /** Lossless clients of one server. */
        CLIENTS,
        /** Equals, any of which dials. */
        PEERS,
        PEERS_REUSE,
        LOSSY,
        LOSSY_REGISTERED,
        /** Clients that hope for more than the server has to give. */
        DISAPPOINTED;

        Policy dial() {
            return switch (this) {
                case CLIENTS, DISAPPOINTED -> Policy.losslessClient();
                case PEERS -> Policy.losslessPeer();
                case PEERS_REUSE -> Policy.losslessPeerReuse();
                case LOSSY, LOSSY_REGISTERED -> Policy.lossyClient();
            };
        }

        Policy accept() {
            return switch (this) {
                case CLIENTS -> Policy.statefulServer();
                case PEERS -> Policy.losslessPeer();
                case PEERS_REUSE -> Policy.losslessPeerReuse();
                case LOSSY, DISAPPOINTED -> Policy.statelessServer();
                case LOSSY_REGISTERED -> Policy.statelessRegisteredServer();
            };
        }

        boolean ofEquals() {
            return this == PEERS || this == PEERS_REUSE;
        }

        boolean lossless() {
            return !accept().lossy();
        }
    }

    /** How nodes know each other. */
    enum Auth {
        NONE,
        /** By tickets; what they say until then is signed. */
        SIGNED,
        /** The same, and what they say from then on is encrypted. */
        SECURE
    }

    static SimOptions draw(SimRandom random) {
        int kind = random.below(100);
        Relation relation = kind < 35
                ? Relation.CLIENTS
                : kind < 58
                        ? Relation.PEERS
                        : kind < 80
                                ? Relation.PEERS_REUSE
                                : kind < 88
                                        ? Relation.LOSSY
                                        : kind < 96 ? Relation.LOSSY_REGISTERED : Relation.DISAPPOINTED;
        int authKind = random.below(100);
        Auth auth = authKind < 65 ? Auth.NONE : authKind < 88 ? Auth.SIGNED : Auth.SECURE;
        int nodes = random.percent(75) ? 2 : random.between(3, 4);
        return new SimOptions(
                nodes,
                relation,
                random.percent(45),
                auth,
                random.oneIn(8),
                relation.ofEquals() || random.percent(60),
                random.percent(70) ? 1 : 2,
                random.oneOf(200_000L, 2 * SimTime.MS, 40 * SimTime.MS),
                random.percent(80) ? 256 * 1024 : random.between(300, 5_000),
                random.oneIn(3),
                Duration.ofMillis(random.percent(55) ? 0 : random.between(500, 3_000)),
                random.percent(50),
                random.percent(60) ? 0 : random.between(1, 50) * SimTime.MS,
                random.oneOf(0, 1, 3),
                random.oneIn(3),
                random.oneIn(50),
                random.between(10, 30),
                drawLimits(random),
                random.oneIn(4) ? drawThrottle(random) : null);
    }

    /** The same for another number of nodes. */
    SimOptions withNodes(int count) {
        return new SimOptions(
                count,
                relation,
                upheaval,
                auth,
                msgr20,
                bound,
                loops,
                latencyMaxNs,
                highWaterBytes,
                mtu,
                keepalive,
                fast,
                workDelayMaxNs,
                replies,
                priorities,
                big,
                steps,
                limits,
                throttle);
    }

    private static PolicyThrottle drawThrottle(SimRandom random) {
        int messages = random.oneIn(3) ? 0 : random.between(1, 12);
        int bytes = random.oneIn(3) ? 0 : random.between(100, 20_000);
        return new PolicyThrottle("peers", messages, bytes);
    }

    private static Limits drawLimits(SimRandom random) {
        Limits usual = Limits.defaults();
        Limits.Queues queues = usual.queues();
        if (random.oneIn(5)) {
            queues = queues.withSend(random.between(4, 40), random.between(2_000, 50_000));
        }
        if (random.oneIn(4)) {
            queues = queues.withDispatch(random.between(1_000, 30_000), random.between(1, 20));
        }
        Duration backoff = Duration.ofMillis(random.between(50, 300));
        return usual.withQueues(queues)
                .withTimeouts(usual.timeouts()
                        .withReady(Duration.ofSeconds(random.between(2, 10)))
                        .withIdle(Duration.ofSeconds(random.between(20, 60)))
                        .withKeepalive(Duration.ofSeconds(random.between(2, 8)))
                        .withBackoff(backoff, backoff.multipliedBy(random.between(2, 12)))
                        .withStandby(Duration.ofSeconds(40)));
    }
}
