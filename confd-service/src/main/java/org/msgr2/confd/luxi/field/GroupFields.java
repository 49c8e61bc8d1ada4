package org.msgr2.confd.luxi.field;

import static org.msgr2.confd.luxi.field.FieldKind.NUMBER;
import static org.msgr2.confd.luxi.field.FieldKind.OTHER;
import static org.msgr2.confd.luxi.field.FieldKind.TEXT;

import org.msgr2.confd.luxi.view.GroupItem;

/** The fields of node groups: names, titles and kinds as recorded on 3.0.2 (spec/confd §7). */
public final class GroupFields {
    public static final FieldTable<GroupItem> TABLE = build();

    private GroupFields() {}

    private static FieldTable<GroupItem> build() {
        FieldTable.Builder<GroupItem> table = new FieldTable.Builder<>();
        ObjectFields.addTo(table, "Group");
        NodeParameters.addTo(table, GroupItem::parameters);
        addParameters(table);
        addMembers(table);
        return table.build();
    }

    private static void addParameters(FieldTable.Builder<GroupItem> table) {
        table.add(
                        "alloc_policy",
                        "AllocPolicy",
                        TEXT,
                        "Whether instances may be put here",
                        item -> Cell.of(item.get("alloc_policy")))
                .add("ndparams", "NDParams", OTHER, "Node parameters in force", item -> Cell.of(item.parameters()))
                .add(
                        "custom_ndparams",
                        "CustomNDParams",
                        OTHER,
                        "Node parameters of this group",
                        item -> Cell.of(item.get("ndparams")))
                .add(
                        "diskparams",
                        "DiskParameters",
                        OTHER,
                        "Disk parameters in force",
                        item -> Cell.of(item.diskParameters()))
                .add(
                        "custom_diskparams",
                        "CustomDiskParameters",
                        OTHER,
                        "Disk parameters of this group",
                        item -> Cell.of(item.get("diskparams")))
                .add("ipolicy", "InstancePolicy", OTHER, "Instance policy in force", item -> Cell.of(item.policy()))
                .add(
                        "custom_ipolicy",
                        "CustomInstancePolicy",
                        OTHER,
                        "Instance policy of this group",
                        item -> Cell.of(item.get("ipolicy")));
    }

    private static void addMembers(FieldTable.Builder<GroupItem> table) {
        table.add(
                        "node_cnt",
                        "Nodes",
                        NUMBER,
                        "Number of nodes",
                        item -> Cell.of(item.nodes().size()))
                .add("node_list", "NodeList", OTHER, "Nodes", item -> Cell.ofTexts(item.nodes()))
                .add(
                        "pinst_cnt",
                        "Instances",
                        NUMBER,
                        "Number of primary instances",
                        item -> Cell.of(item.primaryInstanceCount()))
                .add(
                        "pinst_list",
                        "InstanceList",
                        OTHER,
                        "Primary instances",
                        item -> Cell.ofTexts(item.primaryInstances()));
    }
}
