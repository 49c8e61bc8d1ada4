package org.msgr2.confd;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.reload.ConfigSource;
import org.msgr2.confd.wire.Rejection;
import org.msgr2.confd.wire.RequestType;

/** The meters of a confd, as docs/guide/confd.md lists them: they read counters that are there anyway. */
final class ConfdMeters {
    private final MeterRegistry registry;

    private ConfdMeters(MeterRegistry registry) {
        this.registry = registry;
    }

    static void register(ConfdCounters counters, ConfigSource source, MeterRegistry registry) {
        ConfdMeters meters = new ConfdMeters(registry);
        for (RequestType type : RequestType.values()) {
            meters.requests(type, "ok", counters, each -> each.answered(type));
            meters.requests(type, "error", counters, each -> each.errors(type));
        }
        for (Rejection reason : Rejection.values()) {
            FunctionCounter.builder("msgr2.confd.rejected", counters, each -> each.rejected(reason))
                    .tag("reason", reason.label())
                    .baseUnit("datagrams")
                    .description("Datagrams that were met with silence")
                    .register(registry);
        }
        meters.config(source);
    }

    private void requests(
            RequestType type, String outcome, ConfdCounters counters, ToDoubleFunction<ConfdCounters> value) {
        FunctionCounter.builder("msgr2.confd.requests", counters, value)
                .tag("type", type.label())
                .tag("outcome", outcome)
                .baseUnit("requests")
                .description("Questions that were answered")
                .register(registry);
    }

    private void config(ConfigSource source) {
        Gauge.builder("msgr2.confd.config.serial", source, ConfdMeters::serial)
                .description("Serial number of the configuration that is answered from, or -1")
                .register(registry);
        FunctionCounter.builder(
                        "msgr2.confd.config.loads",
                        source,
                        each -> each.status().loads())
                .baseUnit("loads")
                .description("New contents of the configuration file that were loaded")
                .register(registry);
        FunctionCounter.builder(
                        "msgr2.confd.config.failures",
                        source,
                        each -> each.status().failures())
                .baseUnit("failures")
                .description("Readings of the configuration file that failed")
                .register(registry);
        TimeGauge.builder(
                        "msgr2.confd.config.loaded",
                        source,
                        TimeUnit.MILLISECONDS,
                        each -> each.status().loadedAtMs())
                .description("When the configuration was loaded, since 1970")
                .register(registry);
    }

    private static double serial(ConfigSource source) {
        return source.get() instanceof ConfigState.Loaded loaded
                ? loaded.config().serialNo()
                : -1;
    }
}
