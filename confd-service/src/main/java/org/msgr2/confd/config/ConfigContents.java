package org.msgr2.confd.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What has been found in a file so far, before disks are joined to their instances. Not thread-safe. */
final class ConfigContents {
    @Nullable Integer version;

    long serialNo;

    @Nullable Cluster cluster;

    final Map<String, Node> nodes = new HashMap<>();
    final Map<String, NodeGroup> groups = new HashMap<>();
    final Map<String, Network> networks = new HashMap<>();
    final Map<String, Disk> disks = new HashMap<>();
    final Map<String, JsonSlice> root = new LinkedHashMap<>();
    final Map<String, Map<String, JsonSlice>> members = new HashMap<>();
    private final List<ParsedInstance> instances = new ArrayList<>();

    /**
     * An instance whose disks may still be known by uuid only.
     *
     * @param diskKeys in the layout of 2.12 and later, otherwise empty
     */
    record ParsedInstance(Instance instance, List<String> diskKeys) {}

    void add(ParsedInstance instance) {
        instances.add(instance);
    }

    int version() throws ConfigException {
        return demand(version, "version");
    }

    Cluster cluster() throws ConfigException {
        return demand(cluster, "cluster");
    }

    private <T> T demand(@Nullable T value, String name) throws ConfigException {
        if (value == null) {
            throw new ConfigException("the configuration has no \"" + name + "\"");
        }
        return value;
    }

    /** What a query cannot do without. Groups and networks may be missing (spec/confd §4.2). */
    void demandContainers() throws ConfigException {
        demand(members.get("nodes"), "nodes");
        demand(members.get("instances"), "instances");
    }

    Map<String, Instance> resolvedInstances() {
        Map<String, Instance> resolved = new HashMap<>(instances.size() * 2);
        for (ParsedInstance parsed : instances) {
            Instance instance = parsed.diskKeys().isEmpty() ? parsed.instance() : withDisks(parsed);
            resolved.putIfAbsent(instance.key(), instance);
        }
        return resolved;
    }

    private Instance withDisks(ParsedInstance parsed) {
        List<Disk> found = new ArrayList<>(parsed.diskKeys().size());
        for (String key : parsed.diskKeys()) {
            Disk disk = disks.get(key);
            if (disk != null) {
                found.add(disk);
            }
        }
        Instance bare = parsed.instance();
        return new Instance(
                bare.key(),
                bare.name(),
                bare.primaryNode(),
                bare.nics(),
                List.copyOf(found),
                bare.serialNo(),
                bare.json());
    }
}
