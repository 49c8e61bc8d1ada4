package org.msgr2.session.testing.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a stream: what is on its way. Arrives in order, however late. Faults happen here: bytes are held, changed, or
 * swallowed.
 */
final class SimPipe {
    /** Bytes; or, without bytes, the end. */
    private record Segment(byte[] bytes, @Nullable Throwable cause) {
        boolean isEnd() {
            return bytes.length == 0;
        }
    }

    private static final byte[] NONE = {};

    private final SimNetwork network;
    private final SimWire.Stream wire;
    private final boolean dialled;
    private final SimStream from;
    private final SimStream to;
    private final Deque<Segment> onTheWay = new ArrayDeque<>();
    private long lastArrivalNs;
    private long heldUntilNs;
    /** Arrivals that were due while the way was blocked. */
    private int missed;

    private long passed;
    private boolean swallowing;
    private boolean ended;
    private boolean corruptNext;

    /**
     * @param wire who reads what is written
     * @param dialled whether {@code from} is the end that has dialled
     */
    SimPipe(SimNetwork network, SimWire.Stream wire, boolean dialled, SimStream from, SimStream to) {
        this.network = network;
        this.wire = wire;
        this.dialled = dialled;
        this.from = from;
        this.to = to;
    }

    SimStream from() {
        return from;
    }

    SimStream to() {
        return to;
    }

    /** Sends bytes on their way, in as many pieces as the network is in the mood for. */
    void send(byte[] bytes) {
        wire.wrote(dialled, bytes);
        network.leaving(from.node(), bytes);
        int offset = 0;
        while (offset < bytes.length) {
            int length = network.pieceBytes(this, bytes.length - offset);
            SimNetwork.Trap trap = network.trap(this, passed, length);
            if (trap != null) {
                length = trap.keepBytes();
            }
            if (length > 0) {
                byte[] piece = Arrays.copyOfRange(bytes, offset, offset + length);
                passed += length;
                offset += length;
                enqueue(new Segment(piece, null));
            }
            if (trap != null) {
                trap.spring(this);
            }
        }
    }

    /** The end, behind what is on its way. */
    void end(@Nullable Throwable cause) {
        enqueue(new Segment(NONE, cause));
    }

    private void enqueue(Segment segment) {
        if (swallowing || ended) {
            return;
        }
        if (to.loop().isDead()) {
            peerIsGone();
            return;
        }
        ended = segment.isEnd();
        if (corruptNext && !segment.isEnd()) {
            corruptNext = false;
            network.corrupt(segment.bytes());
        }
        onTheWay.add(segment);
        long arrival = Math.max(lastArrivalNs, Math.max(heldUntilNs, network.now() + network.latencyNs()));
        lastArrivalNs = arrival;
        network.at(to, arrival, this::arrive);
    }

    /** The machine answers for its dead process, unless it is dead too. */
    private void peerIsGone() {
        if (!network.isDown(to.node())) {
            network.at(from, network.now() + network.latencyNs(), from::reset);
        }
    }

    private void arrive() {
        if (swallowing || onTheWay.isEmpty()) {
            return;
        }
        if (network.isBlocked(from.node(), to.node())) {
            missed++;
            return;
        }
        Segment next = onTheWay.remove();
        if (next.isEnd()) {
            to.endArrived(next.cause());
        } else {
            from.arrived(next.bytes().length);
            to.bytesArrived(next.bytes());
        }
    }

    /** What has not arrived because the way was blocked comes now. */
    void unblock() {
        for (; missed > 0; missed--) {
            network.at(to, network.now() + network.latencyNs(), this::arrive);
        }
    }

    /** Whatever is sent from now on arrives no earlier. */
    void hold(long untilNs) {
        heldUntilNs = Math.max(heldUntilNs, untilNs);
    }

    /** Nothing arrives any more, and nobody hears of that. */
    void swallow() {
        swallowing = true;
        onTheWay.clear();
    }

    boolean isSwallowing() {
        return swallowing;
    }

    /** What is on its way is lost. */
    void lose() {
        onTheWay.clear();
    }

    /** The next piece is changed. */
    void corruptNext() {
        corruptNext = true;
    }

    /** Bytes that were sent so far. */
    long passed() {
        return passed;
    }
}
