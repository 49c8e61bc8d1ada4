package org.msgr2.examples.interop;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for another program: the harness's only place that polls. */
final class Await {

    private static final long POLL_INTERVAL_NS = Duration.ofMillis(5).toNanos();

    private Await() {}

    /**
     * Asks again and again until the condition holds or the limit has passed.
     *
     * @return whether the condition held
     * @throws PeerException if the calling thread is interrupted
     */
    static boolean until(Duration limit, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs >= 0) {
                return false;
            }
            if (Thread.currentThread().isInterrupted()) {
                throw new PeerException("interrupted while waiting for a peer");
            }
            LockSupport.parkNanos(POLL_INTERVAL_NS);
        }
        return true;
    }
}
