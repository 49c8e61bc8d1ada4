package org.msgr2.confd.client;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.wire.MasterField;
import org.msgr2.confd.wire.Query;
import org.msgr2.confd.wire.RequestType;

/** What a client wants to know (spec/confd §2). Immutable. */
public record Question(RequestType type, Query query) {

    public static Question ping() {
        return new Question(RequestType.PING, Query.NONE);
    }

    public static Question nodeRole(String node) {
        return new Question(RequestType.NODE_ROLE_BY_NAME, new Query.Text(node));
    }

    /**
     * The primary address of the node that runs the instance with an address.
     *
     * @param link null is the cluster's default link
     */
    public static Question nodePipByInstanceIp(@Nullable String link, String ip) {
        return new Question(RequestType.NODE_PIP_BY_INSTANCE_IP, new Query.Fields(link, ip, List.of(), List.of()));
    }

    /** The same for several addresses, in their order. */
    public static Question nodePipsByInstanceIps(@Nullable String link, List<String> ips) {
        return new Question(
                RequestType.NODE_PIP_BY_INSTANCE_IP, new Query.Fields(link, null, List.copyOf(ips), List.of()));
    }

    /** The master's name. */
    public static Question clusterMaster() {
        return new Question(RequestType.CLUSTER_MASTER, Query.NONE);
    }

    /** Facts about the master, in the order of the fields. */
    public static Question clusterMaster(MasterField... fields) {
        return new Question(
                RequestType.CLUSTER_MASTER,
                new Query.Fields(null, null, List.of(), List.copyOf(Arrays.asList(fields))));
    }

    public static Question nodePips() {
        return new Question(RequestType.NODE_PIP_LIST, Query.NONE);
    }

    public static Question masterCandidatePips() {
        return new Question(RequestType.MC_PIP_LIST, Query.NONE);
    }

    /**
     * @param link null is the cluster's default link
     */
    public static Question instanceIps(@Nullable String link) {
        return new Question(RequestType.INSTANCES_IPS_LIST, link == null ? Query.NONE : new Query.Text(link));
    }

    public static Question nodeDrbd(String node) {
        return new Question(RequestType.NODE_DRBD, new Query.Text(node));
    }

    public static Question nodeInstances(String node) {
        return new Question(RequestType.NODE_INSTANCES, new Query.Text(node));
    }

    public static Question instanceDisks(String instance) {
        return new Question(RequestType.INSTANCE_DISKS, new Query.Text(instance));
    }

    /**
     * @param path a JSON pointer
     */
    public static Question configQuery(String path) {
        return new Question(RequestType.CONFIG_QUERY, new Query.Text(path));
    }

    public static Question dataCollectors() {
        return new Question(RequestType.DATA_COLLECTORS, Query.NONE);
    }
}
