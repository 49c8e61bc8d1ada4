package org.msgr2.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import org.msgr2.core.address.EntityName;
import org.msgr2.session.metrics.MeterGroup;

/** The meters of a messenger's services, each with its service's name, as docs/guide/metrics.md lists them. */
final class ServiceMeters {
    private ServiceMeters() {}

    /** @return those that were registered */
    static MeterGroup register(EntityName self, Collection<Service> services, MeterRegistry registry) {
        MeterGroup meters = new MeterGroup(registry, Tags.of("entity", self.toString()));
        for (Service service : services) {
            meters.gauge(
                    "msgr2.service.healthy",
                    "services",
                    Tags.of("service", service.name()),
                    "1 while the service does its work, else 0",
                    service,
                    each -> each.health().healthy() ? 1 : 0);
        }
        return meters;
    }
}
