package org.msgr2.confd.client;

import java.time.Duration;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.WireLimits;

/**
 * @param era of the servers
 * @param expiryNs how long after sending a request replies are taken
 * @param requestsMax requests that may be live at once
 */
public record ClientOptions(Era era, long expiryNs, int requestsMax, WireLimits limits) {
    public static final ClientOptions DEFAULTS =
            new ClientOptions(Era.V3_0, Duration.ofSeconds(10).toNanos(), 10_000, WireLimits.DEFAULTS);

    public ClientOptions withEra(Era other) {
        return new ClientOptions(other, expiryNs, requestsMax, limits);
    }

    public ClientOptions withExpiryNs(long ns) {
        return new ClientOptions(era, ns, requestsMax, limits);
    }
}
