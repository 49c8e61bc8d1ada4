package org.msgr2.core.feature;

import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A set of CEPH_FEATURE bits, as the ident frames carry it.
 *
 * @param bits a u64 as its bits
 */
public record CephFeatures(long bits) {
    public static final CephFeatures NONE = new CephFeatures(0);

    /** What every msgr2 peer must have, whatever else its policy requires (spec/msgr2 §5.2, §5.3). */
    public static final CephFeatures MSGR2_REQUIRED = of(CephFeature.MSG_ADDR2);

    /** What 16.2.15 advertises; real daemons refuse a client that advertises much less (observed, spec/msgr2-observed §5). */
    public static final CephFeatures PACIFIC = new CephFeatures(0x3f01_cfbd_fffd_ffffL);

    /** What a private node advertises: the features that concern the messenger itself. */
    public static final CephFeatures MESSENGER = of(
            CephFeature.UID,
            CephFeature.SERVER_NAUTILUS,
            CephFeature.MSG_AUTH,
            CephFeature.MSGR_KEEPALIVE2,
            CephFeature.MSG_ADDR2,
            CephFeature.CEPHX_V2);

    private static final @Nullable CephFeature[] BY_BIT = new @Nullable CephFeature[Long.SIZE];

    static {
        for (CephFeature feature : CephFeature.values()) {
            BY_BIT[feature.bit()] = feature;
        }
    }

    public static CephFeatures of(CephFeature... features) {
        long bits = 0;
        for (CephFeature feature : features) {
            bits |= feature.mask();
        }
        return new CephFeatures(bits);
    }

    /** All bits of the feature's mask are set. */
    public boolean has(CephFeature feature) {
        return (bits & feature.mask()) == feature.mask();
    }

    /** What both ends can do. */
    public CephFeatures and(CephFeatures other) {
        return new CephFeatures(bits & other.bits);
    }

    public CephFeatures or(CephFeatures other) {
        return new CephFeatures(bits | other.bits);
    }

    /** The bits that are not in {@code other}: what it lacks. */
    public CephFeatures minus(CephFeatures other) {
        return new CephFeatures(bits & ~other.bits);
    }

    public boolean isEmpty() {
        return bits == 0;
    }

    /**
     * The name of every bit, {@code bit 17} for one that has none, {@code none} when empty. Each bit is named for itself, so
     * that a mask of missing bits reads well too; {@link #has} is the test for a feature.
     */
    @Override
    public String toString() {
        if (bits == 0) {
            return "none";
        }
        StringJoiner names = new StringJoiner(", ");
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int bit = Long.numberOfTrailingZeros(rest);
            CephFeature feature = BY_BIT[bit];
            names.add(feature == null ? "bit " + bit : feature.name());
        }
        return names.toString();
    }
}
