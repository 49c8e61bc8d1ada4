package org.msgr2.session;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.msgr2.core.wire.Limits;

/**
 * What a messenger gives to one service. Immutable.
 *
 * @param workers threads of its own; nobody's with {@link Messenger.Builder#workerPool}, and none for a fast service
 * @param bytesMax its share: bytes of messages and calls received and not handled
 * @param messagesMax the same in messages and calls
 * @param drainDeadline for {@link Service#drain}
 * @param configuration what it reads with {@link ServiceContext#configuration}
 */
public record ServiceOptions(
        int workers, long bytesMax, int messagesMax, Duration drainDeadline, Map<String, String> configuration) {

    public ServiceOptions {
        if (workers < 1 || bytesMax < 1 || messagesMax < 1 || drainDeadline.isNegative()) {
            throw new IllegalArgumentException("workers, bytesMax and messagesMax must be at least 1, and drainDeadline"
                    + " not negative: " + workers + ", " + bytesMax + ", " + messagesMax + ", " + drainDeadline);
        }
        configuration = Map.copyOf(configuration);
    }

    /** What a service has that nothing was said of, without configuration. */
    public static ServiceOptions of(Limits limits) {
        Limits.Services bounds = limits.services();
        return new ServiceOptions(bounds.workers(), bounds.bytesMax(), bounds.messagesMax(), bounds.drain(), Map.of());
    }

    /** As {@link #of}, with the default limits. */
    public static ServiceOptions defaults() {
        return of(Limits.defaults());
    }

    public ServiceOptions withWorkers(int threads) {
        return new ServiceOptions(threads, bytesMax, messagesMax, drainDeadline, configuration);
    }

    public ServiceOptions withShare(long bytes, int messages) {
        return new ServiceOptions(workers, bytes, messages, drainDeadline, configuration);
    }

    public ServiceOptions withDrainDeadline(Duration deadline) {
        return new ServiceOptions(workers, bytesMax, messagesMax, deadline, configuration);
    }

    /** With one more value of its configuration. */
    public ServiceOptions with(String key, String value) {
        Map<String, String> more = new TreeMap<>(configuration);
        more.put(key, value);
        return new ServiceOptions(workers, bytesMax, messagesMax, drainDeadline, more);
    }
}
