package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/** Pings about once a millisecond, whether or not answers come, and remembers the longest time without one. */
final class PingProbe {
    private static final Duration INTERVAL = Duration.ofMillis(1);

    private final AtomicBoolean done = new AtomicBoolean();
    private final CompletableFuture<Long> longestGapNs;

    private PingProbe(InetSocketAddress server) {
        longestGapNs = CompletableFuture.supplyAsync(() -> probe(server));
    }

    static PingProbe start(InetSocketAddress server) {
        return new PingProbe(server);
    }

    /** Ends the probe: the longest gap, in ms. */
    double stop() {
        done.set(true);
        return longestGapNs.join() / 1e6;
    }

    private long probe(InetSocketAddress server) {
        try (LoadClient client = new LoadClient(server)) {
            Request ping = Request.of("ping", 0, "null", "probe");
            long last = System.nanoTime();
            long longest = 0;
            while (!done.get()) {
                client.send(ping);
                int answers = client.receiveAll(INTERVAL);
                long now = System.nanoTime();
                longest = Math.max(longest, now - last);
                if (answers > 0) {
                    last = now;
                    pause();
                }
            }
            return longest;
        } catch (IOException e) {
            throw new CompletionException(e);
        }
    }

    private static void pause() {
        LockSupport.parkNanos(INTERVAL.toNanos());
    }
}
