package org.msgr2.confd.luxi.field;

import static org.msgr2.confd.luxi.field.FieldKind.NUMBER;
import static org.msgr2.confd.luxi.field.FieldKind.OTHER;
import static org.msgr2.confd.luxi.field.FieldKind.TEXT;

import org.msgr2.confd.luxi.view.NetworkItem;

/** The fields of networks: names, titles and kinds as observed on 3.0.2. */
public final class NetworkFields {
    public static final FieldTable<NetworkItem> TABLE = build();

    private NetworkFields() {}

    private static FieldTable<NetworkItem> build() {
        FieldTable.Builder<NetworkItem> table = new FieldTable.Builder<>();
        ObjectFields.addTo(table, "Network");
        addAddresses(table);
        addPool(table);
        addUse(table);
        return table.build();
    }

    private static void addAddresses(FieldTable.Builder<NetworkItem> table) {
        table.add("network", "Subnet", TEXT, "IPv4 subnet", item -> Cell.of(item.get("network")))
                .add("gateway", "Gateway", OTHER, "IPv4 gateway", item -> Cell.of(item.get("gateway")))
                .add("network6", "IPv6Subnet", OTHER, "IPv6 subnet", item -> Cell.of(item.get("network6")))
                .add("gateway6", "IPv6Gateway", OTHER, "IPv6 gateway", item -> Cell.of(item.get("gateway6")))
                .add("mac_prefix", "MacPrefix", OTHER, "Prefix of MACs", item -> Cell.of(item.get("mac_prefix")));
    }

    private static void addPool(FieldTable.Builder<NetworkItem> table) {
        table.add(
                        "free_count",
                        "FreeCount",
                        NUMBER,
                        "Number of free addresses",
                        item -> Cell.of(item.pool().free()))
                .add(
                        "reserved_count",
                        "ReservedCount",
                        NUMBER,
                        "Number of taken addresses",
                        item -> Cell.of(item.pool().reserved()))
                .add(
                        "map",
                        "Map",
                        TEXT,
                        "X taken, . free",
                        item -> Cell.of(item.pool().map()))
                .add(
                        "external_reservations",
                        "ExternalReservations",
                        TEXT,
                        "Addresses that others use",
                        item -> Cell.of(item.pool().externalAddresses()));
    }

    private static void addUse(FieldTable.Builder<NetworkItem> table) {
        table.add(
                        "group_cnt",
                        "NodeGroups",
                        NUMBER,
                        "Number of connected groups",
                        item -> Cell.of(item.groups().size()))
                .add(
                        "group_list",
                        "GroupList",
                        OTHER,
                        "Connected groups: name, mode, link, VLAN",
                        item -> Cell.of(item.groups()))
                .add(
                        "inst_cnt",
                        "Instances",
                        NUMBER,
                        "Number of instances",
                        item -> Cell.of(item.instances().size()))
                .add("inst_list", "InstanceList", OTHER, "Instances", item -> Cell.ofTexts(item.instances()));
    }
}
