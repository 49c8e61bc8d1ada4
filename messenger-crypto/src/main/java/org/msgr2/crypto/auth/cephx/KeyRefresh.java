package org.msgr2.crypto.auth.cephx;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A service's newest rotating keys, and the one request for newer ones that may be under way. Thread-safe; calls the source
 * and completes futures outside of its lock.
 */
final class KeyRefresh {
    /** Whatever tickets are shown, the monitor is not asked more often (spec/msgr2 §3.11). */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** A request without an answer is given up for lost when the next one needs it. */
    private static final Duration LOST_AFTER = Duration.ofSeconds(10);

    /** Connections that wait: what they hold is bounded by the messenger's own limit, this is for the list of them. */
    private static final int WAITING_MAX = 1024;

    private final RotatingKeySource source;
    private final InstantSource clock;

    private volatile RotatingKeys keys;
    private @Nullable CompletableFuture<RotatingKeys> running; // guarded by this
    private Instant started = Instant.MIN; // guarded by this: when the last request was, or is to be, sent
    private int waiting; // guarded by this

    KeyRefresh(RotatingKeys keys, RotatingKeySource source, InstantSource clock) {
        this.keys = keys;
        this.source = source;
        this.clock = clock;
    }

    RotatingKeys keys() {
        return keys;
    }

    synchronized void update(RotatingSecrets newer) {
        keys = keys.update(newer);
    }

    /** The next keys that arrive: of the request that runs, or of a new one. Fails if none do, or if too many wait. */
    CompletionStage<RotatingKeys> next() {
        CompletableFuture<RotatingKeys> request = null;
        CompletableFuture<RotatingKeys> lost = null;
        CompletableFuture<RotatingKeys> joined;
        Duration delay = Duration.ZERO;
        synchronized (this) {
            Instant now = clock.instant();
            if (running != null && !now.isBefore(started.plus(LOST_AFTER))) {
                lost = running;
                running = null;
            }
            if (running == null) {
                request = new CompletableFuture<>();
                running = request;
                waiting = 0;
                Instant earliest = started.equals(Instant.MIN) ? now : started.plus(INTERVAL);
                if (now.isBefore(earliest)) {
                    // A clock that was set back must not make us wait longer.
                    Duration until = Duration.between(now, earliest);
                    delay = until.compareTo(INTERVAL) < 0 ? until : INTERVAL;
                }
                started = now.plus(delay);
            }
            if (waiting == WAITING_MAX) {
                return CompletableFuture.failedFuture(new IllegalStateException("too many wait for rotating keys"));
            }
            waiting++;
            joined = running;
        }
        if (lost != null) {
            lost.completeExceptionally(new IllegalStateException("no answer to a request for rotating keys"));
        }
        if (request != null) {
            send(request, delay);
        }
        return joined;
    }

    private void send(CompletableFuture<RotatingKeys> request, Duration delay) {
        CompletionStage<RotatingSecrets> answer;
        try {
            answer = source.fetch(delay);
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((secrets, failure) -> {
            synchronized (this) {
                if (running == request) {
                    running = null;
                }
                if (secrets != null) {
                    keys = keys.update(secrets);
                }
            }
            if (secrets == null) {
                request.completeExceptionally(
                        failure != null ? failure : new IllegalStateException("no rotating keys"));
            } else {
                request.complete(keys);
            }
        });
    }
}
