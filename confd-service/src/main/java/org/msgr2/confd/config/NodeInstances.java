package org.msgr2.confd.config;

import java.util.List;

/**
 * The instances of a node, both lists in the order of keys.
 *
 * @param primary those that run on it
 * @param secondary those with a DRBD disk whose other end is on it
 */
public record NodeInstances(List<Instance> primary, List<Instance> secondary) {
    static final NodeInstances NONE = new NodeInstances(List.of(), List.of());
}
