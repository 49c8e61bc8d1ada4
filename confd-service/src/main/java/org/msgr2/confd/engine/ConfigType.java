package org.msgr2.confd.engine;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigObject;
import org.msgr2.confd.config.Instance;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.config.NodeGroup;

/**
 * What the real daemon knows of a value: it reads the file into types and writes these, so that an answer has members that
 * the file leaves out (asked of 3.0.2, member by member; spec/confd §2, type 10). A member of a typed object that is null
 * counts as absent.
 */
@SuppressWarnings("ImmutableEnumChecker") // what Map.of and toList make is never changed
enum ConfigType {
    /** What is written as it is: scalars, lists of them, parameters that hypervisors and the like define. */
    ANY,
    ROOT(Map.of("ctime", "0", "mtime", "0")),
    CLUSTER(Map.of("ctime", "0", "mtime", "0", "tags", "[]", "disk_state_static", "{}", "hv_state_static", "{}")),
    NODES,
    NODE(Map.of("ctime", "0", "mtime", "0", "tags", "[]"), Set.of("disk_state_static", "hv_state_static")),
    GROUPS,
    GROUP(
            Map.of("ctime", "0", "mtime", "0", "tags", "[]", "members", "[]"),
            Set.of("disk_state_static", "hv_state_static")),
    GROUP_NETWORKS,
    INSTANCES,
    INSTANCE(
            Map.of(
                    "ctime",
                    "0",
                    "mtime",
                    "0",
                    "tags",
                    "[]",
                    "nics",
                    "[]",
                    "disks",
                    "[]",
                    "beparams",
                    "{}",
                    "hvparams",
                    "{}",
                    "osparams",
                    "{}",
                    "osparams_private",
                    "{}"),
            Set.of("forthcoming")),
    NICS,
    NIC(Map.of()),
    DISKS,
    DISK_CHILDREN,
    DISK(
            Map.of("ctime", "0", "mtime", "0", "children", "[]", "nodes", "[]", "iv_name", "\"\"", "mode", "\"rw\""),
            Set.of("forthcoming")),
    NETWORKS,
    NETWORK(Map.of("ctime", "0", "mtime", "0", "tags", "[]")),
    /** Parameters of fixed names, none of which has to be there. */
    PARAMETERS(Map.of()),
    POLICY(Map.of()),
    /** A set of texts, which is written in order. */
    TAGS;

    private final boolean typed;
    private final List<String> names;
    private final Map<String, Integer> positions;
    private final Map<String, String> defaults;
    private final Set<String> unsaid;

    /** Of what is no object, or one of any members. */
    ConfigType() {
        this(false, Map.of(), Set.of());
    }

    ConfigType(Map<String, String> defaults) {
        this(true, defaults, Set.of());
    }

    ConfigType(Map<String, String> defaults, Set<String> unsaid) {
        this(true, defaults, unsaid);
    }

    ConfigType(boolean typed, Map<String, String> defaults, Set<String> unsaid) {
        this.typed = typed;
        this.defaults = defaults;
        this.unsaid = unsaid;
        names = defaults.keySet().stream().sorted().toList();
        positions = IntStream.range(0, names.size()).boxed().collect(Collectors.toMap(names::get, at -> at));
    }

    /** That of a whole file; of layouts before Ganeti 2.12, which the real daemon of 3.0 cannot read, nothing is known. */
    static ConfigType of(ClusterConfig config) {
        return config.section("disks") == null ? ANY : ROOT;
    }

    /** That of one of its objects. */
    static ConfigType of(ClusterConfig config, ConfigObject object) {
        String section = object instanceof Node
                ? "nodes"
                : object instanceof Instance ? "instances" : object instanceof NodeGroup ? "nodegroups" : "networks";
        return of(config).at(section).at(object.key());
    }

    /** That of a member or element. */
    ConfigType at(String step) {
        return switch (this) {
            case ROOT ->
                switch (step) {
                    case "cluster" -> CLUSTER;
                    case "nodes" -> NODES;
                    case "nodegroups" -> GROUPS;
                    case "instances" -> INSTANCES;
                    case "disks" -> DISKS;
                    case "networks" -> NETWORKS;
                    default -> ANY;
                };
            case NODES -> NODE;
            case GROUPS -> GROUP;
            case INSTANCES -> INSTANCE;
            case NICS -> NIC;
            case DISKS, DISK_CHILDREN -> DISK;
            case NETWORKS -> NETWORK;
            case GROUP_NETWORKS -> PARAMETERS;
            case CLUSTER, NETWORK -> step.equals("tags") ? TAGS : ANY;
            case NODE ->
                switch (step) {
                    case "tags" -> TAGS;
                    case "ndparams" -> PARAMETERS;
                    default -> ANY;
                };
            case GROUP ->
                switch (step) {
                    case "tags" -> TAGS;
                    case "ndparams" -> PARAMETERS;
                    case "ipolicy" -> POLICY;
                    case "networks" -> GROUP_NETWORKS;
                    default -> ANY;
                };
            case INSTANCE ->
                switch (step) {
                    case "tags" -> TAGS;
                    case "beparams" -> PARAMETERS;
                    case "nics" -> NICS;
                    default -> ANY;
                };
            case NIC -> step.equals("nicparams") ? PARAMETERS : ANY;
            case DISK -> step.equals("children") ? DISK_CHILDREN : ANY;
            case POLICY -> step.equals("std") ? PARAMETERS : ANY;
            case ANY, PARAMETERS, TAGS -> ANY;
        };
    }

    /** Whether it is an object whose members are known; one that is null counts as absent. */
    boolean isTyped() {
        return typed;
    }

    /** Whether a member is left out when it is false or an empty object. */
    boolean isUnsaid(String member) {
        return unsaid.contains(member);
    }

    /** What has to be there: names with defaults, in any order. */
    List<String> namesWithDefault() {
        return names;
    }

    /** A set of the positions of all {@link #namesWithDefault}. */
    int allWithDefault() {
        return (1 << names.size()) - 1;
    }

    /** A set of the position of one name among {@link #namesWithDefault}, or of none. */
    int withDefault(String member) {
        Integer position = positions.get(member);
        return position == null ? 0 : 1 << position;
    }

    /** The default of one of {@link #namesWithDefault}, as JSON. */
    String defaultOf(String member) {
        String json = defaults.get(member);
        if (json == null) {
            throw new IllegalArgumentException(member + " has no default");
        }
        return json;
    }
}
