package org.msgr2.confd.engine;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.Instance;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.ErrorCode;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.Status;

/** Answers about the addresses of instances (spec/confd §2, types 2 and 6). */
final class InstanceIps {
    private final ClusterConfig config;
    private final Era era;
    private final long serial;

    InstanceIps(ClusterConfig config, Era era, long serial) {
        this.config = config;
        this.era = era;
        this.serial = serial;
    }

    static Answer onLink(ClusterConfig config, Query query, long serial) {
        if (query instanceof Query.Fields) {
            return Answer.error("Invalid query type");
        }
        List<String> ips = config.instanceIps(query instanceof Query.Text link ? link.value() : null);
        return Answer.ok(out -> NodeLists.writeStrings(ips, out), serial);
    }

    /** The primary addresses of the nodes that run the instances with these addresses. One address wins over a list. */
    Answer primaryIps(Query query) {
        if (!(query instanceof Query.Fields fields)) {
            return Answer.error(ErrorCode.ARGUMENT, era);
        }
        if (fields.ip() == null) {
            return Answer.ok(out -> writeAll(fields, out), serial);
        }
        String found = primaryIp(fields.link(), fields.ip());
        return found == null
                ? Answer.error(ErrorCode.UNKNOWN_ENTRY, era)
                : Answer.ok(out -> out.writeString(found), serial);
    }

    private @Nullable String primaryIp(@Nullable String link, String ip) {
        Instance instance = config.instanceByIp(link, ip);
        String key = instance == null ? null : instance.primaryNode();
        Node node = key == null ? null : config.nodes().byKey(key);
        return node == null ? null : node.primaryIp();
    }

    private void writeAll(Query.Fields fields, JsonGenerator out) throws IOException {
        out.writeStartArray();
        for (String ip : fields.ips()) {
            String found = primaryIp(fields.link(), ip);
            out.writeStartArray();
            out.writeNumber((found == null ? Status.ERROR : Status.OK).code());
            if (found == null) {
                out.writeNumber(ErrorCode.UNKNOWN_ENTRY.code(era));
            } else {
                out.writeString(found);
            }
            if (era == Era.V3_0) {
                out.writeNumber(found == null ? 0 : serial);
            }
            out.writeEndArray();
        }
        out.writeEndArray();
    }
}
