package org.msgr2.confd.config;

/**
 * A DRBD minor that is in use on a node.
 *
 * @param diskIndex the position of the disk in its instance, for a part the position of the whole
 * @param primary whether the instance runs on this node
 * @param peer the key of the node at the other end
 */
public record DrbdMinor(int minor, Instance instance, int diskIndex, boolean primary, String peer) {}
