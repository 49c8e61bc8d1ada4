package org.msgr2.confd.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What instances use of each node: collected once per snapshot, instances in the order of keys. Not thread-safe. */
final class NodeUse {
    /** Those with a DRBD disk, or a part that is one, at a node: once each. */
    private final Map<String, List<Instance>> replicated = new HashMap<>();

    private final Map<String, List<Instance>> primaries = new HashMap<>();
    private final Map<String, List<Instance>> secondaries = new HashMap<>();

    NodeUse(List<Instance> inKeyOrder) {
        inKeyOrder.forEach(this::add);
    }

    private void add(Instance instance) {
        if (instance.primaryNode() != null) {
            list(primaries, instance.primaryNode()).add(instance);
            for (String node : secondaryNodes(instance, instance.primaryNode())) {
                list(secondaries, node).add(instance);
            }
        }
        Set<String> ends = new LinkedHashSet<>();
        instance.disks().forEach(disk -> addEnds(disk, ends));
        ends.forEach(node -> list(replicated, node).add(instance));
    }

    private static void addEnds(Disk disk, Set<String> ends) {
        Drbd drbd = disk.drbd();
        if (drbd != null) {
            ends.add(drbd.nodeA());
            ends.add(drbd.nodeB());
        }
        disk.children().forEach(part -> addEnds(part, ends));
    }

    /**
     * Disks as such only, not their parts (spec/confd §2, type 8). Where neither end is the primary node, the first one
     * counts (observed on 3.0.2).
     */
    private static Set<String> secondaryNodes(Instance instance, String primary) {
        Set<String> nodes = new LinkedHashSet<>();
        for (Disk disk : instance.disks()) {
            Drbd drbd = disk.drbd();
            if (drbd != null) {
                nodes.add(drbd.nodeA().equals(primary) ? drbd.nodeB() : drbd.nodeA());
            }
        }
        return nodes;
    }

    private static <T> List<T> list(Map<String, List<T>> lists, String node) {
        return lists.computeIfAbsent(node, key -> new ArrayList<>());
    }

    Map<String, List<Instance>> replicated() {
        replicated.replaceAll((node, list) -> List.copyOf(list));
        return replicated;
    }

    Map<String, NodeInstances> instances() {
        Map<String, NodeInstances> both = new HashMap<>();
        Set<String> nodes = new LinkedHashSet<>(primaries.keySet());
        nodes.addAll(secondaries.keySet());
        for (String node : nodes) {
            both.put(
                    node,
                    new NodeInstances(
                            List.copyOf(primaries.getOrDefault(node, List.of())),
                            List.copyOf(secondaries.getOrDefault(node, List.of()))));
        }
        return both;
    }
}
