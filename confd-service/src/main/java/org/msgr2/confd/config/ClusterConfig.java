package org.msgr2.confd.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One state of the cluster's configuration, with every index that queries use. It keeps the file's bytes and little more:
 * typed records of what is asked often, and {@link JsonSlice}s for the rest. Reads Ganeti 2.7 to 3.x (spec/confd §4.1) and
 * is lenient: it demands what queries need, and keeps what it does not know.
 *
 * <p>Immutable and thread-safe. Every method is a look-up, and none parses or searches the file.
 */
public final class ClusterConfig {
    private final byte[] bytes;
    private final int version;
    private final long serialNo;
    private final Cluster cluster;
    private final NamedTable<Node> nodes;
    private final NamedTable<Instance> instances;
    private final Map<String, Disk> disks;
    private final NamedTable<NodeGroup> groups;
    private final NamedTable<Network> networks;
    private final Map<String, JsonSlice> root;
    private final Map<String, IpTable> links;
    private final Map<String, List<Instance>> replicated;
    private final Map<String, NodeInstances> nodeInstances;
    private final boolean keyedByName;

    ClusterConfig(byte[] bytes, ConfigContents contents) throws ConfigException {
        this.bytes = bytes;
        contents.demandContainers();
        version = contents.version();
        serialNo = contents.serialNo;
        cluster = contents.cluster();
        nodes = new NamedTable<>(contents.nodes);
        instances = new NamedTable<>(contents.instances);
        disks = Map.copyOf(contents.disks);
        groups = new NamedTable<>(contents.groups);
        networks = new NamedTable<>(contents.networks);
        root = Collections.unmodifiableMap(contents.root);
        links = IpTable.of(instances.inKeyOrder(), cluster.defaultLink());
        NodeUse use = new NodeUse(instances.inKeyOrder());
        replicated = use.replicated();
        nodeInstances = use.instances();
        Node master = nodes.byKey(cluster.masterNode());
        keyedByName = master != null && master.name().equals(cluster.masterNode());
    }

    /**
     * Indexes a configuration file.
     *
     * @param bytes the whole file in UTF-8; it belongs to the snapshot from here on
     * @throws ConfigException if it is no JSON object or lacks what queries need
     */
    public static ClusterConfig parse(byte[] bytes) throws ConfigException {
        return new ClusterConfig(bytes, new ConfigParser(bytes).parse());
    }

    /** The version of the format, as in 3000000 or 2080000. */
    public int version() {
        return version;
    }

    /** The serial number of the whole file, which every write of it increases. */
    public long serialNo() {
        return serialNo;
    }

    /** Whether nodes and instances are keyed by name, as up to Ganeti 2.8, and not by uuid (spec/confd §4.1). */
    public boolean keyedByName() {
        return keyedByName;
    }

    public Cluster cluster() {
        return cluster;
    }

    /** The node that the cluster names as its master; null if the file does not have it. */
    public @Nullable Node master() {
        return nodes.byKey(cluster.masterNode());
    }

    public NamedTable<Node> nodes() {
        return nodes;
    }

    public NamedTable<Instance> instances() {
        return instances;
    }

    public NamedTable<NodeGroup> groups() {
        return groups;
    }

    public NamedTable<Network> networks() {
        return networks;
    }

    /**
     * The instance that has an address on a link.
     *
     * @param link null is the cluster's default link
     */
    public @Nullable Instance instanceByIp(@Nullable String link, String ip) {
        return link(link).instance(ip);
    }

    /**
     * All addresses on a link, ascending by string comparison; none for a link that nobody uses.
     *
     * @param link null is the cluster's default link
     */
    public List<String> instanceIps(@Nullable String link) {
        return link(link).ips();
    }

    private IpTable link(@Nullable String link) {
        return links.getOrDefault(link == null ? cluster.defaultLink() : link, IpTable.EMPTY);
    }

    /** The DRBD minors on a node, in the order of instance keys and disks; by the node's key. */
    public List<DrbdMinor> minors(String node) {
        List<DrbdMinor> minors = new ArrayList<>();
        for (Instance instance : replicated.getOrDefault(node, List.of())) {
            DrbdMinor.collect(instance, node, minors);
        }
        return minors;
    }

    /** The instances of a node, by the node's key. */
    public NodeInstances instancesOf(String node) {
        return nodeInstances.getOrDefault(node, NodeInstances.NONE);
    }

    /** A top-level value of the file, such as "cluster" or "filters"; null if it is not there. */
    public @Nullable JsonSlice section(String name) {
        return root.get(name);
    }

    /** The names of all top-level values, in the file's order. */
    public Collection<String> sections() {
        return root.keySet();
    }

    /**
     * The members of a top-level container of objects: "nodes", "instances", "disks", "nodegroups" and "networks", by
     * key. Null for every other name; look into the {@link #section} then.
     */
    public @Nullable Map<String, ? extends ConfigValue> members(String section) {
        if (!root.containsKey(section)) {
            return null;
        }
        return switch (section) {
            case "nodes" -> nodes.byKey();
            case "instances" -> instances.byKey();
            case "disks" -> disks;
            case "nodegroups" -> groups.byKey();
            case "networks" -> networks.byKey();
            default -> null;
        };
    }

    /** The value at a path; null if there is none. */
    public @Nullable JsonSlice find(ConfigPath path) {
        List<String> steps = path.steps();
        if (steps.isEmpty()) {
            return new JsonSlice(bytes, 0, bytes.length);
        }
        Map<String, ? extends ConfigValue> keyed = steps.size() > 1 ? members(steps.get(0)) : null;
        if (keyed == null) {
            JsonSlice section = root.get(steps.get(0));
            return section == null ? null : section.find(steps.subList(1, steps.size()));
        }
        ConfigValue member = keyed.get(steps.get(1));
        return member == null ? null : member.json().find(steps.subList(2, steps.size()));
    }

    /** The length of the file. */
    public int sizeBytes() {
        return bytes.length;
    }

    /** Whether it was parsed from exactly these bytes. */
    public boolean isFrom(byte[] file) {
        return Arrays.equals(bytes, file);
    }

    @Override
    public String toString() {
        return "ClusterConfig[version " + version + ", serial " + serialNo + ", " + nodes.size() + " nodes, "
                + instances.size() + " instances, " + sizeBytes() + " bytes]";
    }
}
