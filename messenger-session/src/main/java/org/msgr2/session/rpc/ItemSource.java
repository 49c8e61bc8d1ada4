package org.msgr2.session.rpc;

import org.jspecify.annotations.Nullable;

/**
 * The items that the other end of a call sends, in its order. Its sender is told to go on as they are taken, so who does not take
 * them holds up the sender. One reader at a time.
 */
public interface ItemSource<T> {

    /**
     * The next item, if it has come; null if not, or if there are no more.
     *
     * @throws CallException INVALID if it cannot be read: the call has ended then
     */
    @Nullable T poll();

    /**
     * Waits for the next item. Not on an event loop.
     *
     * @return null behind the last
     * @throws CallException if the call has ended otherwise; behind the items that came before
     */
    @Nullable T next() throws InterruptedException;

    /** Whether there is nothing more to take, and nothing will come. */
    boolean isExhausted();

    /**
     * Runs now, and then whenever something has come or nothing more will: one at a time, on a worker. It should take all that is
     * there. Replaces the one before.
     */
    void onItems(Runnable action);
}
