package org.msgr2.session.mon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.msgr2.crypto.auth.cephx.RotatingSecrets;

/** Who waits for rotating keys: for its time to ask, for a session, or for the answer. Bounded. Not thread-safe. */
final class KeyFetches {
    /** One per service of this node; more are a mistake. */
    static final int MAX = 16;

    /** For the answer, from the time to ask on; the same as a verifier waits. */
    private static final long WAIT_MAX_NS = Duration.ofSeconds(10).toNanos();

    private final List<Fetch> waiting = new ArrayList<>();

    /** One of them. */
    static final class Fetch {
        final CompletableFuture<RotatingSecrets> result;
        private final long fromNs;
        private boolean asked;

        private Fetch(long fromNs, CompletableFuture<RotatingSecrets> result) {
            this.fromNs = fromNs;
            this.result = result;
        }
    }

    /**
     * @param fromNs when to ask
     * @return false if there are too many already
     */
    boolean add(long fromNs, CompletableFuture<RotatingSecrets> result) {
        return waiting.size() < MAX && waiting.add(new Fetch(fromNs, result));
    }

    /** Whether somebody's time to ask has come, who is not asked for yet. */
    boolean isDue(long nowNs) {
        return waiting.stream().anyMatch(fetch -> !fetch.asked && nowNs - fetch.fromNs >= 0);
    }

    /** A request leaves now: its answer is for all whose time has come. */
    void asked(long nowNs) {
        waiting.stream().filter(fetch -> nowNs - fetch.fromNs >= 0).forEach(fetch -> fetch.asked = true);
    }

    /** The session is gone, and with it the request: the next session asks again. */
    void endSession() {
        waiting.forEach(fetch -> fetch.asked = false);
    }

    /** Those that the answer is for; they are gone from here. */
    List<Fetch> answered() {
        return removeIf(fetch -> fetch.asked);
    }

    /** Those that wait too long; they are gone from here. */
    List<Fetch> expire(long nowNs) {
        return removeIf(fetch -> nowNs - fetch.fromNs >= WAIT_MAX_NS);
    }

    /** All of them; none are left. */
    List<Fetch> clear() {
        return removeIf(fetch -> true);
    }

    private List<Fetch> removeIf(Predicate<Fetch> condition) {
        List<Fetch> removed = new ArrayList<>();
        Iterator<Fetch> all = waiting.iterator();
        while (all.hasNext()) {
            Fetch fetch = all.next();
            if (condition.test(fetch)) {
                all.remove();
                removed.add(fetch);
            }
        }
        return removed;
    }

    /** How long until somebody's time to ask, or to give up, or {@code atMost}. */
    Duration idle(long nowNs, Duration atMost) {
        long waitNs = atMost.toNanos();
        for (Fetch fetch : waiting) {
            long untilNs = fetch.fromNs - nowNs > 0 ? fetch.fromNs - nowNs : fetch.fromNs + WAIT_MAX_NS - nowNs;
            waitNs = Math.min(waitNs, Math.max(0, untilNs));
        }
        return Duration.ofNanos(waitNs);
    }
}
