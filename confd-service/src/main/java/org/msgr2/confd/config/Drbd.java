package org.msgr2.confd.config;

/**
 * The two ends of a DRBD disk, from its logical id (spec/confd §4.2). The shared secret of the logical id is left out:
 * it is in the disk's JSON only.
 *
 * @param nodeA a node's key
 * @param nodeB the other node's key
 */
public record Drbd(String nodeA, String nodeB, int port, int minorA, int minorB) {}
