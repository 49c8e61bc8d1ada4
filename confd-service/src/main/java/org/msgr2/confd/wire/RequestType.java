package org.msgr2.confd.wire;

import org.jspecify.annotations.Nullable;

/** What can be asked, by Ganeti's numbers and names (spec/confd §2). */
public enum RequestType {
    PING(0, "ping"),
    NODE_ROLE_BY_NAME(1, "node-role-by-name"),
    NODE_PIP_BY_INSTANCE_IP(2, "node-pip-by-instance-ip"),
    CLUSTER_MASTER(3, "cluster-master"),
    NODE_PIP_LIST(4, "node-pip-list"),
    MC_PIP_LIST(5, "mc-pip-list"),
    INSTANCES_IPS_LIST(6, "instances-ips-list"),
    NODE_DRBD(7, "node-drbd"),
    NODE_INSTANCES(8, "node-instances"),
    /** Since Ganeti 2.12. */
    INSTANCE_DISKS(9, "instance-disks"),
    /** Since Ganeti 2.13. */
    CONFIG_QUERY(10, "config-query"),
    /** Since Ganeti 2.13. */
    DATA_COLLECTORS(11, "data-collectors");

    private static final RequestType[] BY_CODE = values();

    private final int code;
    private final String label;

    RequestType(int code, String label) {
        this.code = code;
        this.label = label;
    }

    public int code() {
        return code;
    }

    /** The name that commands and metrics use. */
    public String label() {
        return label;
    }

    /** The type of a code, or null if there is none. */
    public static @Nullable RequestType fromWire(int code) {
        return code >= 0 && code < BY_CODE.length ? BY_CODE[code] : null;
    }

    /** Whether servers of that era know it. */
    public boolean existsIn(Era era) {
        return era == Era.V3_0 || code <= NODE_INSTANCES.code;
    }
}
