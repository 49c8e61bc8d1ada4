package org.msgr2.session;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Collection;
import org.msgr2.core.address.EntityName;
import org.msgr2.session.dispatch.ServiceLane;
import org.msgr2.session.dispatch.WorkTime;
import org.msgr2.session.metrics.MeterGroup;

/** The meters of a messenger's services, each with its service's name, as docs/guide/metrics.md lists them. */
final class ServiceMeters {
    private ServiceMeters() {}

    /** @return those that were registered; from then on times are measured */
    static MeterGroup register(EntityName self, Collection<ServiceLane> lanes, MeterRegistry registry) {
        MeterGroup meters = new MeterGroup(registry, Tags.of("entity", self.toString()));
        lanes.forEach(lane -> register(lane, meters));
        return meters;
    }

    private static void register(ServiceLane lane, MeterGroup meters) {
        Tags tags = Tags.of("service", lane.name());
        meters.gauge(
                "msgr2.service.healthy",
                "services",
                tags,
                "1 while the service does its work, else 0",
                lane.service(),
                service -> service.health().healthy() ? 1 : 0);
        meters.counter(
                "msgr2.service.handled.messages",
                "messages",
                tags,
                "Messages and calls that a service has been through with",
                lane,
                each -> each.stats().handled());
        meters.counter(
                "msgr2.service.failures",
                "failures",
                tags,
                "What a service threw, with messages, calls and events",
                lane,
                each -> each.stats().failed());
        meters.counter(
                "msgr2.service.refused.messages",
                "messages",
                tags,
                "Messages of peers that lacked the capability",
                lane,
                each -> each.stats().refused());
        meters.counter(
                "msgr2.service.overloaded.calls",
                "calls",
                tags,
                "Calls refused since the share of the service was exhausted, or it was being drained",
                lane,
                each -> each.stats().overloaded());
        meters.gauge(
                "msgr2.service.queue.messages",
                "messages",
                tags,
                "Messages and calls received and not handled by their service",
                lane,
                each -> each.stats().queued());
        meters.gauge(
                "msgr2.service.queue.bytes",
                "bytes",
                tags,
                "The bytes of msgr2.service.queue.messages",
                lane,
                each -> each.stats().queuedBytes());
        meters.timer(
                "msgr2.service.work",
                tags,
                "Messages and calls that a service was given, and the time it took to handle them",
                lane.workTime(),
                WorkTime::times,
                WorkTime::nanos);
        lane.workTime().measure();
    }
}
