package org.msgr2.session.rpc.endpoint;

import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.transport.Loop;

/**
 * When the calls of one connection are over, with one timer for all of them: most end long before, and cost no timer. Guarded by
 * the owner, on whose behalf the timer fires on the loop.
 */
final class Deadlines {
    private final Loop loop;
    private final Runnable fired;
    private final TreeSet<CallEntry> calls = new TreeSet<>();
    private Loop.@Nullable Timer timer;
    private long timerNs;

    /** @param fired runs on the loop, without the owner's lock; has to ask for what is {@link #overdue}, and {@link #arm} again */
    Deadlines(Loop loop, Runnable fired) {
        this.loop = loop;
        this.fired = fired;
    }

    void add(CallEntry call) {
        calls.add(call);
    }

    void remove(CallEntry call) {
        calls.remove(call);
    }

    /** The timer has fired. */
    void disarmed() {
        timer = null;
    }

    /** Removes one that is over; null if none is. */
    @Nullable CallEntry overdue() {
        if (calls.isEmpty() || calls.first().deadlineNs() - loop.nanoTime() > 0) {
            return null;
        }
        return calls.pollFirst();
    }

    /** One that is armed for later than the first is armed anew. Fired too early it costs little. */
    void arm() {
        if (calls.isEmpty()) {
            return;
        }
        long firstNs = calls.first().deadlineNs();
        if (timer != null) {
            if (timerNs - firstNs <= 0) {
                return;
            }
            timer.cancel();
        }
        try {
            timerNs = firstNs;
            timer = loop.schedule(fired, firstNs);
        } catch (RejectedExecutionException e) {
            timer = null; // the messenger is closed, and ends all calls
        }
    }
}
