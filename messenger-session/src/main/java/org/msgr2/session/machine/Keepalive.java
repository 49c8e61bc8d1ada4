package org.msgr2.session.machine;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.Keepalive2;
import org.msgr2.core.frame.ControlFrame.Keepalive2Ack;
import org.msgr2.core.wire.UTime;

/**
 * KEEPALIVE2 in both directions: what has to be asked, what was asked and not answered yet, what has to be answered
 * (spec/msgr2 §5.7). All three are bounded. Not thread-safe.
 */
final class Keepalive {
    static final int PINGS_MAX = 64;
    private static final int ANSWERS_MAX = 64;
    /** The number of a KEEPALIVE2 that nobody waits for. */
    static final long UNASKED = 0;

    /** The number of the one with which a transport has to prove itself. */
    static final long PROBE = -1;

    /** No time at all. */
    static final long NONE = Long.MAX_VALUE;

    private record Ping(long number, UTime stamp) {}

    private record InFlight(long number, UTime stamp, long sentNs) {}

    private final Queue<Ping> toSend = new ArrayDeque<>();
    private final Queue<InFlight> inFlight = new ArrayDeque<>();
    private final Queue<UTime> toAnswer = new ArrayDeque<>();

    /** @return false if too many are under way */
    boolean ask(long number, UTime stamp) {
        if (toSend.size() + inFlight.size() >= PINGS_MAX) {
            return false;
        }
        toSend.add(new Ping(number, stamp));
        return true;
    }

    /** The peer asks. One that asks faster than it takes answers loses the oldest. */
    void asked(UTime stamp) {
        if (toAnswer.size() >= ANSWERS_MAX) {
            toAnswer.remove();
        }
        toAnswer.add(stamp);
    }

    /** The next frame to send; null when there is none. */
    @Nullable ControlFrame poll(long nowNs) {
        UTime stamp = toAnswer.poll();
        if (stamp != null) {
            return new Keepalive2Ack(stamp);
        }
        Ping ping = toSend.poll();
        if (ping == null) {
            return null;
        }
        inFlight.add(new InFlight(ping.number, ping.stamp, nowNs));
        return new Keepalive2(ping.stamp);
    }

    /** Receives the number of an answered ping and its round trip time in nanoseconds. */
    interface Answered {
        void answered(long number, long roundTripNs);
    }

    /** The peer answers. Those asked before the one that it answers were overtaken: they count as answered too. */
    void answered(UTime stamp, long nowNs, Answered sink) {
        if (inFlight.stream().noneMatch(ping -> ping.stamp.equals(stamp))) {
            return;
        }
        boolean found = false;
        while (!found) {
            InFlight ping = inFlight.remove();
            found = ping.stamp.equals(stamp);
            sink.answered(ping.number, nowNs - ping.sentNs);
        }
    }

    /** When the oldest unanswered one was sent; {@link #NONE} if there is none. */
    long oldestSentNs() {
        InFlight oldest = inFlight.peek();
        return oldest == null ? NONE : oldest.sentNs;
    }

    /** Whether one waits to be sent, as while the transport takes nothing. */
    boolean hasUnsent() {
        return !toSend.isEmpty();
    }

    boolean hasWork() {
        return !toSend.isEmpty() || !toAnswer.isEmpty();
    }

    /** The transport is gone: what was asked over it is lost. */
    void transportLost(LongConsumer failed) {
        toAnswer.clear();
        inFlight.forEach(ping -> failed.accept(ping.number));
        inFlight.clear();
    }

    /** The session is over. */
    void close(LongConsumer failed) {
        transportLost(failed);
        toSend.forEach(ping -> failed.accept(ping.number));
        toSend.clear();
    }
}
