package org.msgr2.confd.config;

import java.util.List;

/**
 * The cluster object, as far as queries need it (spec/confd §4.2).
 *
 * @param masterNode the master's key
 * @param serialNo changes with this object only, unlike {@link ClusterConfig#serialNo}
 * @param defaultLink the link of NICs that name none; "" if the file has no default
 */
public record Cluster(
        String masterNode,
        String masterIp,
        long serialNo,
        String defaultLink,
        List<String> enabledHypervisors,
        JsonSlice json) {}
