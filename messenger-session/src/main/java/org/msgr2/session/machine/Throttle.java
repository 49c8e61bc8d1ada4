package org.msgr2.session.machine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;

/**
 * A budget of permits that receivers take before they take memory (spec/msgr2 §7.3). Those who have to wait are served in
 * order. A request larger than the whole budget is granted alone, when the budget is not overdrawn: so everything can
 * pass. Thread-safe; waiters are told outside the lock, on the thread that released.
 */
public final class Throttle {

    /** Somebody who waits. */
    @FunctionalInterface
    public interface Waiter {
        /** The permits are taken for it now; it has to release them. */
        void granted();
    }

    private record Waiting(long permits, Waiter waiter) {}

    private final long max;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long taken;

    /** @param max 0 is unlimited */
    public Throttle(long max) {
        this.max = max;
    }

    /**
     * Takes permits now or later.
     *
     * @return true if they are taken; false if {@code waiter} will be told when they are
     */
    public synchronized boolean acquire(long permits, Waiter waiter) {
        if (waiting.isEmpty() && fits(permits)) {
            taken += permits;
            return true;
        }
        waiting.add(new Waiting(permits, waiter));
        return false;
    }

    public void release(long permits) {
        List<Waiter> granted;
        synchronized (this) {
            taken -= permits;
            if (taken < 0) {
                throw new IllegalStateException("released " + -taken + " permits more than were taken");
            }
            granted = grant();
        }
        granted.forEach(Waiter::granted);
    }

    /**
     * Somebody waits no more. Those behind it may have been waiting for it only.
     *
     * @return false if it does not wait, or is being told right now
     */
    public boolean cancel(Waiter waiter) {
        List<Waiter> granted;
        synchronized (this) {
            if (!waiting.removeIf(one -> one.waiter.equals(waiter))) {
                return false;
            }
            granted = grant();
        }
        granted.forEach(Waiter::granted);
        return true;
    }

    private List<Waiter> grant() {
        List<Waiter> granted = new ArrayList<>(1);
        for (Waiting next = waiting.peek(); next != null && fits(next.permits); next = waiting.peek()) {
            taken += next.permits;
            granted.add(next.waiter);
            waiting.remove();
        }
        return granted;
    }

    /** Permits that are taken: 0 when nothing is under way. */
    public synchronized long taken() {
        return taken;
    }

    private boolean fits(long permits) {
        return max == 0 || (permits <= max ? taken + permits <= max : taken <= max);
    }
}
