package org.msgr2.core;

/**
 * Where protocol code gets random bytes from. In production a CSPRNG, in a simulation a seeded generator, so that the
 * machines themselves never touch a random source. Implementations are thread-safe.
 */
@FunctionalInterface
public interface Entropy {

    /** Fills the whole array with random bytes. */
    void nextBytes(byte[] bytes);

    /** A random 64-bit value. */
    default long nextLong() {
        byte[] bytes = new byte[Long.BYTES];
        nextBytes(bytes);
        long value = 0;
        for (byte b : bytes) {
            value = value << 8 | (b & 0xff);
        }
        return value;
    }

    /** A random 64-bit value that is never 0: cookies use 0 for "none". */
    default long nextNonZeroLong() {
        // Each round fails with probability 2^-64: the bound is there so that a broken source cannot hang us.
        for (int round = 0; round < 8; round++) {
            long value = nextLong();
            if (value != 0) {
                return value;
            }
        }
        throw new IllegalStateException("the entropy source returns only zeros");
    }
}
