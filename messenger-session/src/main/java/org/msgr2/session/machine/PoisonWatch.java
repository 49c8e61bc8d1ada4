package org.msgr2.session.machine;

import org.jspecify.annotations.Nullable;

/**
 * Looks for a message that breaks every connection it is sent over: without that, a session would send it again for ever
 * (decision 0014). A message counts a break when it is the oldest unacknowledged one at the end of a connection. Networks
 * break connections by themselves, so a message with {@link #BREAKS_WITHOUT_PROOF} breaks is under suspicion: the next
 * connection has to answer a KEEPALIVE2 before the message is written, and then it is written alone. Only a connection that
 * worked and ended over it counts from then on; one that ended without it clears it, as does any acknowledgement.
 * Not thread-safe.
 */
final class PoisonWatch {
    private static final int BREAKS_WITHOUT_PROOF = 2;

    /** Of the current transport. */
    private enum Step {
        /** Everything may be written. */
        FREE,
        /** The transport has to prove that it works. */
        PROBING,
        /** It has: one message may be written. */
        PROVEN,
        /** The message under suspicion is written, and no other. */
        ALONE
    }

    private final int breaksMax;
    private @Nullable OutMessage oldest;
    private int breaks;
    private Step step = Step.FREE;

    /** @param breaksMax 0 to look for nothing */
    PoisonWatch(int breaksMax) {
        this.breaksMax = breaksMax;
    }

    /** The peer has acknowledged something: whatever broke connections, messages pass. */
    void progressed() {
        oldest = null;
        breaks = 0;
        step = Step.FREE;
    }

    /**
     * A ready transport is lost.
     *
     * @param unacknowledged the oldest message that was written over it, or begun, and is not acknowledged
     */
    void lost(@Nullable OutMessage unacknowledged) {
        if (unacknowledged == null || (isSuspected() && step != Step.ALONE)) {
            progressed(); // it breaks without help
            return;
        }
        if (!unacknowledged.equals(oldest)) {
            oldest = unacknowledged;
            breaks = 0;
        }
        breaks++;
        step = Step.FREE;
    }

    /**
     * Another transport is ready.
     *
     * @param next the oldest message that was sent and is to be sent again
     * @return whether that message has broken too many
     */
    boolean ready(@Nullable OutMessage next) {
        if (next == null || !next.equals(oldest)) {
            progressed(); // the peer had it after all
        }
        return breaksMax > 0 && breaks >= breaksMax;
    }

    /** Whether the transport that is ready has to answer a KEEPALIVE2 first. */
    boolean isSuspected() {
        return breaksMax > 0 && breaks >= BREAKS_WITHOUT_PROOF;
    }

    void probing() {
        step = Step.PROBING;
    }

    /** The KEEPALIVE2 is answered. */
    void proven() {
        if (step == Step.PROBING) {
            step = Step.PROVEN;
        }
    }

    /** A message is about to be written. */
    void writing() {
        if (step == Step.PROVEN) {
            step = Step.ALONE;
        }
    }

    /** Whether no message may be written now. */
    boolean holdsBack() {
        return step == Step.PROBING || step == Step.ALONE;
    }

    int breaks() {
        return breaks;
    }
}
