package org.msgr2.confd.config;

import org.jspecify.annotations.Nullable;

/**
 * The two ends of a DRBD disk, from its logical id (spec/confd §4.2). The shared secret of the logical id is left out:
 * it is in the disk's JSON only.
 *
 * @param nodeA a node's key
 * @param nodeB the other node's key
 */
public record Drbd(String nodeA, String nodeB, int port, int minorA, int minorB) {

    /** The other end, seen from one node; null if the disk has no end there. */
    public @Nullable String peerOf(String node) {
        if (node.equals(nodeA)) {
            return nodeB;
        }
        return node.equals(nodeB) ? nodeA : null;
    }
}
