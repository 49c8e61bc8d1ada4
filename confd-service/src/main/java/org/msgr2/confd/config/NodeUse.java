package org.msgr2.confd.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What instances use of each node: collected once per snapshot, instances in the order of keys. Not thread-safe. */
final class NodeUse {
    private final Map<String, List<DrbdMinor>> minors = new HashMap<>();
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
        for (int index = 0; index < instance.disks().size(); index++) {
            addMinors(instance, index, instance.disks().get(index));
        }
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

    /** A disk comes before its parts (spec/confd §2, type 7). */
    private void addMinors(Instance instance, int index, Disk disk) {
        Drbd drbd = disk.drbd();
        if (drbd != null) {
            addMinor(drbd.nodeA(), drbd.minorA(), instance, index, drbd.nodeB());
            if (!drbd.nodeB().equals(drbd.nodeA())) {
                addMinor(drbd.nodeB(), drbd.minorB(), instance, index, drbd.nodeA());
            }
        }
        for (Disk part : disk.children()) {
            addMinors(instance, index, part);
        }
    }

    private void addMinor(String node, int minor, Instance instance, int index, String peer) {
        list(minors, node).add(new DrbdMinor(minor, instance, index, node.equals(instance.primaryNode()), peer));
    }

    private static <T> List<T> list(Map<String, List<T>> lists, String node) {
        return lists.computeIfAbsent(node, key -> new ArrayList<>());
    }

    Map<String, List<DrbdMinor>> minors() {
        minors.replaceAll((node, list) -> List.copyOf(list));
        return minors;
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
