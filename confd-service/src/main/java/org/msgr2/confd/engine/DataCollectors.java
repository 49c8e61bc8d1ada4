package org.msgr2.confd.engine;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.List;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.JsonSlice;
import org.msgr2.confd.wire.Answer;

/** Which collectors of the monitoring daemon run, and how often (spec/confd §2, type 11). */
final class DataCollectors {
    private static final List<String> NAMES =
            List.of("cpu-avg-load", "diskstats", "drbd", "inst-status-xen", "lv", "xen-cpu-avg-load");

    /** The one that is off unless the cluster has a Xen hypervisor. */
    private static final String XEN_ONLY = "inst-status-xen";

    private static final long INTERVAL_DEFAULT_US = 5_000_000;

    private DataCollectors() {}

    static Answer of(ClusterConfig config, long serial) {
        JsonSlice slice = config.cluster().json().find(List.of("data_collectors"));
        JsonNode overrides = slice == null ? MissingNode.getInstance() : slice.readTree();
        boolean xen = config.cluster().enabledHypervisors().stream().anyMatch(name -> name.startsWith("xen"));
        return Answer.ok(
                out -> {
                    out.writeStartObject();
                    for (String name : NAMES) {
                        JsonNode own = overrides.path(name);
                        out.writeObjectFieldStart(name);
                        out.writeBooleanField(
                                "active", own.path("active").asBoolean(true) && (xen || !name.equals(XEN_ONLY)));
                        out.writeNumberField("interval", own.path("interval").asLong(INTERVAL_DEFAULT_US));
                        out.writeEndObject();
                    }
                    out.writeEndObject();
                },
                serial);
    }
}
