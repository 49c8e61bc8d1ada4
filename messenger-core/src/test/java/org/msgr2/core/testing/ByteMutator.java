package org.msgr2.core.testing;

import java.util.Arrays;
import java.util.SplittableRandom;

/** Changes bytes the way a broken or hostile peer would. Deterministic for its random numbers; not thread-safe. */
public final class ByteMutator {
    private static final int[] BYTES = {0x00, 0x01, 0x02, 0x7f, 0x80, 0xfe, 0xff};

    /** Lengths and counts that decoders trip over. */
    private static final int[] WORDS = {
        0,
        1,
        2,
        3,
        4,
        8,
        16,
        28,
        32,
        40,
        41,
        42,
        64,
        65,
        127,
        128,
        255,
        256,
        1024,
        4096,
        0xffff,
        0x1_0000,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_fff0,
        0xffff_ffff
    };

    private final SplittableRandom random;

    public ByteMutator(SplittableRandom random) {
        this.random = random;
    }

    /**
     * One change: a flipped bit, a byte or a u32 of another value, a byte that is off by a few, an end cut off, a piece
     * repeated, or the end of something else.
     *
     * @param bytes stays as it is
     * @param other where a foreign end comes from
     */
    public byte[] mutate(byte[] bytes, byte[] other) {
        if (bytes.length == 0) {
            return other.clone();
        }
        return switch (random.nextInt(8)) {
            case 0 -> flipBit(bytes.clone());
            case 1 -> setByte(bytes.clone());
            case 2 -> nudge(bytes.clone());
            case 3, 4 -> setWord(bytes.clone());
            case 5 -> Arrays.copyOf(bytes, random.nextInt(bytes.length));
            case 6 -> repeat(bytes);
            default -> splice(bytes, other);
        };
    }

    private byte[] flipBit(byte[] bytes) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
        return bytes;
    }

    private byte[] setByte(byte[] bytes) {
        int value = random.nextBoolean() ? BYTES[random.nextInt(BYTES.length)] : random.nextInt();
        bytes[random.nextInt(bytes.length)] = (byte) value;
        return bytes;
    }

    /** A length that is off by a few. */
    private byte[] nudge(byte[] bytes) {
        bytes[random.nextInt(bytes.length)] += (byte) random.nextInt(-9, 10);
        return bytes;
    }

    private byte[] setWord(byte[] bytes) {
        int value = random.nextInt(4) == 0 ? random.nextInt() : WORDS[random.nextInt(WORDS.length)];
        int at = random.nextInt(bytes.length);
        for (int i = 0; i < Integer.BYTES && at + i < bytes.length; i++) {
            bytes[at + i] = (byte) (value >> (8 * i));
        }
        return bytes;
    }

    private byte[] repeat(byte[] bytes) {
        int from = random.nextInt(bytes.length);
        int length = Math.min(bytes.length - from, 1 + random.nextInt(64));
        byte[] longer = Arrays.copyOf(bytes, bytes.length + length);
        System.arraycopy(bytes, from, longer, from + length, bytes.length - from);
        return longer;
    }

    private byte[] splice(byte[] bytes, byte[] other) {
        int keep = random.nextInt(bytes.length + 1);
        int from = random.nextInt(other.length + 1);
        byte[] spliced = Arrays.copyOf(bytes, keep + other.length - from);
        System.arraycopy(other, from, spliced, keep, other.length - from);
        return spliced;
    }
}
