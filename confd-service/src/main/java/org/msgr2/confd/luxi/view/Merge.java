package org.msgr2.confd.luxi.view;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.Set;
import org.msgr2.confd.luxi.json.LuxiJson;

/** Parameters of several levels (spec/confd §7): the later, more special ones win. */
final class Merge {
    /** Limits that are filled up member by member; "min" and "max" stood alone up to Ganeti 2.8. */
    private static final Set<String> SPECS = Set.of("std", "min", "max");

    private Merge() {}

    /** Member by member; what is no object counts as empty. */
    static ObjectNode members(JsonNode... levels) {
        ObjectNode merged = LuxiJson.NODES.objectNode();
        for (JsonNode level : levels) {
            level.properties().forEach(member -> merged.set(member.getKey(), member.getValue()));
        }
        return merged;
    }

    /** Instance policies: as members, but the standard specification of one level fills that of the other. */
    static ObjectNode policies(JsonNode cluster, JsonNode group) {
        ObjectNode merged = members(cluster);
        for (Map.Entry<String, JsonNode> member : group.properties()) {
            String name = member.getKey();
            merged.set(name, SPECS.contains(name) ? members(cluster.path(name), member.getValue()) : member.getValue());
        }
        return merged;
    }
}
