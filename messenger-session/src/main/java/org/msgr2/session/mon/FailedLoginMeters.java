package org.msgr2.session.mon;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import org.msgr2.crypto.auth.cephx.FailedLogins;
import org.msgr2.crypto.auth.cephx.LoginListener;

/**
 * The meters of logins that an authority has refused, by reason; never by name or address, which a stranger can make up. They
 * stay for as long as the registry. Thread-safe.
 */
public final class FailedLoginMeters implements MeterBinder {
    private final FailedLogins failed;

    public FailedLoginMeters(FailedLogins failed) {
        this.failed = failed;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        for (LoginListener.Reason reason : LoginListener.Reason.values()) {
            FunctionCounter.builder(
                            "msgr2.failed.logins", failed, all -> all.counts().getOrDefault(reason, 0L))
                    .baseUnit("logins")
                    .tag("reason", reason.name().toLowerCase(Locale.ROOT))
                    .description("Logins that were refused")
                    .register(registry);
        }
    }
}
