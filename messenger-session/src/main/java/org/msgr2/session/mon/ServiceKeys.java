package org.msgr2.session.mon;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.msgr2.core.ProtocolException;
import org.msgr2.crypto.auth.cephx.AuthorizerVerifier;
import org.msgr2.crypto.auth.cephx.RotatingSecrets;

/**
 * The rotating keys of the service that this node is: who waits for them, and who wants to look after them (spec/msgr2 §3.11).
 * Guarded by its client's lock.
 */
final class ServiceKeys {
    /** A service asks for its keys at most that often, so it need not be looked after more often. */
    private static final Duration VERIFIERS_INTERVAL = Duration.ofSeconds(1);

    private final Steps steps;
    private final KeyFetches fetches = new KeyFetches();
    private final List<AuthorizerVerifier> verifiers = new ArrayList<>();
    private long verifiersAtNs;

    ServiceKeys(Steps steps) {
        this.steps = steps;
    }

    void start(long nowNs) {
        verifiersAtNs = nowNs;
    }

    /** See {@link KeyFetches#add}. */
    boolean fetch(long fromNs, CompletableFuture<RotatingSecrets> result) {
        return fetches.add(fromNs, result);
    }

    void keepFresh(AuthorizerVerifier verifier) {
        if (verifiers.size() >= KeyFetches.MAX) {
            throw new IllegalStateException("more than " + KeyFetches.MAX + " verifiers");
        }
        verifiers.add(verifier);
    }

    void pump(long nowNs) {
        fetches.expire(nowNs)
                .forEach(fetch -> fail(fetch, new IllegalStateException("no answer to a request for rotating keys")));
        if (!verifiers.isEmpty() && nowNs - verifiersAtNs >= 0) {
            verifiersAtNs = nowNs + VERIFIERS_INTERVAL.toNanos();
            List<AuthorizerVerifier> due = List.copyOf(verifiers);
            steps.afterwards(() -> due.forEach(AuthorizerVerifier::refreshIfDue));
        }
    }

    /** Whether somebody waits for keys that nobody has asked for. */
    boolean areWanted(long nowNs) {
        return fetches.isDue(nowNs);
    }

    void asked(long nowNs) {
        fetches.asked(nowNs);
    }

    void answered(RotatingSecrets secrets) {
        fetches.answered().forEach(fetch -> steps.afterwards(() -> fetch.result.complete(secrets)));
    }

    void refused(ProtocolException why) {
        fetches.answered().forEach(fetch -> fail(fetch, why));
    }

    /** The session is gone, and with it the request. */
    void endSession() {
        fetches.endSession();
    }

    void close(Exception why) {
        fetches.clear().forEach(fetch -> fail(fetch, why));
    }

    private void fail(KeyFetches.Fetch fetch, Exception why) {
        steps.afterwards(() -> fetch.result.completeExceptionally(why));
    }

    Duration idle(long nowNs, Duration atMost) {
        Duration idle = fetches.idle(nowNs, atMost);
        if (verifiers.isEmpty()) {
            return idle;
        }
        Duration untilVerifiers = Duration.ofNanos(Math.max(0, verifiersAtNs - nowNs));
        return untilVerifiers.compareTo(idle) < 0 ? untilVerifiers : idle;
    }
}
