package org.msgr2.confd.luxi.job;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.msgr2.confd.luxi.json.LuxiJson;

/** Opcodes in a few words, as lists of jobs show them: {@code INSTANCE_STARTUP(web1.example.com)}. */
public final class OpSummary {
    private static final String PREFIX = "OP_";

    /** The parameter that tells opcodes of one kind apart (as in 3.0.2; those without one are not here). */
    private static final Map<String, String> PARAMETERS = Stream.of(
                    parameter("group_name", "CLUSTER_VERIFY_GROUP", "GROUP_VERIFY_DISKS", "GROUP_ADD"),
                    parameter("group_name", "GROUP_ASSIGN_NODES", "GROUP_SET_PARAMS", "GROUP_REMOVE", "GROUP_EVACUATE"),
                    parameter("name", "CLUSTER_RENAME", "TAGS_GET"),
                    parameter("what", "QUERY", "QUERY_FIELDS"),
                    parameter("node_name", "NODE_REMOVE", "NODE_ADD", "NODE_MODIFY_STORAGE", "REPAIR_NODE_STORAGE"),
                    parameter("node_name", "NODE_SET_PARAMS", "NODE_POWERCYCLE", "NODE_MIGRATE", "NODE_EVACUATE"),
                    parameter("instance_name", "INSTANCE_CREATE", "INSTANCE_REINSTALL", "INSTANCE_REMOVE"),
                    parameter("instance_name", "INSTANCE_STARTUP", "INSTANCE_SHUTDOWN", "INSTANCE_REBOOT"),
                    parameter("instance_name", "INSTANCE_REPLACE_DISKS", "INSTANCE_FAILOVER", "INSTANCE_MIGRATE"),
                    parameter("instance_name", "INSTANCE_MOVE", "INSTANCE_CONSOLE", "INSTANCE_ACTIVATE_DISKS"),
                    parameter("instance_name", "INSTANCE_DEACTIVATE_DISKS", "INSTANCE_RECREATE_DISKS"),
                    parameter("instance_name", "INSTANCE_SET_PARAMS", "INSTANCE_GROW_DISK", "INSTANCE_CHANGE_GROUP"),
                    parameter("instance_name", "BACKUP_PREPARE", "BACKUP_EXPORT", "BACKUP_REMOVE"),
                    parameter("pattern", "TAGS_SEARCH"),
                    parameter("duration", "TEST_DELAY"),
                    parameter("iallocator", "TEST_ALLOCATOR"),
                    parameter("network_name", "NETWORK_ADD", "NETWORK_REMOVE", "NETWORK_SET_PARAMS"),
                    parameter("network_name", "NETWORK_CONNECT", "NETWORK_DISCONNECT"))
            .flatMap(entry -> entry)
            .collect(Collectors.toUnmodifiableMap(Map.Entry::getKey, Map.Entry::getValue));

    private OpSummary() {}

    private static Stream<Map.Entry<String, String>> parameter(String name, String... opcodes) {
        return Set.of(opcodes).stream().map(opcode -> Map.entry(opcode, name));
    }

    public static JsonNode of(JsonNode opcode) {
        JsonNode input = opcode.path("input");
        String id = input.path("OP_ID").asText("");
        String name = id.startsWith(PREFIX) ? id.substring(PREFIX.length()) : id;
        JsonNode value = input.path(PARAMETERS.getOrDefault(name, ""));
        if (value.isMissingNode() || value.isNull()) {
            return LuxiJson.NODES.textNode(name);
        }
        String text = value.isTextual() ? value.textValue() : LuxiJson.quote(value);
        return LuxiJson.NODES.textNode(name + "(" + text + ")");
    }
}
