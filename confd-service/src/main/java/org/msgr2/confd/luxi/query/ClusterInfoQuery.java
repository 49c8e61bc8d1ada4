package org.msgr2.confd.luxi.query;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.Node;
import org.msgr2.confd.luxi.json.LuxiJson;
import org.msgr2.confd.luxi.view.ClusterView;
import org.msgr2.confd.luxi.view.Item;

/** QueryClusterInfo: the cluster object in other words, as one flat object (keys as recorded on 3.0.2). */
record ClusterInfoQuery() implements Request {
    private static final int IPV6_FAMILY = 10;

    /** What is passed on under its own name; null where an older configuration has no such thing. */
    private static final List<String> MEMBERS = List.of(
            "enabled_hypervisors",
            "hvparams",
            "os_hvp",
            "beparams",
            "osparams",
            "ipolicy",
            "nicparams",
            "ndparams",
            "diskparams",
            "candidate_pool_size",
            "max_running_jobs",
            "max_tracked_jobs",
            "mac_prefix",
            "master_netdev",
            "master_netmask",
            "use_external_mip_script",
            "volume_group_name",
            "drbd_usermode_helper",
            "file_storage_dir",
            "shared_file_storage_dir",
            "gluster_storage_dir",
            "maintain_node_health",
            "ctime",
            "mtime",
            "uuid",
            "uid_pool",
            "default_iallocator",
            "default_iallocator_params",
            "reserved_lvs",
            "prealloc_wipe_disks",
            "hidden_os",
            "blacklisted_os",
            "enabled_disk_templates",
            "install_image",
            "instance_communication_network",
            "zeroing_image",
            "compression_tools",
            "enabled_user_shutdown",
            "modify_ssh_setup",
            "ssh_key_type",
            "ssh_key_bits");

    @Override
    public Answer answer(QueryContext context) {
        return out -> LuxiJson.write(out, describe(context));
    }

    private static ObjectNode describe(QueryContext context) {
        ClusterView view = context.cluster();
        JsonNode cluster = view.cluster();
        ObjectNode info = LuxiJson.NODES.objectNode();
        describe(context.software(), view.config(), info);
        Node master = view.config().master();
        info.set("name", orNull(cluster.path("cluster_name")));
        info.put("master", master == null ? view.config().cluster().masterNode() : master.name());
        info.set(
                "default_hypervisor", orNull(cluster.path("enabled_hypervisors").path(0)));
        for (String member : MEMBERS) {
            info.set(member, orNull(cluster.path(member)));
        }
        Item.tagsOf(cluster.path("tags")).forEach(info.putArray("tags")::add);
        info.put("primary_ip_version", cluster.path("primary_ip_family").asInt() == IPV6_FAMILY ? 6 : 4);
        info.set("enabled_data_collectors", ofCollectors(cluster, "active"));
        info.set("data_collector_interval", ofCollectors(cluster, "interval"));
        return info;
    }

    private static void describe(Software software, ClusterConfig config, ObjectNode info) {
        info.put("software_version", software.version(config.version()));
        info.put("protocol_version", config.version());
        info.put("config_version", config.version());
        info.put("os_api_version", Software.OS_API_VERSION);
        info.put("export_version", Software.EXPORT_VERSION);
        info.put("vcs_version", software.build());
        software.architecture().forEach(info.withArray("architecture")::add);
    }

    private static ObjectNode ofCollectors(JsonNode cluster, String member) {
        ObjectNode values = LuxiJson.NODES.objectNode();
        for (Map.Entry<String, JsonNode> collector :
                cluster.path("data_collectors").properties()) {
            values.set(collector.getKey(), orNull(collector.getValue().path(member)));
        }
        return values;
    }

    private static JsonNode orNull(JsonNode value) {
        return value.isMissingNode() ? NullNode.getInstance() : value;
    }
}
