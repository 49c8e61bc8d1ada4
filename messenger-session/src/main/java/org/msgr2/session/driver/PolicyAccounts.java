package org.msgr2.session.driver;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.PolicyThrottle;

/** The throttles of a messenger's policies, by their names. Thread-safe. */
final class PolicyAccounts {
    /** Throttles are for kinds of peers; who makes one for each peer is told so. */
    private static final int THROTTLES_MAX = 256;

    private final Map<String, PolicyPermits> byName = new ConcurrentHashMap<>();

    /**
     * The account of that throttle.
     *
     * @param throttle null for none
     * @throws IllegalStateException if there is another of that name, or there are too many
     */
    @Nullable PolicyPermits of(@Nullable PolicyThrottle throttle) {
        if (throttle == null) {
            return null;
        }
        PolicyPermits permits = byName.computeIfAbsent(throttle.name(), name -> {
            if (byName.size() >= THROTTLES_MAX) {
                throw new IllegalStateException("more than " + THROTTLES_MAX + " throttles of policies");
            }
            return new PolicyPermits(throttle);
        });
        if (!permits.bounds().equals(throttle)) {
            throw new IllegalStateException(throttle + " has the name of another: " + permits.bounds());
        }
        return permits;
    }

    /** What is taken now, by name. */
    Map<String, PolicyThrottle.Taken> taken() {
        Map<String, PolicyThrottle.Taken> taken = new TreeMap<>();
        byName.forEach((name, permits) -> taken.put(name, permits.taken()));
        return taken;
    }
}
