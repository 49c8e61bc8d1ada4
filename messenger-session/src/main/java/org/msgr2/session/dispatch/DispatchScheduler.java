package org.msgr2.session.dispatch;

import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.Priority;

/**
 * Which connection of a messenger a worker serves next (spec/msgr2 §7.2). A connection waits here with the priority of what
 * it has first. From {@link Priority#LOW} on the highest priority is served first, always, and connections of one priority
 * take turns. Below, each priority has a bucket of tokens: what is dispatched costs its size, and that cost is shared out
 * among the priorities that wait, the higher ones getting more; the highest that can pay is next. So none of them starves
 * another. All of them starve while there is something above.
 *
 * <p>Holds each connection once at most. For each that waits, one task is with the workers; which connection a task serves is
 * decided when it runs. Thread-safe.
 */
public final class DispatchScheduler {
    static final int NONE = -1;
    /** From here on priorities are strict. */
    static final int STRICT_MIN = Priority.LOW;
    /** The least that dispatching anything costs, in bytes. */
    static final long COST_MIN = 64 * 1024;
    /** The most that a priority saves up, and that one message costs. */
    static final long TOKENS_MAX = 16L * 1024 * 1024;

    /** Connections that wait with one priority, in turn. */
    private static final class Level {
        private final LinkedHashSet<DispatchQueue> queues = new LinkedHashSet<>();
        private long tokens;

        private DispatchQueue head() {
            return queues.iterator().next();
        }
    }

    private final Executor workers;
    /** Those where somebody waits. */
    private final TreeMap<Integer, Level> levels = new TreeMap<>(Comparator.reverseOrder());
    /** Those that save up tokens, by priority: also while their only connection is served. */
    private final Level[] weighted = new Level[STRICT_MIN];

    private volatile int first = NONE;

    public DispatchScheduler(Executor workers) {
        this.workers = workers;
        Arrays.setAll(weighted, priority -> new Level());
    }

    /** The highest priority that waits; {@link #NONE} when nothing does. */
    int first() {
        return first;
    }

    /** A connection has something to do, and is neither here nor served. */
    void ready(DispatchQueue queue, int priority, long cost) {
        add(queue, priority, cost);
        queue.raiseToArrived();
        if (!askWorker()) {
            serve(); // what is left runs here, so that buffers and permits come back
        }
    }

    /** @return false if the messenger is closed */
    private boolean askWorker() {
        try {
            workers.execute(this::serve);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    private void serve() {
        for (DispatchQueue next = take(); next != null && next.serve(); next = take()) {
            next.waitAgain();
            if (askWorker()) {
                return;
            }
        }
    }

    /** A connection waits again, behind the others of its priority. */
    synchronized void add(DispatchQueue queue, int priority, long cost) {
        queue.waits(priority, Math.min(Math.max(cost, COST_MIN), TOKENS_MAX));
        levels.computeIfAbsent(priority, p -> p < STRICT_MIN ? weighted[p] : new Level())
                .queues
                .add(queue);
        first = levels.firstKey();
    }

    /** A connection that may wait here has something of a higher priority now. */
    synchronized void raise(DispatchQueue queue, int priority, long cost) {
        int from = queue.level();
        if (from != NONE && from < priority) {
            remove(queue, from);
            add(queue, priority, cost);
        }
    }

    private void remove(DispatchQueue queue, int from) {
        Level level = levels.get(from);
        if (level != null && level.queues.remove(queue) && level.queues.isEmpty()) {
            levels.remove(from);
        }
    }

    /** The connection to serve now; null if nothing waits. */
    private synchronized @Nullable DispatchQueue take() {
        Map.Entry<Integer, Level> highest = levels.firstEntry();
        if (highest == null) {
            return null;
        }
        Map.Entry<Integer, Level> chosen = highest.getKey() >= STRICT_MIN ? highest : pay(highest);
        DispatchQueue queue = chosen.getValue().head();
        remove(queue, chosen.getKey());
        queue.waits(NONE, 0);
        first = levels.isEmpty() ? NONE : levels.firstKey();
        return queue;
    }

    /** @return the highest priority that can pay for its next, or the highest of all if none can */
    private Map.Entry<Integer, Level> pay(Map.Entry<Integer, Level> highest) {
        Map.Entry<Integer, Level> chosen = highest;
        long cost = highest.getValue().head().cost();
        long weights = 0;
        boolean paid = false;
        for (Map.Entry<Integer, Level> entry : levels.entrySet()) {
            Level level = entry.getValue();
            long price = level.head().cost();
            if (!paid && level.tokens >= price) {
                paid = true;
                level.tokens -= price;
                chosen = entry;
                cost = price;
            }
            weights += weight(entry.getKey());
        }
        for (Map.Entry<Integer, Level> entry : levels.entrySet()) {
            Level level = entry.getValue();
            level.tokens = Math.min(TOKENS_MAX, level.tokens + cost * weight(entry.getKey()) / weights);
        }
        return chosen;
    }

    /** Even priority 0 has its share. */
    private static long weight(int priority) {
        return priority + 1L;
    }
}
