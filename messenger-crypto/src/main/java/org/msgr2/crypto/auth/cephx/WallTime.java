package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.time.Instant;
import org.msgr2.core.wire.UTime;

/** Java's times as the wire has them. */
final class WallTime {
    private WallTime() {}

    static UTime of(Instant instant) {
        return new UTime(instant.getEpochSecond() & 0xffff_ffffL, instant.getNano());
    }

    /** Some fields are durations in the clothes of a point in time. */
    static UTime of(Duration duration) {
        return new UTime(duration.toSeconds() & 0xffff_ffffL, duration.toNanosPart());
    }
}
