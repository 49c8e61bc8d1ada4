package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.msgr2.confd.engine.NodeRole;
import org.msgr2.confd.wire.Query;

/** Answers of confd as tables for people. Secrets, as in the logical ids of DRBD disks, are in the JSON only. */
final class ConfdTables {
    private ConfdTables() {}

    static void print(ConfdAnswer answer, Terminal terminal) {
        JsonNode value = answer.value();
        switch (answer.question().type()) {
            case PING -> ping(answer, terminal);
            case CLUSTER_MASTER -> master(value, terminal);
            case NODE_ROLE_BY_NAME -> terminal.out().println(role(value));
            case NODE_PIP_BY_INSTANCE_IP -> pips(answer, terminal);
            case NODE_DRBD -> drbd(value, terminal);
            case NODE_INSTANCES -> instances(value, terminal);
            case INSTANCE_DISKS -> disks(value, terminal);
            case NODE_PIP_LIST, MC_PIP_LIST, INSTANCES_IPS_LIST ->
                value.forEach(each -> terminal.out().println(each.asText()));
            case CONFIG_QUERY, DATA_COLLECTORS ->
                terminal.out().println(value.isTextual() ? value.asText() : value.toPrettyString());
        }
    }

    private static void ping(ConfdAnswer answer, Terminal terminal) {
        Table table = new Table();
        answer.times().forEach((peer, time) -> table.row(peer, millis(time)));
        table.print(terminal);
    }

    private static String millis(Duration time) {
        return String.format(Locale.ROOT, "%.3f ms", time.toNanos() / 1e6);
    }

    private static void master(JsonNode value, Terminal terminal) {
        new Table()
                .row("name", value.path(0).asText())
                .row("cluster ip", value.path(1).asText())
                .row("node primary ip", value.path(2).asText())
                .print(terminal);
    }

    private static String role(JsonNode value) {
        for (NodeRole role : NodeRole.values()) {
            if (value.isInt() && role.code() == value.asInt()) {
                return role.name().toLowerCase(Locale.ROOT);
            }
        }
        return value.toString();
    }

    private static void pips(ConfdAnswer answer, Terminal terminal) {
        JsonNode value = answer.value();
        if (!value.isArray()) {
            terminal.out().println(value.asText());
            return;
        }
        List<String> ips = answer.question().query() instanceof Query.Fields fields ? fields.ips() : List.of();
        Columns table = new Columns("IP", "NODE");
        for (int i = 0; i < Math.min(ips.size(), value.size()); i++) {
            JsonNode each = value.get(i);
            table.row(ips.get(i), each.path(0).asInt(-1) == 0 ? each.path(1).asText() : "unknown");
        }
        table.print(terminal);
    }

    private static void drbd(JsonNode value, Terminal terminal) {
        Columns table = new Columns("NODE", "MINOR", "INSTANCE", "DISK", "ROLE", "PEER");
        for (JsonNode row : value) {
            table.row(
                    row.path(0).asText(),
                    row.path(1).asText(),
                    row.path(2).asText(),
                    row.path(3).asText(),
                    row.path(4).asText(),
                    row.path(5).asText());
        }
        table.print(terminal);
    }

    private static void instances(JsonNode value, Terminal terminal) {
        Columns table = new Columns("INSTANCE", "NODE IS", "STATE", "OS", "IPS");
        for (int i = 0; i < value.size(); i++) {
            for (JsonNode instance : value.get(i)) {
                List<String> ips = instance.path("nics").findValuesAsText("ip");
                table.row(
                        instance.path("name").asText(),
                        i == 0 ? "primary" : "secondary",
                        instance.path("admin_state").asText(),
                        instance.path("os").asText(),
                        String.join(",", ips));
            }
        }
        table.print(terminal);
    }

    private static void disks(JsonNode value, Terminal terminal) {
        Columns table = new Columns("DISK", "TYPE", "MIB", "MODE", "UUID");
        for (JsonNode disk : value) {
            table.row(
                    disk.path("iv_name").asText(),
                    disk.path("dev_type").asText(),
                    disk.path("size").asText(),
                    disk.path("mode").asText(),
                    disk.path("uuid").asText());
        }
        table.print(terminal);
    }
}
