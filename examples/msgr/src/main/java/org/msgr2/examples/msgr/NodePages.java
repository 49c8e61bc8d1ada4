package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.Messenger;

/** What {@code msgr serve --metrics} answers: meters, health, connections. No secrets. Thread-safe. */
final class NodePages implements HttpServer.Pages {
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final int OK = 200;
    private static final int UNAVAILABLE = 503;

    private final PrometheusMeterRegistry registry;
    private final Messenger messenger;

    NodePages(PrometheusMeterRegistry registry, Messenger messenger) {
        this.registry = registry;
        this.messenger = messenger;
    }

    @Override
    public @Nullable HttpPage get(String path, String accepted) {
        return switch (path) {
            case "/metrics" -> metrics(accepted);
            case "/health" -> health();
            case "/connections" -> connections();
            case "/" -> new HttpPage(OK, HttpPage.TEXT, "/metrics\n/health\n/connections\n");
            default -> null;
        };
    }

    private HttpPage metrics(String accepted) {
        String type = accepted.contains(OPEN_METRICS)
                ? OPEN_METRICS + "; version=1.0.0; charset=utf-8"
                : "text/plain; version=0.0.4; charset=utf-8";
        return new HttpPage(OK, type, registry.scrape(type));
    }

    /** 200 if the node and all its services do their work, so that a probe need not read it. */
    private HttpPage health() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        boolean stopping = messenger.isClosed();
        root.put("status", "ok");
        ObjectNode services = root.putObject("services");
        messenger.health().forEach((name, health) -> {
            services.putObject(name).put("healthy", health.healthy()).put("reason", Faults.oneLine(health.reason()));
            if (!health.healthy()) {
                root.put("status", "failing");
            }
        });
        if (stopping) {
            root.put("status", "stopping");
        }
        return HttpPage.json(root.get("status").asText().equals("ok") ? OK : UNAVAILABLE, root);
    }

    private HttpPage connections() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ArrayNode all = root.putArray("connections");
        messenger.listConnections().forEach(listing -> all.add(ConnectionJson.of(listing)));
        return HttpPage.json(OK, root);
    }
}
