package org.msgr2.confd.client;

import java.time.Duration;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.WireLimits;

/**
 * @param era of the servers
 * @param expiryNs how long after sending a request replies are taken
 * @param requestsMax requests that may be live at once
 * @param resend to peers that have not replied, until the request expires
 */
public record ClientOptions(Era era, long expiryNs, int requestsMax, WireLimits limits, Resend resend) {
    public static final ClientOptions DEFAULTS =
            new ClientOptions(Era.V3_0, Duration.ofSeconds(10).toNanos(), 10_000, WireLimits.DEFAULTS, Resend.DEFAULTS);

    public ClientOptions withEra(Era other) {
        return new ClientOptions(other, expiryNs, requestsMax, limits, resend);
    }

    public ClientOptions withExpiryNs(long ns) {
        return new ClientOptions(era, ns, requestsMax, limits, resend);
    }

    public ClientOptions withRequestsMax(int requests) {
        return new ClientOptions(era, expiryNs, requests, limits, resend);
    }

    public ClientOptions withResend(Resend other) {
        return new ClientOptions(era, expiryNs, requestsMax, limits, other);
    }
}
