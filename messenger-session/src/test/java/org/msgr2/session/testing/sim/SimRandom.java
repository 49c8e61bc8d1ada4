package org.msgr2.session.testing.sim;

import java.util.SplittableRandom;

/** All chance of one simulated run. Not thread-safe. */
final class SimRandom {
    private final SplittableRandom random;

    SimRandom(long seed) {
        random = new SplittableRandom(seed);
    }

    private SimRandom(SplittableRandom random) {
        this.random = random;
    }

    /** Another source, which draws independently from then on. */
    SimRandom split() {
        return new SimRandom(random.split());
    }

    long nextLong() {
        return random.nextLong();
    }

    /** Uniform in 0 to {@code bound - 1}. */
    int below(int bound) {
        return random.nextInt(bound);
    }

    /** Uniform, both ends included. */
    int between(int from, int to) {
        return from + random.nextInt(to - from + 1);
    }

    /** Uniform, both ends included. */
    long between(long from, long to) {
        return from + random.nextLong(to - from + 1);
    }

    /** True once in so many times. */
    boolean oneIn(int times) {
        return random.nextInt(times) == 0;
    }

    boolean percent(int chance) {
        return random.nextInt(100) < chance;
    }

    /** From 1 to {@code 2^bits}: each order of magnitude as likely as any other. */
    int magnitude(int bits) {
        int order = random.nextInt(bits);
        return (1 << order) + random.nextInt(1 << order);
    }

    @SafeVarargs
    final <T> T oneOf(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    void fill(byte[] bytes) {
        random.nextBytes(bytes);
    }
}
