package org.msgr2.confd.engine;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.DrbdMinor;
import org.msgr2.confd.config.Instance;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.config.NodeInstances;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.Era;

/** Answers that are lists: of nodes, or of what is on a node (spec/confd §2, types 4, 5, 7 and 8). */
final class NodeLists {
    private NodeLists() {}

    /** From the last key to the first, which is the order of the real daemon. */
    static Answer primaryIps(ClusterConfig config, Predicate<Node> which, long serial) {
        return Answer.ok(
                out -> {
                    List<Node> nodes = config.nodes().inKeyOrder();
                    out.writeStartArray();
                    for (int at = nodes.size() - 1; at >= 0; at--) {
                        if (which.test(nodes.get(at))) {
                            out.writeString(nodes.get(at).primaryIp());
                        }
                    }
                    out.writeEndArray();
                },
                serial);
    }

    static Answer minors(ClusterConfig config, Node node, Era era) {
        return Answer.ok(
                out -> {
                    out.writeStartArray();
                    for (DrbdMinor row : config.minors(node.key())) {
                        writeMinor(config, node, row, out);
                    }
                    out.writeEndArray();
                },
                ConfdEngine.serial(era, node.serialNo()));
    }

    private static void writeMinor(ClusterConfig config, Node node, DrbdMinor row, JsonGenerator out)
            throws IOException {
        Node peer = config.nodes().byKey(row.peer());
        out.writeStartArray();
        out.writeString(node.name());
        out.writeNumber(row.minor());
        out.writeString(row.instance().label());
        out.writeString("disk/" + row.diskIndex());
        out.writeString(row.primary() ? "primary" : "secondary");
        out.writeString(peer == null ? row.peer() : peer.name());
        out.writeEndArray();
    }

    /**
     * @param node null is one that is not there, which in the earlier era is a node without instances
     */
    static Answer instances(ClusterConfig config, @Nullable Node node, Era era, ConfigValues values) {
        ConfigType type = ConfigType.of(config).at("instances").at("");
        NodeInstances both = config.instancesOf(node == null ? "" : node.key());
        return Answer.ok(
                out -> {
                    out.writeStartArray();
                    writeInstances(both.primary(), type, values, out);
                    writeInstances(both.secondary(), type, values, out);
                    out.writeEndArray();
                },
                node == null ? 0 : ConfdEngine.serial(era, node.serialNo()));
    }

    private static void writeInstances(
            List<Instance> instances, ConfigType type, ConfigValues values, JsonGenerator out) throws IOException {
        out.writeStartArray();
        for (Instance instance : instances) {
            values.write(instance.json(), type, out);
        }
        out.writeEndArray();
    }

    static void writeStrings(List<String> strings, JsonGenerator out) throws IOException {
        out.writeStartArray();
        for (String string : strings) {
            out.writeString(string);
        }
        out.writeEndArray();
    }
}
