package org.msgr2.core.wire;

import java.time.Instant;

/**
 * Ceph's wall-clock time: {@code u32 seconds, u32 nanoseconds} since 1970, 8 bytes. Both fields are kept as they were
 * read, so that an echo is byte for byte (spec/msgr2 §5.7).
 *
 * @param seconds 0 to 2^32-1
 * @param nanos 0 to 2^32-1; values of 10^9 and more are kept, not normalized
 */
public record UTime(long seconds, long nanos) {
    public static final int BYTES = 8;
    public static final UTime ZERO = new UTime(0, 0);

    public UTime {
        if (seconds != (seconds & 0xffff_ffffL) || nanos != (nanos & 0xffff_ffffL)) {
            throw new IllegalArgumentException("not a pair of u32: " + seconds + ", " + nanos);
        }
    }

    /** From nanoseconds since 1970. */
    public static UTime ofEpochNanos(long epochNanos) {
        return new UTime(
                Math.floorDiv(epochNanos, 1_000_000_000L) & 0xffff_ffffL, Math.floorMod(epochNanos, 1_000_000_000L));
    }

    public static UTime read(WireReader in, String field) throws WireException {
        return new UTime(in.u32(field), in.u32(field));
    }

    public void write(WireWriter out) {
        out.u32(seconds).u32(nanos);
    }

    public Instant toInstant() {
        return Instant.ofEpochSecond(seconds, nanos);
    }

    /** ISO-8601 in UTC. */
    @Override
    public String toString() {
        return toInstant().toString();
    }
}
