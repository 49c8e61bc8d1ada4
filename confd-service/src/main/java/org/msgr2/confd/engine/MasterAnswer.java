package org.msgr2.confd.engine;

import java.util.List;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.ErrorCode;
import org.msgr2.confd.wire.MasterField;
import org.msgr2.confd.wire.Query;

/** Who the master is (spec/confd §2, type 3). */
final class MasterAnswer {
    private MasterAnswer() {}

    static Answer of(ClusterConfig config, Query query, Era era, long serial) {
        if (query instanceof Query.Text) {
            return Answer.error(ErrorCode.ARGUMENT, era);
        }
        Node master = config.master();
        if (master == null) {
            return Answer.error(ErrorCode.INTERNAL, era);
        }
        if (query instanceof Query.Fields asked) {
            List<String> values = asked.fields().stream()
                    .map(field -> value(config, master, field))
                    .toList();
            return Answer.ok(out -> NodeLists.writeStrings(values, out), serial);
        }
        return Answer.ok(out -> out.writeString(master.name()), serial);
    }

    private static String value(ClusterConfig config, Node master, MasterField field) {
        return switch (field) {
            case NAME -> master.name();
            case CLUSTER_IP -> config.cluster().masterIp();
            case NODE_PRIMARY_IP -> master.primaryIp();
        };
    }
}
