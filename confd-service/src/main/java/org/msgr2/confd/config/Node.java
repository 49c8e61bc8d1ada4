package org.msgr2.confd.config;

/**
 * A node, as far as queries and indexes need it (spec/confd §4.2).
 *
 * @param group the key of its node group, "" if the file names none
 */
public record Node(
        String key,
        String name,
        String primaryIp,
        boolean masterCandidate,
        boolean offline,
        boolean drained,
        long serialNo,
        String group,
        JsonSlice json)
        implements ConfigObject {}
