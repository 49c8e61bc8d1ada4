package org.msgr2.session.rpc.endpoint;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;
import org.msgr2.core.address.EntityName;
import org.msgr2.session.metrics.MeterGroup;
import org.msgr2.session.rpc.CallStatus;

/**
 * The meters of a messenger's calls by service and method, as docs/guide/metrics.md lists them: of those that it answers, and of
 * those that it makes. Those of its services' methods are there from the start, those of a method that it calls from the first
 * call on.
 */
public final class CallMeters {

    /** One end of calls. */
    private enum End {
        CALLEE(
                "msgr2.service.",
                "that peers made, refused ones included",
                "that were taken, until their end was known"),
        CALLER("msgr2.client.", "that we made", "that we made, until their end was known");

        private final String prefix;
        private final String which;
        private final String timed;

        End(String prefix, String which, String timed) {
            this.prefix = prefix;
            this.which = which;
            this.timed = timed;
        }
    }

    private CallMeters() {}

    /** @return those that were registered, and those that will be; from now on times are measured */
    public static MeterGroup register(EntityName self, CallEndpoint calls, MeterRegistry registry) {
        MeterGroup meters = new MeterGroup(registry, Tags.of("entity", self.toString()));
        calls.measure();
        calls.calleeCounters().forEach(counters -> register(End.CALLEE, counters, meters));
        calls.callerCounters().tell(counters -> register(End.CALLER, counters, meters));
        return meters;
    }

    private static void register(End end, CallCounters of, MeterGroup meters) {
        Tags tags = Tags.of("service", of.service(), "method", of.method());
        meters.counter(end.prefix + "started.calls", "calls", tags, "Calls " + end.which, of, CallCounters::started);
        for (CallStatus how : CallStatus.values()) {
            meters.counter(
                    end.prefix + "ended.calls",
                    "calls",
                    tags.and("outcome", how.name().toLowerCase(Locale.ROOT)),
                    "Calls " + end.which + ", by how they ended",
                    of,
                    counters -> counters.ended(how));
        }
        meters.gauge(
                end.prefix + "active.calls",
                "calls",
                tags,
                "Calls that have begun and not ended",
                of,
                CallCounters::active);
        meters.timer(
                end.prefix + "calls",
                tags,
                "Calls " + end.timed + ", and the time they took",
                of,
                CallCounters::timed,
                CallCounters::nanos);
        meters.counter(
                end.prefix + "send.items", "items", tags, "Items of streams that we sent", of, CallCounters::sentItems);
        meters.counter(
                end.prefix + "recv.items",
                "items",
                tags,
                "Items of streams that we received",
                of,
                CallCounters::receivedItems);
    }
}
