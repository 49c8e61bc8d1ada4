package org.msgr2.session.rpc.endpoint;

/** Lets threads wait for the next change of something that has its own lock. Thread-safe. */
final class Signal {
    private long changes;

    synchronized void raise() {
        changes++;
        notifyAll();
    }

    synchronized long changes() {
        return changes;
    }

    /** Until there are more than so many. */
    synchronized void await(long seen) throws InterruptedException {
        while (changes == seen) {
            wait();
        }
    }
}
