package org.msgr2.confd.luxi.field;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;

/** The node parameters, which nodes and groups have as fields of their own. */
enum NodeParameters {
    CPU_SPEED("cpu_speed", "ndp/cpu_speed", FieldKind.FLOAT),
    EXCLUSIVE_STORAGE("exclusive_storage", "ExclusiveStorage", FieldKind.BOOL),
    OOB_PROGRAM("oob_program", "OutOfBandProgram", FieldKind.OTHER),
    OVS("ovs", "OpenvSwitch", FieldKind.BOOL),
    OVS_LINK("ovs_link", "OpenvSwitchLink", FieldKind.OTHER),
    OVS_NAME("ovs_name", "OpenvSwitchName", FieldKind.OTHER),
    SPINDLE_COUNT("spindle_count", "SpindleCount", FieldKind.NUMBER),
    SSH_PORT("ssh_port", "ndp/ssh_port", FieldKind.NUMBER);

    private final String key;
    private final String title;
    private final FieldKind kind;

    NodeParameters(String key, String title, FieldKind kind) {
        this.key = key;
        this.title = title;
        this.kind = kind;
    }

    /** Adds them; an older configuration lacks some. */
    static <T> void addTo(FieldTable.Builder<T> table, Function<T, ObjectNode> merged) {
        for (NodeParameters parameter : values()) {
            table.add(
                    "ndp/" + parameter.key,
                    parameter.title,
                    parameter.kind,
                    "Node parameter " + parameter.key,
                    item -> Cell.of(merged.apply(item).get(parameter.key)));
        }
    }
}
