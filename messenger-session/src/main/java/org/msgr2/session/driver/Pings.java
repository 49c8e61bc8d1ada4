package org.msgr2.session.driver;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.msgr2.core.ProtocolException;

/** The pings that the application waits for. Bounded by the session, which fails those that are too many. On one loop. */
final class Pings {
    private final Map<Long, CompletableFuture<Duration>> waiting = new HashMap<>();
    private final Executor callbacks;
    private long last;

    /** @param callbacks where the application hears of the answers */
    Pings(Executor callbacks) {
        this.callbacks = callbacks;
    }

    /** @return its number, never 0 */
    long add(CompletableFuture<Duration> result) {
        long ping = ++last;
        waiting.put(ping, result);
        return ping;
    }

    void answered(long ping, long roundTripNs) {
        CompletableFuture<Duration> result = waiting.remove(ping);
        if (result != null) {
            callbacks.execute(() -> result.complete(Duration.ofNanos(roundTripNs)));
        }
    }

    void failed(long ping, ProtocolException cause) {
        CompletableFuture<Duration> result = waiting.remove(ping);
        if (result != null) {
            callbacks.execute(() -> result.completeExceptionally(cause));
        }
    }

    /** There is no loop any more on which an answer could come. */
    void failAll(String why) {
        waiting.values().forEach(result -> result.completeExceptionally(new IllegalStateException(why)));
        waiting.clear();
    }
}
