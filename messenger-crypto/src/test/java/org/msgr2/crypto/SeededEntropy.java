package org.msgr2.crypto;

import java.util.SplittableRandom;
import org.msgr2.core.Entropy;

/** Entropy that a seed repeats. Not thread-safe. */
public final class SeededEntropy implements Entropy {
    private final SplittableRandom random;

    public SeededEntropy(long seed) {
        random = new SplittableRandom(seed);
    }

    @Override
    public void nextBytes(byte[] bytes) {
        random.nextBytes(bytes);
    }
}
