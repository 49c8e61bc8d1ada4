package org.msgr2.session.testing.sim;

/** A promise was broken. Names the seed, with which it breaks again. */
public final class SimViolation extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final long seed;

    SimViolation(long seed, String what) {
        super("seed " + seed + ": " + what);
        this.seed = seed;
    }

    public long seed() {
        return seed;
    }
}
