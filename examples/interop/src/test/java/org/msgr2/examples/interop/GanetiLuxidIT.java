package org.msgr2.examples.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random calls about the same random cluster, to ganeti-luxid and to our query socket. {@code -Dmsgr.luxi.seed=N} asks
 * those of an earlier run again; {@code -Dmsgr.luxi.questions=N} asks more.
 */
@RequiresGanetiLuxid
final class GanetiLuxidIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int NODES = 20;
    private static final int INSTANCES = 60;
    private static final int REPORTED_MAX = 20;

    // Statuses of a field (spec/confd §7).
    private static final int NO_DATA = 2;
    private static final int OFFLINE = 4;

    private final long seed = Long.getLong("msgr.luxi.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private final int questions = Integer.getInteger("msgr.luxi.questions", 1500);

    /** Both sockets, each with the connection that is asked next. */
    private record Both(Path real, Path ours) {}

    @Test
    void bothGiveTheSameAnswers(@TempDir Path directory) throws Exception {
        System.out.println("differential test of the query socket: -Dmsgr.luxi.seed=" + seed);
        ConfdHost host = ConfdHost.create(directory);
        // Letters beyond ASCII are cut to 8 bits by the real one, as by its confd.
        String config =
                new String(GanetiConfig.random(seed, NODES, INSTANCES), UTF_8).replaceAll("\\\\u00[0-9a-f]{2}", "oe");
        host.replaceConfig(config.getBytes(UTF_8));
        GanetiLuxid real = GanetiLuxid.start(GanetiInstalled.here(), host);
        try (real;
                OurLuxi ours = OurLuxi.start(host)) {
            assertThat(real.interfaces()).as("what luxid can reach").containsExactly("lo");
            ask(
                    new Both(real.socket(), ours.socket()),
                    JSON.readTree(host.config().toFile()));
        }
        assertThat(real.process().isAlive()).as("luxid after its end").isFalse();
        assertThat(ProcessHandle.of(real.process().pid())).as("its process").isEmpty();
    }

    private void ask(Both sockets, JsonNode config) throws IOException {
        LuxiConnection real = LuxiConnection.open(sockets.real());
        LuxiConnection ours = LuxiConnection.open(sockets.ours());
        int answered = 0;
        int errors = 0;
        int closed = 0;
        List<String> differences = new ArrayList<>();
        LuxiQuestions source = questions(real, config);
        try {
            for (int count = 0; count < questions; count++) {
                String call = source.next();
                JsonNode theirs = JSON.readTree(real.call(call));
                JsonNode own = JSON.readTree(ours.call(call));
                JsonDifference.first(comparable(theirs), comparable(own))
                        .ifPresent(difference -> differences.add(call + "\n  " + difference));
                if (theirs.path("success").booleanValue()) {
                    answered++;
                } else if (theirs.path("result").isTextual()) {
                    // A call that cannot be read ends the connection.
                    assertThat(real.isClosedByPeer()).as(call).isTrue();
                    assertThat(ours.isClosedByPeer()).as(call).isTrue();
                    real.close();
                    ours.close();
                    real = LuxiConnection.open(sockets.real());
                    ours = LuxiConnection.open(sockets.ours());
                    closed++;
                } else {
                    errors++;
                }
            }
        } finally {
            real.close();
            ours.close();
        }
        System.out.printf(
                "%d calls: %d answered, %d errors, %d connections ended%n", questions, answered, errors, closed);
        assertThat(answered).isGreaterThan(questions / 3);
        assertThat(errors).isPositive();
        assertThat(closed).isPositive();
        assertThat(differences.stream().limit(REPORTED_MAX))
                .as("the first of %d differences; -Dmsgr.luxi.seed=%d", differences.size(), seed)
                .isEmpty();
    }

    /** What the real one has decides what is asked. */
    private LuxiQuestions questions(LuxiConnection real, JsonNode config) throws IOException {
        Map<String, List<String>> fields = new LinkedHashMap<>();
        Map<String, JsonNode> tables = new LinkedHashMap<>();
        for (String table : List.of("node", "group", "network")) {
            List<String> names = new ArrayList<>();
            JsonNode known = JSON.readTree(real.call("{\"method\":\"QueryFields\",\"args\":[\"" + table + "\",null]}"));
            known.at("/result/fields")
                    .forEach(field -> names.add(field.path("name").asText()));
            assertThat(names).as("fields of " + table).hasSizeGreaterThan(10);
            ObjectNode query = JSON.createObjectNode().put("method", "Query");
            query.putArray("args").add(table).addPOJO(names).addNull();
            JsonNode data = JSON.readTree(real.call(query.toString())).at("/result/data");
            assertThat(data).as("rows of " + table).isNotEmpty();
            fields.put(table, names);
            tables.put(table, data);
        }
        return new LuxiQuestions(seed, config, fields, tables);
    }

    /** Without what may differ: see each step. */
    private static JsonNode comparable(JsonNode reply) {
        // The documentation of fields is free text, and how a call that cannot be read is told of.
        reply.findParents("doc").forEach(field -> ((ObjectNode) field).remove("doc"));
        JsonNode result = reply.path("result");
        if (result.isTextual()) {
            ((ObjectNode) reply).put("result", "unreadable");
        }
        // An error may quote a whole value, in any layout.
        if (!reply.path("success").booleanValue() && result.path(1).path(0).isTextual()) {
            String text = result.path(1).path(0).textValue();
            ((ArrayNode) result.path(1)).set(0, TextNode.valueOf(text.split("[\\[{]", 2)[0]));
        }
        // Of an offline node that is named twice the real one has no data, and of one that is named once it knows why.
        JsonNode rows = result.path("data");
        Set<JsonNode> different = new HashSet<>();
        rows.forEach(different::add);
        if (different.size() < rows.size()) {
            rows.forEach(row -> row.forEach(cell -> {
                if (cell.path(0).asInt() == OFFLINE) {
                    ((ArrayNode) cell).set(0, IntNode.valueOf(NO_DATA));
                }
            }));
        }
        return reply;
    }
}
