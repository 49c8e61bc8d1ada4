package org.msgr2.session.mon;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.Limits;

/**
 * Which monitor to try next, and when (spec/msgr2 §3.13). Goes in rounds: each monitor once, in random order, one right
 * after the other; between rounds it waits, twice as long each time. One at a time, not three as Ceph. Not thread-safe.
 */
final class Hunt {
    private final List<EntityAddr> configured;
    private final long waitInitialNs;
    private final long waitMaxNs;
    private final Entropy entropy;
    private final Deque<EntityAddr> round = new ArrayDeque<>();

    private List<EntityAddr> known;
    private long waitNs;
    private @Nullable EntityAddr current;
    private @Nullable ProtocolException refusal;

    Hunt(List<EntityAddr> configured, Limits.Timeouts timeouts, Entropy entropy) {
        this.configured = configured;
        this.known = configured;
        this.waitInitialNs = timeouts.backoffInitial().toNanos();
        this.waitMaxNs = timeouts.backoffMax().toNanos();
        this.entropy = entropy;
    }

    /** The next one to dial. */
    EntityAddr next() {
        if (round.isEmpty()) {
            startRound();
        }
        current = round.remove();
        return current;
    }

    private void startRound() {
        refusal = null;
        List<EntityAddr> order = new ArrayList<>(known);
        for (int i = order.size() - 1; i > 0; i--) {
            Collections.swap(order, i, (int) Long.remainderUnsigned(entropy.nextLong(), i + 1L));
        }
        if (order.remove(current)) {
            order.add(current); // the one that we have just left comes last
        }
        round.addAll(order);
    }

    /**
     * The current one did not work out.
     *
     * @param conclusive its refusal, if trying again will hardly help: a wrong key, no monitor at all
     * @return how long to wait before the next
     */
    long failed(@Nullable ProtocolException conclusive) {
        refusal = conclusive != null ? conclusive : refusal;
        if (!round.isEmpty()) {
            return 0;
        }
        waitNs = waitNs == 0 ? waitInitialNs : Math.min(waitMaxNs, 2 * waitNs);
        return waitNs;
    }

    /** After a failure: why nobody let us in, if a round is over and somebody said so for good. */
    @Nullable ProtocolException refusal() {
        return round.isEmpty() ? refusal : null;
    }

    /**
     * The session with the current one has ended.
     *
     * @param livedNs for how long there was one: a short one is no success, or we would dial in a loop
     * @return how long to wait before the next
     */
    long lost(long livedNs) {
        if (livedNs < waitMaxNs) {
            return failed(null);
        }
        waitNs = 0;
        round.clear();
        return 0;
    }

    /** The monitors' own map: those in it are tried, and behind them those that were configured. */
    void learned(MonMap map) {
        Set<EntityAddr> all = new LinkedHashSet<>();
        for (MonInfo monitor : map.monitors()) {
            monitor.publicAddrs().addrs().stream()
                    .filter(addr -> addr.type() == EntityAddr.Type.MSGR2 && !addr.isBlankIp() && addr.port() != 0)
                    .findFirst()
                    .ifPresent(all::add);
        }
        all.addAll(configured);
        known = List.copyOf(all);
        round.retainAll(all);
    }
}
