package org.msgr2.session.machine;

/** What was received, and how much of it the peer has not been told of (spec/msgr2 §5.6). Not thread-safe. */
final class AckTracker {
    private long inSeq;
    private long untold;

    /**
     * A message came.
     *
     * @return false if it came before
     */
    boolean received(long seq) {
        if (Long.compareUnsigned(seq, inSeq) <= 0) {
            return false;
        }
        inSeq = seq; // a gap is accepted
        untold++;
        return true;
    }

    /** The last one received. */
    long inSeq() {
        return inSeq;
    }

    /** Whether the peer waits for an acknowledgement. */
    boolean isDue() {
        return untold > 0;
    }

    /** The peer is being told. */
    long tell() {
        untold = 0;
        return inSeq;
    }

    /** The peer begins anew. */
    void restart() {
        inSeq = 0;
        untold = 0;
    }
}
