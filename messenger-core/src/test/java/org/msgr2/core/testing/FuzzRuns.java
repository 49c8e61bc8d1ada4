package org.msgr2.core.testing;

/**
 * How long fuzz tests run: short ones with every build, and {@code -Dmsgr2.fuzz.factor=N} times as long where there is time for
 * it, as in CI. Each seed finds other mutants, so every run adds to those before.
 */
public final class FuzzRuns {
    private static final long FACTOR = Long.getLong("msgr2.fuzz.factor", 1);

    private FuzzRuns() {}

    /**
     * @param property that sets the number for itself, whatever the factor
     * @param count without either
     */
    public static long of(String property, long count) {
        return Long.getLong(property, count * FACTOR);
    }
}
