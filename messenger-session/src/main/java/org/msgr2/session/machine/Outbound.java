package org.msgr2.session.machine;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sending half of a session: what waits to be sent, and what was sent and may have to be sent again (spec/msgr2 §5.6). A
 * sequence number is given when a message is written; one that is sent again gets the same. Bounds are kept where messages
 * are accepted: a message counts until it is through here. Not thread-safe.
 */
final class Outbound {
    /** Messages that will not be sent, or may not have arrived: their numbers. */
    record Discarded(long first, long last, int count) {}

    private final OutQueue queue = new OutQueue();
    /** Sent over a transport that was lost; before all others, whatever their priority. */
    private final Deque<OutMessage> again = new ArrayDeque<>();
    /** Sent over the current transport, not acknowledged. The last one has number {@link #outSeq}. */
    private final Deque<OutMessage> unacked = new ArrayDeque<>();

    private final Consumer<OutMessage> through;
    private long outSeq;

    /** @param through is told of each message that counts no more */
    Outbound(Consumer<OutMessage> through) {
        this.through = through;
    }

    /** Ownership passes. */
    void add(OutMessage message) {
        queue.add(message);
    }

    /** Its sender has taken it back before it was begun; its payload is released. */
    void revoked(OutMessage message) {
        queue.revoked(message);
        through.accept(message);
    }

    /** Nothing is to be written. */
    boolean isEmpty() {
        return again.isEmpty() && queue.isEmpty();
    }

    /** Nothing is to be written, and nothing waits for its acknowledgement. */
    boolean isDone() {
        return isEmpty() && unacked.isEmpty();
    }

    /** The next message to write, with the number {@link #outSeq}; null when there is none. */
    @Nullable OutMessage next() {
        OutMessage next = again.isEmpty() ? queue.poll() : again.remove();
        if (next != null) {
            outSeq++;
        }
        return next;
    }

    /** The last number given. */
    long outSeq() {
        return outSeq;
    }

    /** What {@link #next} gave is written. Borrowed until it is acknowledged, if {@code keep}; released at once otherwise. */
    void written(OutMessage message, boolean keep) {
        if (keep) {
            unacked.add(message);
        } else {
            release(message);
        }
    }

    /** What {@link #next} gave was taken back in mid-frame: the peer drops it, and its number goes to the next one. */
    void aborted(OutMessage message) {
        outSeq--;
        release(message);
    }

    /** What {@link #next} gave could not be written whole: it is to be written again. */
    void unwritten(OutMessage message) {
        outSeq--;
        again.addFirst(message);
    }

    /**
     * The peer has everything up to that number. One beyond all that was sent means all of it.
     *
     * @return whether that is news
     */
    boolean acknowledged(long seq) {
        boolean news = false;
        while (!unacked.isEmpty() && Long.compareUnsigned(ackedSeq() + 1, seq) <= 0) {
            release(unacked.remove());
            news = true;
        }
        return news;
    }

    /** The oldest message that is not acknowledged and was begun over the current transport; null if there is none. */
    @Nullable OutMessage oldestUnacked() {
        return unacked.peek();
    }

    /** The next message that is to be sent again; null if there is none. */
    @Nullable OutMessage oldestAgain() {
        return again.peek();
    }

    /** The last number that the peer has acknowledged. */
    long ackedSeq() {
        return outSeq - unacked.size();
    }

    /** The highest number that was ever given in this session. */
    long sentSeq() {
        return outSeq + again.size();
    }

    /** The transport is lost: what is not acknowledged is to be sent again, first, under the same numbers. */
    void transportLost() {
        outSeq -= unacked.size();
        while (!unacked.isEmpty()) {
            again.addFirst(unacked.removeLast());
        }
    }

    /** How many messages would be sent again. */
    int againCount() {
        return again.size();
    }

    /**
     * The peer goes on where it was, after {@link #transportLost}.
     *
     * @param msgSeq the last number that it has
     * @return false if it cannot have got there; nothing has changed then
     */
    boolean resume(long msgSeq) {
        if (Long.compareUnsigned(msgSeq, outSeq) < 0 || Long.compareUnsigned(sentSeq(), msgSeq) < 0) {
            return false;
        }
        while (outSeq != msgSeq) {
            outSeq++;
            release(again.remove());
        }
        return true;
    }

    /** The peer begins anew, after {@link #transportLost}: all that it may lack is sent again, from number 1. */
    void restart() {
        outSeq = 0;
    }

    private void release(OutMessage message) {
        message.message().release();
        through.accept(message);
    }

    /** Forgets everything. */
    @Nullable Discarded discardAll() {
        transportLost();
        outSeq = 0;
        long first = Long.MAX_VALUE;
        long last = 0;
        int count = 0;
        while (!isEmpty()) {
            boolean begun = !again.isEmpty();
            OutMessage message = begun ? again.remove() : queue.poll();
            if (message == null) {
                break; // what is left was taken back at this moment
            }
            if (!(begun ? message.discard() : message.discardUnwritten())) {
                throw new IllegalStateException(message + " has two ends");
            }
            first = Math.min(first, message.number());
            last = Math.max(last, message.number());
            count++;
            release(message);
        }
        return count == 0 ? null : new Discarded(first, last, count);
    }
}
