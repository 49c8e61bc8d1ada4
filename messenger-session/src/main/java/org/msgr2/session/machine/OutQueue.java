package org.msgr2.session.machine;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages to be sent: the highest priority first, in order within one (spec/msgr2 §7.4). Its bound is kept where messages
 * are accepted. Not thread-safe.
 */
final class OutQueue {
    private final TreeMap<Integer, ArrayDeque<OutMessage>> byPriority = new TreeMap<>(Comparator.reverseOrder());
    /** The queue of the highest priority that has messages: most connections use one priority. */
    private @Nullable ArrayDeque<OutMessage> first;

    private int firstPriority;

    void add(OutMessage message) {
        int priority = message.message().header().priority();
        if (first != null && priority == firstPriority) {
            first.add(message);
            return;
        }
        byPriority.computeIfAbsent(priority, p -> new ArrayDeque<>()).add(message);
        if (first == null || priority > firstPriority) {
            findFirst();
        }
    }

    /** The next message; null when there is none. */
    @Nullable OutMessage poll() {
        if (first == null) {
            return null;
        }
        OutMessage message = first.remove();
        if (first.isEmpty()) {
            byPriority.remove(firstPriority);
            findFirst();
        }
        return message;
    }

    boolean isEmpty() {
        return first == null;
    }

    private void findFirst() {
        if (byPriority.isEmpty()) {
            first = null;
        } else {
            firstPriority = byPriority.firstKey();
            first = byPriority.firstEntry().getValue();
        }
    }
}
