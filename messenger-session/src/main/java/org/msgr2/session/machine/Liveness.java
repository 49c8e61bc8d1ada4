package org.msgr2.session.machine;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Limits;

/**
 * Whether the peer of a ready session is still there: by what is read, and by the answers to KEEPALIVE2. While we ourselves
 * do not read, the peer is not to blame for its silence, and deadlines stand still. Not thread-safe.
 */
final class Liveness {
    private final Limits.Timeouts timeouts;
    private final Duration keepaliveInterval;
    private final Keepalive keepalive;
    private final SessionEffects effects;
    private long lastReadNs;
    private long resumedNs;
    /** When the oldest KEEPALIVE2 that is not sent yet was asked for. */
    private long askedNs;

    Liveness(SessionConfig config, Keepalive keepalive, SessionEffects effects) {
        this.timeouts = config.limits().timeouts();
        this.keepaliveInterval = config.keepaliveInterval();
        this.keepalive = keepalive;
        this.effects = effects;
    }

    void ready(long nowNs) {
        resumed(nowNs);
        effects.armTimer(TimerId.IDLE, nowNs + timeouts.idle().toNanos());
        armKeepalive(nowNs);
        armKeepaliveAck();
    }

    /** A KEEPALIVE2 is about to be asked for. */
    void asking(long nowNs) {
        if (!keepalive.hasUnsent()) {
            askedNs = nowNs;
        }
    }

    /** Bytes came. */
    void read(long nowNs) {
        lastReadNs = nowNs;
    }

    /** We begin to read, again or at first. */
    void resumed(long nowNs) {
        lastReadNs = nowNs;
        resumedNs = nowNs;
    }

    void armKeepalive(long nowNs) {
        if (!keepaliveInterval.isZero()) {
            effects.armTimer(TimerId.KEEPALIVE, nowNs + keepaliveInterval.toNanos());
        }
    }

    /**
     * Since when a sign of life is due. A peer that is gone takes no more bytes once the buffers on the way to it are full, so
     * one that cannot even be asked is as dead as one that does not answer.
     */
    private long oldestNs() {
        long sent = keepalive.oldestSentNs();
        return sent == Keepalive.NONE && keepalive.hasUnsent() ? askedNs : sent;
    }

    /** A KEEPALIVE2 was asked for, sent or answered. */
    void armKeepaliveAck() {
        long oldest = oldestNs();
        if (oldest == Keepalive.NONE) {
            effects.disarmTimer(TimerId.KEEPALIVE_ACK);
        } else {
            effects.armTimer(
                    TimerId.KEEPALIVE_ACK, oldest + timeouts.keepalive().toNanos());
        }
    }

    /**
     * The idle deadline moves with every read, but its timer is armed once per wait: no timer per message.
     *
     * @return the fault, if there is one
     */
    @Nullable ProtocolException checkIdle(boolean paused, long nowNs) {
        Duration idle = timeouts.idle();
        long deadline = (paused ? nowNs : lastReadNs) + idle.toNanos();
        if (deadline - nowNs <= 0) {
            return new ProtocolException(FaultKind.TIMEOUT, "nothing received for " + idle);
        }
        effects.armTimer(TimerId.IDLE, deadline);
        return null;
    }

    /** @return the fault, if there is one */
    @Nullable ProtocolException checkKeepalive(boolean paused, long nowNs) {
        long oldest = oldestNs();
        if (oldest == Keepalive.NONE) {
            return null;
        }
        Duration wait = timeouts.keepalive();
        // An answer that came while we did not read is still to be read.
        long since = oldest - resumedNs < 0 ? resumedNs : oldest;
        long deadline = (paused ? nowNs : since) + wait.toNanos();
        if (deadline - nowNs <= 0) {
            return new ProtocolException(FaultKind.TIMEOUT, "KEEPALIVE2 not answered within " + wait);
        }
        effects.armTimer(TimerId.KEEPALIVE_ACK, deadline);
        return null;
    }
}
