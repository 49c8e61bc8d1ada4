package org.msgr2.confd.engine;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigObject;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.config.Instance;
import org.msgr2.confd.config.Lookup;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.wire.Answer;
import org.msgr2.confd.wire.Era;
import org.msgr2.confd.wire.ErrorCode;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.RequestType;

/**
 * Answers questions from a snapshot (spec/confd §2). Stateless and thread-safe; the bodies of answers are written when
 * somebody writes them, from the same snapshot.
 */
public final class ConfdEngine {
    private final EngineOptions options;
    private final ConfigValues values;

    public ConfdEngine(EngineOptions options) {
        this.options = options;
        values = new ConfigValues(options.secretsHidden());
    }

    /** The answer, which for a server without a configuration is why it has none, whatever was asked. */
    public Answer answer(ConfigState state, RequestType type, Query query, Era era) {
        if (state instanceof ConfigState.Loaded loaded) {
            return answer(loaded.config(), type, query, era);
        }
        return Answer.error(((ConfigState.Unavailable) state).cause());
    }

    private Answer answer(ClusterConfig config, RequestType type, Query query, Era era) {
        long serial = era == Era.V3_0 ? config.cluster().serialNo() : 0;
        return switch (type) {
            case PING -> Answer.ok(out -> out.writeNumber(config.version()), 0);
            case NODE_ROLE_BY_NAME -> byText(query, name -> nodeRole(config, name, era, serial));
            case NODE_PIP_BY_INSTANCE_IP -> new InstanceIps(config, era, serial).primaryIps(query);
            case CLUSTER_MASTER -> MasterAnswer.of(config, query, era, serial);
            case NODE_PIP_LIST -> NodeLists.primaryIps(config, node -> true, serial);
            case MC_PIP_LIST -> NodeLists.primaryIps(config, Node::masterCandidate, serial);
            case INSTANCES_IPS_LIST -> InstanceIps.onLink(config, query, serial);
            case NODE_DRBD ->
                byText(query, name -> withNode(config, name, node -> NodeLists.minors(config, node, era)));
            case NODE_INSTANCES -> byText(query, name -> nodeInstances(config, name, era));
            case INSTANCE_DISKS -> byText(query, name -> instanceDisks(config, name, era));
            case CONFIG_QUERY -> byText(query, path -> value(config, path, era, serial));
            case DATA_COLLECTORS -> DataCollectors.of(config, serial);
        };
    }

    /** The serial of one object, where the era has serials. */
    static long serial(Era era, long serialNo) {
        return era == Era.V3_0 ? serialNo : 0;
    }

    private static Answer byText(Query query, Function<String, Answer> answer) {
        return query instanceof Query.Text text
                ? answer.apply(text.value())
                : Answer.error("Invalid query type " + (query instanceof Query.None ? "EmptyQuery" : "DictQuery")
                        + ", a string is needed");
    }

    private Answer nodeRole(ClusterConfig config, String name, Era era, long serial) {
        if (era == Era.V2_7) {
            Node node = config.nodes().byName(name);
            return node == null ? Answer.error("Node not found") : role(config, node, name, serial);
        }
        return withNode(config, name, node -> role(config, node, name, serial));
    }

    private Answer role(ClusterConfig config, Node node, String query, long serial) {
        boolean master = node.key().equals(config.cluster().masterNode());
        if (options.strictCompatibility()) {
            master = master && node.name().equals(query);
        }
        NodeRole role = NodeRole.of(node, master);
        return Answer.ok(out -> out.writeNumber(role.code()), serial);
    }

    private static Answer withNode(ClusterConfig config, String name, Function<Node, Answer> answer) {
        return found(config.nodes().find(name), "Node", name, answer);
    }

    private static <T extends ConfigObject> Answer found(
            Lookup<T> lookup, String kind, String name, Function<T, Answer> answer) {
        if (lookup instanceof Lookup.Found<T> found) {
            return answer.apply(found.object());
        }
        boolean ambiguous = lookup instanceof Lookup.Ambiguous;
        return Answer.error(kind + " name " + name + (ambiguous ? " is ambiguous" : " not found"));
    }

    private Answer nodeInstances(ClusterConfig config, String name, Era era) {
        if (era == Era.V3_0) {
            return withNode(config, name, node -> NodeLists.instances(config, node, era, values));
        }
        Node node = config.nodes().byName(name);
        return NodeLists.instances(config, node, era, values);
    }

    private Answer instanceDisks(ClusterConfig config, String name, Era era) {
        return found(config.instances().find(name), "Instance", name, instance -> disks(config, instance, era));
    }

    private Answer disks(ClusterConfig config, Instance instance, Era era) {
        ConfigType type = ConfigType.of(config).at("disks").at("");
        return Answer.ok(
                out -> {
                    out.writeStartArray();
                    for (var disk : instance.disks()) {
                        values.write(disk.json(), type, out);
                    }
                    out.writeEndArray();
                },
                serial(era, instance.serialNo()));
    }

    /** The whole configuration has a path, "", that this question does not take. */
    private Answer value(ClusterConfig config, String text, Era era, long serial) {
        @Nullable ConfigPath path = text.isEmpty() ? null : ConfigPath.parse(text);
        @Nullable TypedValue value = path == null ? null : TypedValue.find(config, path);
        if (path == null || value == null) {
            return Answer.error(ErrorCode.ARGUMENT, era);
        }
        return Answer.ok(out -> values.write(value.slice(), path, value.type(), out), serial);
    }
}
