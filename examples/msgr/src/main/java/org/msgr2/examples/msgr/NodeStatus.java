package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityName;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Messenger;
import org.msgr2.session.MessengerStats;
import org.msgr2.session.mon.RefusedLoginLog;

/** How a node is, for people and for programs; no secrets. The part that Ceph has too bears Ceph's names. Thread-safe. */
final class NodeStatus {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private final EntityName name;
    private final ClusterId cluster;
    private final NodeSecurity security;
    private final List<Endpoint> endpoints;
    private final Instant started = Instant.now();
    private final long startedNs = System.nanoTime();
    private volatile @Nullable Messenger messenger;

    /** @param endpoints filled while the node starts */
    NodeStatus(EntityName name, ClusterId cluster, NodeSecurity security, List<Endpoint> endpoints) {
        this.name = name;
        this.cluster = cluster;
        this.security = security;
        this.endpoints = endpoints;
    }

    /** Called before the first peer can ask. */
    void runsOn(Messenger running) {
        messenger = running;
    }

    private Messenger messenger() {
        Messenger running = messenger;
        if (running == null) {
            throw new IllegalStateException("the node is starting");
        }
        return running;
    }

    ClusterId cluster() {
        return cluster;
    }

    static String version() {
        return new Msgr.Version().getVersion()[0];
    }

    // --- Health

    /** Services that do not do their work, with the reason. */
    private Map<String, String> failing() {
        Map<String, String> failing = new TreeMap<>();
        messenger().health().forEach((service, health) -> {
            if (!health.healthy()) {
                failing.put(service, Faults.oneLine(health.reason()));
            }
        });
        return failing;
    }

    /** {@code HEALTH_OK}, or what is wrong. */
    String healthText() {
        Map<String, String> failing = failing();
        return failing.isEmpty()
                ? "HEALTH_OK"
                : failing.entrySet().stream()
                        .map(entry -> "service " + entry.getKey() + ": " + entry.getValue())
                        .collect(Collectors.joining("; ", "HEALTH_WARN ", ""));
    }

    ObjectNode healthJson() {
        Map<String, String> failing = failing();
        ObjectNode root = JSON.objectNode().put("status", failing.isEmpty() ? "HEALTH_OK" : "HEALTH_WARN");
        ObjectNode checks = root.putObject("checks");
        failing.forEach((service, reason) -> {
            ObjectNode check = checks.putObject("SERVICE_" + service.toUpperCase(Locale.ROOT));
            check.put("severity", "HEALTH_WARN");
            check.putObject("summary")
                    .put("message", "service " + service + ": " + reason)
                    .put("count", 1);
            check.put("muted", false);
        });
        root.putArray("mutes");
        return root;
    }

    // --- Everything

    ObjectNode json() {
        ObjectNode root = JSON.objectNode().put("fsid", cluster.fsid().toString());
        root.set("health", healthJson());
        ObjectNode node = root.putObject("node");
        node.put("name", name.toString())
                .put("version", version())
                .put("started", started.toString())
                .put("uptime_s", uptime().toSeconds())
                .put("transport", messenger().transportName());
        ArrayNode listeners = node.putArray("listeners");
        for (Endpoint endpoint : endpoints) {
            ObjectNode entry = listeners
                    .addObject()
                    .put("what", endpoint.what())
                    .put("address", endpoint.addr().toString());
            if (endpoint.fingerprint() != null) {
                entry.put("fingerprint", endpoint.fingerprint().toString());
            }
        }
        node.put("auth", security.method());
        ArrayNode modes = node.putArray("modes");
        security.modes().forEach(mode -> modes.add(mode.toString()));
        node.put("aead", security.aead());
        MessengerStats stats = messenger().stats();
        ObjectNode connections = node.putObject("connections");
        byMode().forEach(connections::put);
        connections
                .put("handshakes", stats.handshakes())
                .put("accepted_ever", stats.accepted())
                .put("failed_ever", stats.handshakesFailed());
        ObjectNode services = node.putObject("services");
        messenger()
                .health()
                .forEach((service, health) -> services.putObject(service)
                        .put("healthy", health.healthy())
                        .put("reason", health.reason()));
        ObjectNode refused = node.putObject("failed_logins");
        failedLogins().forEach(refused::put);
        return root;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        section(text, "cluster");
        row(text, "id", cluster.fsid().toString());
        row(text, "health", healthText());
        section(text, "node");
        row(text, "name", name + ", up " + inWords(uptime()));
        row(text, "version", version());
        for (Endpoint endpoint : endpoints) {
            row(text, "listens", endpoint.what() + " " + endpoint.addr());
        }
        row(
                text,
                "auth",
                security.method() + ", modes "
                        + security.modes().stream().map(Object::toString).collect(Collectors.joining(" ")));
        if (security.aead() != null) {
            row(text, "cipher", security.aead());
        }
        section(text, "activity");
        MessengerStats stats = messenger().stats();
        row(
                text,
                "connections",
                orNone(byMode()) + "; handshakes " + stats.handshakes() + ", of " + stats.accepted() + " accepted "
                        + stats.handshakesFailed() + " failed");
        row(
                text,
                "services",
                messenger().health().entrySet().stream()
                        .map(entry -> entry.getKey() + (entry.getValue().healthy() ? " ok" : " failing"))
                        .collect(Collectors.joining(", ")));
        row(text, "failed logins", orNone(failedLogins()));
        return text.toString();
    }

    private Map<String, Long> byMode() {
        return messenger().connections().stream()
                .map(connection -> connection.info())
                .filter(info -> info != null)
                .collect(Collectors.groupingBy(NodeStatus::protection, TreeMap::new, Collectors.counting()));
    }

    private static String protection(ConnectionInfo info) {
        return info.mode() + (info.tls() == null ? "" : "+tls");
    }

    private Map<String, Long> failedLogins() {
        Map<String, Long> all = new TreeMap<>();
        security.failedLogins().forEach((reason, count) -> all.put(RefusedLoginLog.words(reason), count));
        return all;
    }

    private static String orNone(Map<String, Long> counts) {
        return counts.isEmpty()
                ? "none"
                : counts.entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", "));
    }

    private Duration uptime() {
        return Duration.ofNanos(System.nanoTime() - startedNs);
    }

    /** The two largest units that say something: {@code 2d 3h}, {@code 12s}. */
    private static String inWords(Duration duration) {
        long[] amounts = {duration.toDays(), duration.toHoursPart(), duration.toMinutesPart(), duration.toSecondsPart()
        };
        String units = "dhms";
        int first = 0;
        while (first < amounts.length - 1 && amounts[first] == 0) {
            first++;
        }
        String text = amounts[first] + units.substring(first, first + 1);
        return first == amounts.length - 1
                ? text
                : text + " " + amounts[first + 1] + units.substring(first + 1, first + 2);
    }

    private static void section(StringBuilder text, String title) {
        text.append(text.isEmpty() ? "" : "\n").append("  ").append(title).append(":\n");
    }

    private static void row(StringBuilder text, String label, String value) {
        text.append(String.format(Locale.ROOT, "    %-15s%s\n", label + ":", value));
    }
}
