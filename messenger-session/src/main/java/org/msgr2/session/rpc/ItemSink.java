package org.msgr2.session.rpc;

/** Takes items for the other end of a call, as many as that end has room for. Thread-safe. */
public interface ItemSink<T> {

    /**
     * Sends an item if the other end, and the connection, take one now.
     *
     * @return false if not: the item is not taken, and {@link #onReady} tells when it is worth another try
     * @throws CallException if the call has ended, or the item is too large
     */
    boolean offer(T item);

    /**
     * Sends an item, and waits until it is taken. Not on an event loop.
     *
     * @throws CallException as {@link #offer}
     */
    void send(T item) throws InterruptedException;

    /**
     * Runs now, and then whenever an item that was refused may be offered again, and when the call has ended: one at a time, on a
     * worker. Replaces the one before.
     */
    void onReady(Runnable action);

    /** Whether the call goes on: if not, nothing is taken any more. */
    boolean isOpen();
}
