package org.msgr2.session.testing.sim;

import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.Loop;

/**
 * The one true time of a simulated run, and what happens in it: events, by their time and then in the order in which they were
 * added, except that timers fall before or behind what is due at the same moment as chance has it. Not thread-safe.
 */
final class SimTime {
    static final long MS = 1_000_000;
    static final long SECOND = 1_000 * MS;

    /** More at one moment, and they are chasing each other. */
    private static final int AT_ONCE_MAX = 200_000;

    private final PriorityQueue<Event> events = new PriorityQueue<>(256);
    private final SimRandom random;
    private long nowNs;
    private long added;
    private long ran;
    private int atOnce;
    private long hash;
    private @Nullable SimLoop current;

    SimTime(SimRandom random) {
        this.random = random;
    }

    /** Where an event happens: a loop, which may have moved on by then. */
    interface Place {
        /** Null if it does not happen on a loop. */
        @Nullable SimLoop loop();
    }

    static final class Event implements Comparable<Event>, Loop.Timer {
        private final @Nullable Place place;
        private final Runnable action;
        private long dueNs;
        private final int tie;
        private final long order;
        private boolean cancelled;

        private Event(@Nullable Place place, Runnable action, long dueNs, int tie, long order) {
            this.place = place;
            this.action = action;
            this.dueNs = dueNs;
            this.tie = tie;
            this.order = order;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(dueNs, other.dueNs);
            if (byTime != 0) {
                return byTime;
            }
            int byTie = Integer.compare(tie, other.tie);
            return byTie != 0 ? byTie : Long.compare(order, other.order);
        }

        @Override
        public void cancel() {
            cancelled = true;
        }
    }

    long nowNs() {
        return nowNs;
    }

    /** Events that happened so far. */
    long ran() {
        return ran;
    }

    /** Of everything that happened so far, in its order. */
    long hash() {
        return hash;
    }

    /** Lets the hash tell runs apart that differ in this. */
    void mix(long value) {
        hash = (hash ^ value) * 0x9e3779b97f4a7c15L;
        hash ^= hash >>> 29;
    }

    /** In its turn among what is due by then. */
    Event at(@Nullable Place place, long dueNs, Runnable action) {
        return add(place, dueNs, 0, action);
    }

    /** Before or behind what is due at the same time. */
    Event timer(Place place, long dueNs, Runnable action) {
        return add(place, dueNs, random.below(3) - 1, action);
    }

    /** Something that happens to the network or to a process, not within one. */
    Event after(long delayNs, Runnable action) {
        return add(null, nowNs + delayNs, 0, action);
    }

    private Event add(@Nullable Place place, long dueNs, int tie, Runnable action) {
        Event event = new Event(place, action, Math.max(dueNs, nowNs), tie, added++);
        events.add(event);
        return event;
    }

    /** Whether code runs on that loop at this moment. */
    boolean isOn(SimLoop loop) {
        return current == loop;
    }

    /**
     * Lets happen what happens within that time.
     *
     * @return how many events that was
     */
    long advance(long byNs) {
        long before = ran;
        long endNs = nowNs + byNs;
        for (Event next = events.peek(); next != null && next.dueNs <= endNs; next = events.peek()) {
            events.remove();
            if (!next.cancelled) {
                run(next);
            }
        }
        nowNs = endNs;
        return ran - before;
    }

    private void run(Event event) {
        SimLoop loop = event.place == null ? null : event.place.loop();
        if (loop != null && loop.isDead()) {
            return;
        }
        atOnce = event.dueNs == nowNs ? atOnce + 1 : 0;
        if (atOnce > AT_ONCE_MAX) {
            throw new IllegalStateException("events at one moment do not come to an end");
        }
        nowNs = event.dueNs;
        if (loop != null && loop.pausedUntilNs() > nowNs) {
            event.dueNs = loop.pausedUntilNs();
            events.add(event);
            return;
        }
        ran++;
        mix(nowNs);
        if (loop != null) {
            mix(loop.number());
        }
        current = loop;
        try {
            event.action.run();
        } finally {
            current = null;
        }
    }
}
