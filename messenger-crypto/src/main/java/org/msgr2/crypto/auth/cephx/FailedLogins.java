package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;

/**
 * Counts refused peers, and tells a log of some of them: of each claimed name and host a few per interval, and how many were left
 * out before. Takes a fixed amount of memory, whatever names are claimed: names share slots, by a hash that nobody outside
 * can predict, so a flood of names cannot be aimed at hiding a certain one. Thread-safe.
 */
public final class FailedLogins implements LoginListener {
    private static final int SLOTS = 256;

    private final Map<Reason, LongAdder> counts = new EnumMap<>(Reason.class);
    private final Slot[] slots = new Slot[SLOTS];
    private final int linesMax;
    private final Duration interval;
    private final InstantSource clock;
    private final long salt;
    private final Log log;

    /** Where the lines go. Called on any thread. */
    @FunctionalInterface
    public interface Log {
        /**
         * @param peer where it came from; null if that is not known
         * @param leftOut refusals since the last line that were not told, of this peer or of one that shares its slot
         */
        void refused(@Nullable EntityName claimed, @Nullable EntityAddr peer, Reason reason, long leftOut);
    }

    private static final class Slot {
        private Instant intervalEnd = Instant.MIN;
        private int lines;
        private long leftOut;
    }

    /**
     * @param linesMax per claimed name, host and interval
     * @param entropy once, for the hash
     */
    public FailedLogins(int linesMax, Duration interval, InstantSource clock, Entropy entropy, Log log) {
        this.linesMax = linesMax;
        this.interval = interval;
        this.clock = clock;
        this.salt = entropy.nextLong();
        this.log = log;
        for (Reason reason : Reason.values()) {
            counts.put(reason, new LongAdder());
        }
        for (int i = 0; i < SLOTS; i++) {
            slots[i] = new Slot();
        }
    }

    @Override
    public void refused(@Nullable EntityName claimed, Reason reason) {
        refused(claimed, null, reason);
    }

    @Override
    public LoginListener from(EntityAddr peer) {
        return (claimed, reason) -> refused(claimed, peer, reason);
    }

    private void refused(@Nullable EntityName claimed, @Nullable EntityAddr peer, Reason reason) {
        adder(reason).increment();
        Slot slot = slots[slotOf(claimed, peer)];
        Instant now = clock.instant();
        long leftOut;
        synchronized (slot) {
            if (!now.isBefore(slot.intervalEnd)) {
                slot.intervalEnd = now.plus(interval);
                slot.lines = 0;
            }
            if (slot.lines == linesMax) {
                slot.leftOut++;
                return;
            }
            slot.lines++;
            leftOut = slot.leftOut;
            slot.leftOut = 0;
        }
        log.refused(claimed, peer, reason, leftOut);
    }

    private int slotOf(@Nullable EntityName claimed, @Nullable EntityAddr peer) {
        // Not its port, which is another one each time.
        int host = peer == null ? 0 : Arrays.hashCode(peer.ip());
        // A multiplication by an odd secret number, of which the upper bits are taken.
        long mixed = (31 * host + Objects.hashCode(claimed) ^ salt >>> 32) * (salt | 1);
        return (int) (mixed >>> 56);
    }

    /** How many were refused so far, for that reason. */
    public long count(Reason reason) {
        return adder(reason).sum();
    }

    private LongAdder adder(Reason reason) {
        return Objects.requireNonNull(counts.get(reason), "there is one for each reason");
    }

    /** All counts that are not 0. */
    public Map<Reason, Long> counts() {
        Map<Reason, Long> all = new EnumMap<>(Reason.class);
        for (Reason reason : Reason.values()) {
            if (count(reason) > 0) {
                all.put(reason, count(reason));
            }
        }
        return all;
    }
}
