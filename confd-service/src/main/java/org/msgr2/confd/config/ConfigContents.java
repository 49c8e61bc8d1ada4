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

    final List<Node> nodes = new ArrayList<>();
    final List<Instance> instances = new ArrayList<>();
    final List<NodeGroup> groups = new ArrayList<>();
    final List<Network> networks = new ArrayList<>();
    final Map<String, Disk> disks = new HashMap<>();
    final Map<String, JsonSlice> root = new LinkedHashMap<>();

    /** Positions in {@link #instances} of those whose disks had not come yet, with the keys of these. */
    private final Map<Integer, List<String>> diskKeys = new LinkedHashMap<>();

    /**
     * Adds an instance.
     *
     * @param keys of its disks, in the layout of 2.12 and later, otherwise empty
     */
    void add(Instance instance, List<String> keys) {
        if (keys.isEmpty()) {
            instances.add(instance);
        } else if (disks.keySet().containsAll(keys)) {
            // As Ganeti writes it: in the order of the alphabet.
            instances.add(withDisks(instance, keys));
        } else {
            diskKeys.put(instances.size(), keys);
            instances.add(instance);
        }
    }

    /** The file has ended: what it refers to has come by now, or does not exist. */
    void resolve() {
        diskKeys.forEach((at, keys) -> instances.set(at, withDisks(instances.get(at), keys)));
    }

    private Instance withDisks(Instance bare, List<String> keys) {
        List<Disk> found = new ArrayList<>(keys.size());
        for (String key : keys) {
            Disk disk = disks.get(key);
            if (disk != null) {
                found.add(disk);
            }
        }
        return new Instance(
                bare.key(),
                bare.name(),
                bare.primaryNode(),
                bare.nics(),
                List.copyOf(found),
                bare.serialNo(),
                bare.json());
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
        demand(root.get("nodes"), "nodes");
        demand(root.get("instances"), "instances");
    }
}
