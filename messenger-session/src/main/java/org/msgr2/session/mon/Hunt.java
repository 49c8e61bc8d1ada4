package org.msgr2.session.mon;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.Limits;

/**
 * Which monitors to dial, and when (spec/msgr2 §3.13). Dials several at a time, the preferred ones alone; the first that lets us in
 * ends the hunt. One that fails makes room for the next at once. Those that do not answer within the hunt's interval are
 * given up, and the next interval is longer. When all were tried it starts over: at once if an interval is over, else after
 * a rest, twice as long each time. Only says what to do. Not thread-safe.
 */
final class Hunt {
    private final HuntConfig config;
    private final long restInitialNs;
    private final long restMaxNs;
    private final Candidates candidates;

    /** In this round. */
    private final Deque<Candidates.Candidate> untried = new ArrayDeque<>();

    private final Map<EntityAddr, Candidates.Candidate> dialled = new LinkedHashMap<>();
    private boolean hunting;
    private double multiple;
    private long endsNs;
    private boolean resting;
    private long restNs;
    private long restEndsNs;

    /** The one that we have had, or have, a session with. */
    private @Nullable EntityAddr last;

    /** Whoever has not answered since we last told why nobody lets us in. */
    private final Set<EntityAddr> unheard = new HashSet<>();

    private @Nullable ProtocolException refusal;
    private @Nullable ProtocolException verdict;

    Hunt(HuntConfig config, Limits.Timeouts timeouts, Candidates candidates) {
        this.config = config;
        this.restInitialNs = timeouts.backoffInitial().toNanos();
        this.restMaxNs = timeouts.backoffMax().toNanos();
        this.candidates = candidates;
        this.multiple = config.multipleMin();
    }

    /** There is no session, and there was none. */
    void begin(long nowNs) {
        begin(nowNs, true);
    }

    /** @param anew with all monitors, at once */
    private void begin(long nowNs, boolean anew) {
        hunting = true;
        endsNs = nowNs + intervalNs();
        if (anew) {
            restNs = 0;
            untried.clear();
            startOverAt(nowNs);
            askAll();
        }
    }

    private long intervalNs() {
        return (long) (config.interval().toNanos() * multiple);
    }

    private void startOverAt(long atNs) {
        resting = true;
        restEndsNs = atNs;
    }

    private void askAll() {
        refusal = null;
        unheard.clear();
        unheard.addAll(candidates.addrs());
    }

    /**
     * Those that have not answered in time; to be hung up on. Ask before {@link #next}.
     *
     * @return none most of the time
     */
    List<EntityAddr> expire(long nowNs) {
        if (!hunting || nowNs - endsNs < 0) {
            return List.of();
        }
        multiple = Math.min(config.multipleMax(), multiple * config.backoff());
        endsNs = nowNs + intervalNs();
        List<EntityAddr> silent = List.copyOf(dialled.keySet());
        dialled.clear();
        silent.forEach(addr -> heard(addr, null));
        if (!silent.isEmpty()) {
            startOverAt(nowNs);
        }
        return silent;
    }

    /** The next one to dial now, until there is none; it counts as dialled. */
    @Nullable EntityAddr next(long nowNs) {
        if (!hunting || dialled.size() >= config.parallel() || (untried.isEmpty() && !startOver(nowNs))) {
            return null;
        }
        Candidates.Candidate first = untried.element();
        if (dialled.values().stream().anyMatch(other -> other.priority() < first.priority())) {
            return null; // those are preferred, and may let us in yet
        }
        untried.remove();
        dialled.put(first.addr(), first);
        return first.addr();
    }

    /** Whether there is room, and nobody to fill it who has not had a turn. */
    private boolean exhausted() {
        return untried.isEmpty()
                && dialled.size() < config.parallel()
                && !dialled.keySet().containsAll(candidates.addrs());
    }

    private boolean startOver(long nowNs) {
        if (!exhausted()) {
            return false;
        }
        if (!resting) {
            restNs = restNs == 0 ? restInitialNs : Math.min(restMaxNs, 2 * restNs);
            startOverAt(nowNs + restNs);
        }
        if (nowNs - restEndsNs < 0) {
            return false;
        }
        resting = false;
        candidates.shuffled(last).stream()
                .filter(candidate -> !dialled.containsKey(candidate.addr()))
                .forEach(untried::add);
        return true;
    }

    /**
     * One that was dialled does not let us in.
     *
     * @param conclusive its refusal, if trying again will hardly help: a wrong key, no monitor at all
     */
    void failed(EntityAddr addr, @Nullable ProtocolException conclusive) {
        dialled.remove(addr);
        heard(addr, conclusive);
    }

    private void heard(EntityAddr addr, @Nullable ProtocolException conclusive) {
        refusal = conclusive != null ? conclusive : refusal;
        unheard.remove(addr);
        if (unheard.isEmpty()) {
            verdict = refusal != null ? refusal : verdict;
            askAll();
        }
    }

    /** Why nobody lets us in, once everybody was asked and somebody said so for good. Once. */
    @Nullable ProtocolException takeVerdict() {
        ProtocolException told = verdict;
        verdict = null;
        return told;
    }

    /**
     * One that was dialled lets us in: the hunt is over.
     *
     * @return the others that are dialled: to be hung up on
     */
    List<EntityAddr> found(EntityAddr addr) {
        hunting = false;
        last = addr;
        multiple = Math.max(config.multipleMin(), multiple / config.backoff());
        dialled.remove(addr);
        List<EntityAddr> others = List.copyOf(dialled.keySet());
        // They were not tried to the end: should this session be short, they are next.
        dialled.values().forEach(untried::addFirst);
        dialled.clear();
        return others;
    }

    /** The one that was found is who it should be: whoever has refused us until now does not matter any more. */
    void opened() {
        askAll();
    }

    /**
     * The session with the one that was found has ended.
     *
     * @param livedNs for how long there was one: a short one is no success, or we would dial in a loop
     * @param conclusive as for {@link #failed}
     */
    void lost(long livedNs, @Nullable ProtocolException conclusive, long nowNs) {
        boolean success = livedNs >= restMaxNs;
        begin(nowNs, success);
        if (!success && last != null) {
            heard(last, conclusive);
        }
    }

    /** A map of the monitors came. */
    void learned(MonMap map) {
        candidates.learned(map);
        untried.removeIf(candidate -> !candidates.addrs().contains(candidate.addr()));
        unheard.retainAll(candidates.addrs());
    }

    /** How long nothing needs to be done, or {@code atMost}. */
    Duration idle(long nowNs, Duration atMost) {
        if (!hunting) {
            return atMost;
        }
        long idleNs = Math.min(atMost.toNanos(), endsNs - nowNs);
        if (resting && exhausted()) {
            idleNs = Math.min(idleNs, restEndsNs - nowNs);
        }
        return Duration.ofNanos(Math.max(0, idleNs));
    }
}
