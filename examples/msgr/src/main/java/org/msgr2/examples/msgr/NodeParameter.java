package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/**
 * A parameter of a {@link NodeCommand}.
 *
 * @param type by Ceph's name
 * @param needed whether it has to be given
 * @param more whatever else describes it
 */
record NodeParameter(String name, String type, boolean needed, Map<String, String> more) {
    static NodeParameter text(String name) {
        return new NodeParameter(name, "CephString", false, Map.of());
    }

    /** Not negative. */
    static NodeParameter number(String name) {
        return new NodeParameter(name, "CephInt", false, Map.of("range", "0"));
    }

    static NodeParameter choice(String name, String values) {
        return new NodeParameter(name, "CephChoices", false, Map.of("strings", values));
    }

    NodeParameter required() {
        return new NodeParameter(name, type, true, more);
    }

    ObjectNode description() {
        ObjectNode description =
                JsonNodeFactory.instance.objectNode().put("name", name).put("type", type);
        more.forEach(description::put);
        if (!needed) {
            description.put("req", "false");
        }
        return description;
    }
}
