package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random calls of the query socket about a cluster: tables with filters by the values that are there, the older calls, tags, and
 * some that are no calls. Not thread-safe.
 */
final class LuxiQuestions {

    private static final List<String> TABLES = List.of("node", "group", "network");
    private static final List<String> RELATIONS = List.of("=", "==", "!=", "<", "<=", ">", ">=", "=~", "=[]");
    private static final List<String> NO_CALLS = List.of(
            "",
            "{",
            "[]",
            "7",
            "{}",
            "{\"method\":\"Query\"}",
            "{\"args\":[]}",
            "{\"method\":5,\"args\":[]}",
            "{\"method\":\"QueryTags\",\"args\":null}",
            "{\"method\":\"NoSuchCall\",\"args\":[]}");

    private final ObjectMapper json = new ObjectMapper();
    private final Random random;
    private final Map<String, List<String>> fields;
    private final Map<String, JsonNode> rows = new HashMap<>();
    private final List<String> instances = new ArrayList<>();

    /**
     * @param fields of each table, by its name
     * @param tables the data of each table with all these fields, in their order
     */
    LuxiQuestions(long seed, JsonNode config, Map<String, List<String>> fields, Map<String, JsonNode> tables) {
        this.random = new Random(seed);
        this.fields = fields;
        rows.putAll(tables);
        config.path("instances")
                .forEach(instance -> instances.add(instance.path("name").asText()));
        instances.sort(null);
    }

    /** The next call, or what is none. */
    String next() {
        return switch (random.nextInt(12)) {
            case 0 -> call("QueryTags", tags());
            case 1 -> call("QueryNodes", named("node"));
            case 2 -> call("QueryGroups", named("group"));
            case 3 -> call("QueryFields", array(pick(TABLES), chance(3) ? null : someFields(pick(TABLES))));
            case 4 -> chance(2) ? pick(NO_CALLS) : call("QueryClusterInfo", array());
            default -> {
                String table = pick(TABLES);
                yield call("Query", array(table, someFields(table), chance(5) ? null : filter(table, 3)));
            }
        };
    }

    private String call(String method, ArrayNode args) {
        ObjectNode call = json.createObjectNode().put("method", method);
        call.set("args", args);
        return call.toString();
    }

    private ArrayNode tags() {
        return switch (random.nextInt(6)) {
            case 0 -> array("cluster", "");
            case 1 -> array("nodegroup", name("group"));
            case 2 -> array("network", name("network"));
            case 3 -> array("instance", abbreviated(pick(instances)));
            case 4 -> array("nope", name("node"));
            default -> array("node", name("node"));
        };
    }

    private ArrayNode named(String table) {
        ArrayNode names = array();
        for (int count = random.nextInt(4); count > 0; count--) {
            names.add(name(table));
        }
        return array(names, someFields(table), chance(10));
    }

    private ArrayNode someFields(String table) {
        ArrayNode some = array();
        for (int count = random.nextInt(6) + 1; count > 0; count--) {
            some.add(chance(40) ? "no-such-field" : pick(fields.get(table)));
        }
        return some;
    }

    private ArrayNode filter(String table, int depth) {
        int choice = random.nextInt(depth == 0 ? 3 : 6);
        if (choice == 0) {
            return array("?", pick(fields.get(table)));
        }
        if (choice == 1) {
            return array("=", "name", name(table));
        }
        if (choice == 2) {
            return relation(table);
        }
        if (choice == 3) {
            return array("!", filter(table, depth - 1));
        }
        ArrayNode all = array(choice == 4 ? "&" : "|");
        for (int count = random.nextInt(3) + 1; count > 0; count--) {
            all.add(chance(2) ? array("=", "name", name(table)) : filter(table, depth - 1));
        }
        return all;
    }

    private ArrayNode relation(String table) {
        int column = random.nextInt(fields.get(table).size());
        String field = fields.get(table).get(column);
        JsonNode row = rows.get(table).path(random.nextInt(rows.get(table).size()));
        JsonNode value = row.path(column).path(1);
        String relation = pick(RELATIONS);
        if (relation.equals("=[]")) {
            value = value.isArray() && !value.isEmpty() ? value.get(random.nextInt(value.size())) : value;
        }
        if (relation.equals("=~")) {
            String text = value.isTextual() ? value.textValue() : "node";
            return array(relation, field, text.isEmpty() ? "^" : "^" + text.charAt(0) + ".*[0-9]");
        }
        if (value.isContainerNode() || value.isNull()) {
            return array(relation, field, chance(2) ? "x" : random.nextInt(30));
        }
        return array(relation, field, value);
    }

    private String name(String table) {
        JsonNode all = rows.get(table);
        int column = fields.get(table).indexOf("name");
        return abbreviated(
                all.path(random.nextInt(all.size())).path(column).path(1).asText());
    }

    private String abbreviated(String name) {
        int dot = name.indexOf('.');
        return switch (random.nextInt(8)) {
            case 0 -> dot < 0 ? name : name.substring(0, dot);
            case 1 -> "nope";
            default -> name;
        };
    }

    private ArrayNode array(Object... elements) {
        ArrayNode array = json.createArrayNode();
        for (Object element : elements) {
            array.addPOJO(element);
        }
        return json.convertValue(array, ArrayNode.class);
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }
}
