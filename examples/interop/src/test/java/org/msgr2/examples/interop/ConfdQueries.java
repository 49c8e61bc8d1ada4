package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * Random queries about a cluster, of each type of request (spec/confd §2): most of them about what there is, some about
 * what there is not, some of a kind that the type does not take. Not thread-safe.
 */
final class ConfdQueries {

    /** What is no name, link or address of any cluster. */
    private static final List<String> STRANGE = List.of(
            "",
            ".",
            "nope",
            "nope.example",
            "192.0.2.250",
            "a..b",
            " web",
            "web ",
            "\"",
            "\\",
            "a/b",
            "~",
            "null",
            "0",
            "\t",
            "caf\u00e9",
            "\u2603");

    /** Members that objects may leave out, and a few that other objects have. */
    private static final List<String> OPTIONAL = List.of(
            "ctime",
            "mtime",
            "tags",
            "members",
            "nics",
            "disks",
            "beparams",
            "hvparams",
            "osparams",
            "children",
            "nodes",
            "iv_name",
            "mode",
            "params",
            "hv_state_static",
            "disk_state_static",
            "forthcoming",
            "network_port",
            "ip");

    private final ObjectMapper json = new ObjectMapper();
    private final Random random;
    private final JsonNode config;
    private final List<String> nodes = new ArrayList<>();
    private final List<String> instances = new ArrayList<>();
    private final List<String> ips = new ArrayList<>();
    private final List<String> links = new ArrayList<>();

    ConfdQueries(Random random, JsonNode config) {
        this.random = random;
        this.config = config;
        collectNames(config.path("nodes"), nodes);
        collectNames(config.path("instances"), instances);
        config.path("instances")
                .forEach(instance -> instance.path("nics").forEach(nic -> {
                    ips.add(nic.path("ip").asText("192.0.2.251"));
                    links.add(nic.path("nicparams").path("link").asText("no-link"));
                }));
        links.add(config.at("/cluster/nicparams/default/link").asText());
    }

    private static void collectNames(JsonNode objects, List<String> names) {
        objects.properties().forEach(entry -> {
            names.add(entry.getKey());
            names.add(entry.getValue().path("name").asText());
            names.add(entry.getValue().path("name").asText());
        });
    }

    /** A query for this type, as JSON text; null for none. */
    String next(int type) {
        if (chance(12)) {
            return wrongKind();
        }
        return switch (type) {
            case 1, 7, 8 -> text(chance(15) ? name(instances) : name(nodes));
            case 2 -> pipByIp();
            case 3 -> chance(4) ? "null" : masterFields();
            case 6 -> chance(5) ? "null" : text(link());
            case 9 -> text(chance(15) ? name(nodes) : name(instances));
            case 10 -> text(path());
            default -> wrongKind();
        };
    }

    /** Anything that a query may be: each type ignores it or has an opinion about it. */
    private String wrongKind() {
        return switch (random.nextInt(6)) {
            case 0 -> "null";
            case 1 -> "{}";
            case 2 -> "{\"0\":" + text(link()) + "}";
            case 3 -> text(pick(STRANGE));
            case 4 -> masterFields();
            default -> text(pick(nodes));
        };
    }

    /** A name as it is, abbreviated at or beside a label, with the case changed, and so on. */
    private String name(List<String> names) {
        String name = pick(names);
        int cut = random.nextInt(name.length());
        int dot = name.indexOf('.', cut);
        return switch (random.nextInt(10)) {
            case 0, 1, 2 -> name;
            case 3, 4, 5 -> dot < 0 ? name : name.substring(0, dot);
            case 6 -> name.substring(0, cut);
            case 7 -> chance(2) ? name + "." : name + ".example";
            case 8 -> chance(2) ? name.toUpperCase(Locale.ROOT) : name.toLowerCase(Locale.ROOT);
            default -> pick(STRANGE);
        };
    }

    private String link() {
        return chance(6) ? pick(STRANGE) : pick(links);
    }

    private String ip() {
        return chance(6) ? pick(STRANGE) : pick(ips);
    }

    private String pipByIp() {
        ObjectNode query = json.createObjectNode();
        if (!chance(3)) {
            query.put("0", link());
        }
        if (chance(2)) {
            query.put("1", ip());
        }
        if (chance(2)) {
            ArrayNode list = query.putArray("2");
            for (int count = random.nextInt(7); count > 0; count--) {
                list.add(ip());
            }
        }
        if (chance(8)) {
            query.putArray("3").add(random.nextInt(4));
        }
        if (chance(8)) {
            query.putNull(Integer.toString(random.nextInt(4)));
        }
        return query.toString();
    }

    private String masterFields() {
        ObjectNode query = json.createObjectNode();
        if (!chance(8)) {
            ArrayNode fields = query.putArray("3");
            boolean strings = chance(6); // as Ganeti 2.7 to 2.9 writes them
            for (int count = random.nextInt(6); count > 0; count--) {
                int field = chance(12) ? random.nextInt(9) - 3 : random.nextInt(3);
                if (strings) {
                    fields.add(Integer.toString(field));
                } else {
                    fields.add(field);
                }
            }
        }
        if (chance(8)) {
            query.put("0", link());
        }
        return query.toString();
    }

    /** A path to somewhere in the configuration, or just beside it. */
    private String path() {
        StringBuilder path = new StringBuilder();
        JsonNode at = config;
        for (int depth = random.nextInt(6) + (chance(3) ? 0 : 1);
                depth > 0 && at.isContainerNode() && !at.isEmpty();
                depth--) {
            String step;
            if (at.isArray()) {
                step = Integer.toString(random.nextInt(at.size()));
                at = at.get(Integer.parseInt(step));
            } else {
                List<String> keys = new ArrayList<>();
                at.fieldNames().forEachRemaining(keys::add);
                keys.sort(Comparator.naturalOrder());
                step = pick(keys);
                at = at.get(step);
            }
            path.append('/').append(step.replace("~", "~0").replace("/", "~1"));
        }
        return switch (random.nextInt(16)) {
            case 14, 15 -> path + "/" + pick(OPTIONAL);
            case 0 -> path + "/";
            case 1 -> path + "/nope";
            case 2 -> path + "/" + (random.nextInt(12) - 3);
            case 3 -> path + "/0" + random.nextInt(3);
            case 4 -> path.isEmpty() ? "cluster" : path.substring(1);
            case 5 -> path + pick(List.of("/-", "//", "/~", "/~2", "/~01", "/%20", "/ ", "/0x0", "/1e0", "/+1"));
            default -> path.toString();
        };
    }

    private boolean chance(int oneIn) {
        return random.nextInt(oneIn) == 0;
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static String text(String value) {
        return ConfdQuestion.quoted(value);
    }
}
