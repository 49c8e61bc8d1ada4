package org.msgr2.confd.luxi.field;

import static org.msgr2.confd.luxi.field.FieldKind.BOOL;
import static org.msgr2.confd.luxi.field.FieldKind.NUMBER;
import static org.msgr2.confd.luxi.field.FieldKind.OTHER;
import static org.msgr2.confd.luxi.field.FieldKind.TEXT;
import static org.msgr2.confd.luxi.field.FieldKind.UNIT;

import com.fasterxml.jackson.databind.JsonNode;
import org.msgr2.confd.config.NodeGroup;
import org.msgr2.confd.luxi.view.NodeItem;

/** The fields of nodes: names, titles and kinds as recorded on 3.0.2 (spec/confd §7). */
public final class NodeFields {
    public static final FieldTable<NodeItem> TABLE = build();

    private NodeFields() {}

    private static FieldTable<NodeItem> build() {
        FieldTable.Builder<NodeItem> table = new FieldTable.Builder<NodeItem>().withAbbreviatedNames();
        ObjectFields.addTo(table, "Node");
        NodeParameters.addTo(table, NodeItem::parameters);
        addAddresses(table);
        addRole(table);
        addInstances(table);
        addLive(table);
        return table.build();
    }

    private static void addAddresses(FieldTable.Builder<NodeItem> table) {
        table.add("pip", "PrimaryIP", TEXT, "Primary address", item -> Cell.of(item.get("primary_ip")))
                .add("sip", "SecondaryIP", TEXT, "Secondary address", item -> Cell.of(item.get("secondary_ip")))
                .add("group", "Group", TEXT, "Name of the node group", NodeFields::groupName)
                .add("group.uuid", "GroupUUID", TEXT, "UUID of the node group", item -> Cell.of(item.get("group")))
                .add("ndparams", "NodeParameters", OTHER, "Parameters in force", item -> Cell.of(item.parameters()))
                .add(
                        "custom_ndparams",
                        "CustomNodeParameters",
                        OTHER,
                        "Parameters of this node",
                        item -> Cell.of(item.get("ndparams")));
    }

    private static Cell groupName(NodeItem item) {
        NodeGroup group = item.group();
        return group == null ? Cell.UNAVAILABLE : Cell.of(group.name());
    }

    private static void addRole(FieldTable.Builder<NodeItem> table) {
        table.add(
                        "role",
                        "Role",
                        TEXT,
                        "M master, C master candidate, D drained, O offline, R regular",
                        item -> Cell.of(item.role()))
                .add("master", "IsMaster", BOOL, "Is the master", item -> Cell.of(item.isMaster()))
                .add(
                        "master_candidate",
                        "MasterC",
                        BOOL,
                        "Is a master candidate",
                        item -> Cell.of(item.node().masterCandidate()))
                .add(
                        "offline",
                        "Offline",
                        BOOL,
                        "Is offline",
                        item -> Cell.of(item.node().offline()))
                .add(
                        "drained",
                        "Drained",
                        BOOL,
                        "Is drained",
                        item -> Cell.of(item.node().drained()))
                .add("master_capable", "MasterCapable", BOOL, "May become master", item -> flag(item, "master_capable"))
                .add("vm_capable", "VMCapable", BOOL, "May host instances", item -> flag(item, "vm_capable"))
                .add("powered", "Powered", BOOL, "Is believed to have power", NodeFields::powered);
    }

    /** Flags that very old configurations do not write; true is what Ganeti assumes then. */
    private static Cell flag(NodeItem item, String member) {
        return Cell.of(item.get(member).asBoolean(true));
    }

    /** Only known where an out-of-band program can tell. */
    private static Cell powered(NodeItem item) {
        JsonNode program = item.parameters().path("oob_program");
        return program.asText("").isEmpty() ? Cell.UNAVAILABLE : flag(item, "powered");
    }

    private static void addInstances(FieldTable.Builder<NodeItem> table) {
        table.add(
                        "pinst_cnt",
                        "Pinst",
                        NUMBER,
                        "Number of primary instances",
                        item -> Cell.of(item.instances().primary().size()))
                .add(
                        "pinst_list",
                        "PriInstances",
                        OTHER,
                        "Primary instances",
                        item -> Cell.ofTexts(item.primaryInstances()))
                .add(
                        "sinst_cnt",
                        "Sinst",
                        NUMBER,
                        "Number of secondary instances",
                        item -> Cell.of(item.instances().secondary().size()))
                .add(
                        "sinst_list",
                        "SecInstances",
                        OTHER,
                        "Secondary instances",
                        item -> Cell.ofTexts(item.secondaryInstances()));
    }

    private static void addLive(FieldTable.Builder<NodeItem> table) {
        addLive(table, "bootid", "BootID", TEXT, "Changes when the node boots");
        addLive(table, "cnodes", "CNodes", NUMBER, "NUMA domains");
        addLive(table, "cnos", "CNOs", NUMBER, "Processors that the node's own system uses");
        addLive(table, "csockets", "CSockets", NUMBER, "Processor sockets");
        addLive(table, "ctotal", "CTotal", NUMBER, "Logical processors");
        addLive(table, "dfree", "DFree", UNIT, "Free storage");
        addLive(table, "dtotal", "DTotal", UNIT, "Storage in all");
        addLive(table, "mfree", "MFree", UNIT, "Free memory");
        addLive(table, "mnode", "MNode", UNIT, "Memory that the node's own system uses");
        addLive(table, "mtotal", "MTotal", UNIT, "Memory in all");
        addLive(table, "spfree", "SpFree", NUMBER, "Free spindles");
        addLive(table, "sptotal", "SpTotal", NUMBER, "Spindles in all");
        // 3.0.2 says so of every node, also of those with a state in their configuration.
        table.add("disk_state", "DiskState", OTHER, "State of disks", item -> Cell.UNAVAILABLE)
                .add("hv_state", "HypervisorState", OTHER, "State of hypervisors", item -> Cell.UNAVAILABLE);
    }

    /** The node itself would have to be asked; nobody does here (spec/confd §7). */
    private static void addLive(
            FieldTable.Builder<NodeItem> table, String name, String title, FieldKind kind, String doc) {
        table.add(name, title, kind, doc, item -> item.node().offline() ? Cell.OFFLINE : Cell.NO_DATA);
    }
}
