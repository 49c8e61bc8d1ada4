package org.msgr2.core.feature;

import java.util.StringJoiner;

/**
 * The msgr2 feature bits that banners exchange; a namespace of their own (spec/msgr2 §1.1).
 *
 * @param bits a u64 as its bits
 */
public record BannerFeatures(long bits) {
    private static final long REVISION_1_BIT = 1;
    private static final long COMPRESSION_BIT = 2;

    public static final BannerFeatures NONE = new BannerFeatures(0);

    /** Bit 0, msgr2.1: since 14.2.11 and 15.2.5. Without it a peer speaks msgr2.0. */
    public static final BannerFeatures REVISION_1 = new BannerFeatures(REVISION_1_BIT);

    /** Bit 1, on-wire compression: since 17.2. */
    public static final BannerFeatures COMPRESSION = new BannerFeatures(COMPRESSION_BIT);

    /** All bits of {@code other} are set. */
    public boolean containsAll(BannerFeatures other) {
        return (bits & other.bits) == other.bits;
    }

    /** The bits that are not in {@code other}. */
    public BannerFeatures minus(BannerFeatures other) {
        return new BannerFeatures(bits & ~other.bits);
    }

    public boolean isEmpty() {
        return bits == 0;
    }

    /** {@code REVISION_1, COMPRESSION}, unknown bits as {@code bit 5}; {@code none} when empty. */
    @Override
    public String toString() {
        if (bits == 0) {
            return "none";
        }
        StringJoiner names = new StringJoiner(", ");
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            long bit = Long.lowestOneBit(rest);
            names.add(
                    bit == REVISION_1_BIT
                            ? "REVISION_1"
                            : bit == COMPRESSION_BIT ? "COMPRESSION" : "bit " + Long.numberOfTrailingZeros(bit));
        }
        return names.toString();
    }
}
