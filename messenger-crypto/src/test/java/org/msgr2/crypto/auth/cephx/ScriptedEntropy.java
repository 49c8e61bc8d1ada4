package org.msgr2.crypto.auth.cephx;

import java.util.ArrayDeque;
import java.util.Queue;
import org.msgr2.core.Entropy;

/** Gives exactly these values, and fails when asked for more: so that a recorded client can be repeated. */
final class ScriptedEntropy implements Entropy {
    private final Queue<Long> values = new ArrayDeque<>();

    ScriptedEntropy(long... values) {
        for (long value : values) {
            this.values.add(value);
        }
    }

    @Override
    public void nextBytes(byte[] bytes) {
        throw new AssertionError("nothing recorded needs " + bytes.length + " random bytes");
    }

    @Override
    public long nextLong() {
        return values.remove();
    }

    boolean isExhausted() {
        return values.isEmpty();
    }
}
