package org.msgr2.confd.luxi.query;

import org.jspecify.annotations.Nullable;

/** Methods that clients know, of all releases (observed on 3.0.2). */
enum Method {
    QUERY("Query"),
    QUERY_FIELDS("QueryFields"),
    QUERY_NODES("QueryNodes"),
    QUERY_GROUPS("QueryGroups"),
    QUERY_JOBS("QueryJobs"),
    QUERY_TAGS("QueryTags"),
    QUERY_CLUSTER_INFO("QueryClusterInfo"),
    SET_DRAIN_FLAG("SetDrainFlag"),
    SUBMIT_JOB("SubmitJob"),
    SUBMIT_JOB_TO_DRAINED_QUEUE("SubmitJobToDrainedQueue"),
    SUBMIT_MANY_JOBS("SubmitManyJobs"),
    WAIT_FOR_JOB_CHANGE("WaitForJobChange"),
    PICKUP_JOB("PickupJob"),
    ARCHIVE_JOB("ArchiveJob"),
    AUTO_ARCHIVE_JOBS("AutoArchiveJobs"),
    CHANGE_JOB_PRIORITY("ChangeJobPriority"),
    CANCEL_JOB("CancelJob"),
    SET_WATCHER_PAUSE("SetWatcherPause"),
    QUERY_INSTANCES("QueryInstances"),
    QUERY_NETWORKS("QueryNetworks"),
    QUERY_FILTERS("QueryFilters"),
    REPLACE_FILTER("ReplaceFilter"),
    DELETE_FILTER("DeleteFilter"),
    QUERY_EXPORTS("QueryExports"),
    QUERY_CONFIG_VALUES("QueryConfigValues");

    private final String wireName;

    Method(String wireName) {
        this.wireName = wireName;
    }

    String wireName() {
        return wireName;
    }

    static @Nullable Method fromWire(String name) {
        for (Method method : values()) {
            if (method.wireName.equals(name)) {
                return method;
            }
        }
        return null;
    }
}
