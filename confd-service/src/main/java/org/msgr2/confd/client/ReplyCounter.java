package org.msgr2.confd.client;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Counts the replies to the requests it was told of, and passes everything on (spec/confd §6). Not thread-safe.
 *
 * @param <P> how peers are told apart
 */
public final class ReplyCounter<P> implements Consumer<Upcall<P>> {
    private final Consumer<Upcall<P>> next;
    private final Map<String, Integer> counts = new HashMap<>();

    public ReplyCounter(Consumer<Upcall<P>> next) {
        this.next = next;
    }

    /** Counts the replies to a request from now on. */
    public void register(String salt) {
        counts.putIfAbsent(salt, 0);
    }

    @Override
    public void accept(Upcall<P> upcall) {
        if (upcall instanceof Upcall.Replied) {
            counts.computeIfPresent(upcall.salt(), (salt, count) -> count + 1);
        } else {
            counts.remove(upcall.salt());
        }
        next.accept(upcall);
    }

    /** Whether every request that is registered and has not expired has a reply. */
    public boolean allAnswered() {
        return !counts.containsValue(0);
    }

    /** The number of replies; 0 also for a request that is not registered. */
    public int count(String salt) {
        return counts.getOrDefault(salt, 0);
    }
}
