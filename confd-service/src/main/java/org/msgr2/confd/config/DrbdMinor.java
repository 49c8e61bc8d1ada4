package org.msgr2.confd.config;

import java.util.List;

/**
 * A DRBD minor that is in use on a node.
 *
 * @param diskIndex the position of the disk in its instance, for a part the position of the whole
 * @param primary whether the instance runs on this node
 * @param peer the key of the node at the other end
 */
public record DrbdMinor(int minor, Instance instance, int diskIndex, boolean primary, String peer) {

    /** Those that an instance has on a node. A disk comes before its parts (spec/confd §2, type 7). */
    static void collect(Instance instance, String node, List<DrbdMinor> into) {
        for (int index = 0; index < instance.disks().size(); index++) {
            collect(instance, index, instance.disks().get(index), node, into);
        }
    }

    private static void collect(Instance instance, int index, Disk disk, String node, List<DrbdMinor> into) {
        Drbd drbd = disk.drbd();
        if (drbd != null) {
            boolean primary = node.equals(instance.primaryNode());
            if (drbd.nodeA().equals(node)) {
                into.add(new DrbdMinor(drbd.minorA(), instance, index, primary, drbd.nodeB()));
            } else if (drbd.nodeB().equals(node)) {
                into.add(new DrbdMinor(drbd.minorB(), instance, index, primary, drbd.nodeA()));
            }
        }
        for (Disk part : disk.children()) {
            collect(instance, index, part, node, into);
        }
    }
}
