package org.msgr2.session.machine;

import org.jspecify.annotations.Nullable;
import org.msgr2.core.message.PriorityFifo;

/**
 * Messages to be sent: the highest priority first, in order within one (spec/msgr2 §7.4). Those that their sender has taken
 * back do not count; they are removed when they are in the way, or more than the others. Its bound is kept where messages
 * are accepted. Not thread-safe.
 */
final class OutQueue {
    private final PriorityFifo<OutMessage> queue = new PriorityFifo<>();
    /** So many in the queue are known to be taken back. */
    private int revoked;

    void add(OutMessage message) {
        if (!message.isRevoked()) {
            message.place(OutMessage.Place.QUEUED);
            queue.add(message.message().header().priority(), message);
        }
    }

    /** The next message, which cannot be taken back from now on; null when there is none. */
    @Nullable OutMessage poll() {
        for (OutMessage message = queue.poll(); message != null; message = queue.poll()) {
            left(message);
            if (message.begin()) {
                return message;
            }
        }
        return null;
    }

    /** A message was taken back. It may never have been here, or have left already. */
    void revoked(OutMessage message) {
        if (message.place() != OutMessage.Place.QUEUED) {
            return;
        }
        message.place(OutMessage.Place.REVOKED);
        revoked++;
        if (revoked > queue.size() / 2) {
            queue.removeIf(this::removes);
        }
    }

    private boolean removes(OutMessage message) {
        if (message.isRevoked()) {
            left(message);
            return true;
        }
        return false;
    }

    private void left(OutMessage message) {
        if (message.place() == OutMessage.Place.REVOKED) {
            revoked--;
        }
        message.place(OutMessage.Place.ELSEWHERE);
    }

    boolean isEmpty() {
        return queue.size() == revoked;
    }
}
