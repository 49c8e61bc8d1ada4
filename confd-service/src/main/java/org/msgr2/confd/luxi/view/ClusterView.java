package org.msgr2.confd.luxi.view;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigObject;
import org.msgr2.confd.config.Instance;
import org.msgr2.confd.config.NamedTable;
import org.msgr2.confd.config.Network;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.config.NodeGroup;
import org.msgr2.confd.engine.ConfigValues;
import org.msgr2.confd.luxi.filter.NaturalOrder;

/**
 * A configuration with what queries need beside its own indexes: natural order, and who belongs to which group. It holds
 * the cluster object as a tree, and no other. Immutable and thread-safe; made once per configuration.
 */
public final class ClusterView {
    private final ClusterConfig config;
    private final JsonNode cluster;
    private final List<Node> nodes;
    private final List<NodeGroup> groups;
    private final List<Network> networks;
    private final Map<String, List<Node>> nodesByGroup = new HashMap<>();
    private final NetworkUse networkUse;

    public ClusterView(ClusterConfig config) {
        this.config = config;
        cluster = ConfigValues.filledCluster(config).readTree();
        nodes = natural(config.nodes());
        groups = natural(config.groups());
        networks = natural(config.networks());
        for (Node node : config.nodes().inKeyOrder()) {
            nodesByGroup.computeIfAbsent(node.group(), key -> new ArrayList<>()).add(node);
        }
        networkUse = new NetworkUse(config);
    }

    private static <T extends ConfigObject> List<T> natural(NamedTable<T> table) {
        List<T> sorted = new ArrayList<>(table.inKeyOrder());
        sorted.sort(Comparator.comparing(ClusterView::label, NaturalOrder.INSTANCE));
        return List.copyOf(sorted);
    }

    private static String label(ConfigObject object) {
        String name = object.name();
        return name == null ? object.key() : name;
    }

    public ClusterConfig config() {
        return config;
    }

    public JsonNode cluster() {
        return cluster;
    }

    public List<NodeItem> nodes() {
        return nodes.stream().map(node -> new NodeItem(this, node)).toList();
    }

    public List<GroupItem> groups() {
        return groups.stream().map(group -> new GroupItem(this, group)).toList();
    }

    public List<NetworkItem> networks() {
        return networks.stream().map(network -> new NetworkItem(this, network)).toList();
    }

    /** In the order of keys, as the real daemon lists them. */
    List<Node> nodesOf(NodeGroup group) {
        return nodesByGroup.getOrDefault(group.key(), List.of());
    }

    List<String> instancesOf(Network network) {
        return networkUse.instancesOf(network);
    }

    @Nullable NodeGroup group(Node node) {
        return config.groups().byKey(node.group());
    }

    static List<String> labels(List<Instance> instances) {
        return instances.stream()
                .map(Instance::label)
                .sorted(NaturalOrder.INSTANCE)
                .toList();
    }
}
