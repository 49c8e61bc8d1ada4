package org.msgr2.core.message;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A queue by priority: the highest goes first, and what has one priority goes in its order (spec/msgr2 §7.4). Its bound is
 * kept by whoever adds. Not thread-safe.
 */
public final class PriorityFifo<T> {
    /** What {@link #firstPriority} is when there is nothing. */
    public static final int NONE = -1;

    private final TreeMap<Integer, ArrayDeque<T>> byPriority = new TreeMap<>(Comparator.reverseOrder());
    /** The queue of the highest priority that has something: most connections use one priority. */
    private @Nullable ArrayDeque<T> first;

    private int firstPriority = NONE;
    private int size;

    /** An empty one. */
    public PriorityFifo() {}

    /** @param priority a u16 */
    public void add(int priority, T element) {
        size++;
        if (first != null && priority == firstPriority) {
            first.add(element);
            return;
        }
        byPriority.computeIfAbsent(priority, p -> new ArrayDeque<>()).add(element);
        if (first == null || priority > firstPriority) {
            findFirst();
        }
    }

    /** The next one; null when there is none. */
    public @Nullable T poll() {
        if (first == null) {
            return null;
        }
        T element = first.remove();
        size--;
        if (first.isEmpty()) {
            byPriority.remove(firstPriority);
            findFirst();
        }
        return element;
    }

    /** The next one, which stays; null when there is none. */
    public @Nullable T peek() {
        return first == null ? null : first.peek();
    }

    /** The priority of the next one; {@link #NONE} when there is none. */
    public int firstPriority() {
        return firstPriority;
    }

    public boolean isEmpty() {
        return size == 0;
    }

    public int size() {
        return size;
    }

    /** Removes what the predicate holds for; it is asked once for each. */
    public void removeIf(Predicate<? super T> which) {
        size = 0;
        for (ArrayDeque<T> queue : byPriority.values()) {
            queue.removeIf(which);
            size += queue.size();
        }
        byPriority.values().removeIf(ArrayDeque::isEmpty);
        findFirst();
    }

    private void findFirst() {
        if (byPriority.isEmpty()) {
            first = null;
            firstPriority = NONE;
        } else {
            firstPriority = byPriority.firstKey();
            first = byPriority.firstEntry().getValue();
        }
    }
}
