package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;

/**
 * What we need of a {@code ceph.conf}: sections of {@code key = value}, where spaces, underscores and dashes in a key are
 * the same, {@code #} and {@code ;} begin comments, and a backslash at the end continues a line.
 */
final class CephConf {
    static final String CLUSTER_DEFAULT = "ceph";

    /** Ceph's metavariables, with or without braces. */
    private static final Pattern VARIABLE = Pattern.compile("\\$(?:\\{([a-z_]+)}|([a-z_]+))");

    private final Path file;
    private final Map<String, Map<String, String>> sections;

    private CephConf(Path file, Map<String, Map<String, String>> sections) {
        this.file = file;
        this.sections = sections;
    }

    static CephConf read(Path file) throws Failure {
        try {
            return parse(file, Files.readString(file, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw Failure.of("cannot read " + file + ": " + Faults.file(e), e);
        }
    }

    static CephConf parse(Path file, String text) throws Failure {
        Map<String, Map<String, String>> sections = new HashMap<>();
        String section = "global";
        int number = 0;
        StringBuilder continued = new StringBuilder();
        for (String raw : text.lines().toList()) {
            number++;
            if (raw.endsWith("\\")) {
                continued.append(raw, 0, raw.length() - 1);
                continue;
            }
            String line = withoutComment(continued.append(raw).toString()).strip();
            continued.setLength(0);
            int equals = line.indexOf('=');
            if (line.startsWith("[") && line.endsWith("]")) {
                section = line.substring(1, line.length() - 1).strip();
            } else if (equals > 0) {
                sections.computeIfAbsent(section, name -> new HashMap<>())
                        .put(key(line.substring(0, equals)), unquoted(line.substring(equals + 1)));
            } else if (!line.isEmpty()) {
                throw Failure.of(file + ", line " + number + ": expected '[section]' or 'key = value'");
            }
        }
        return new CephConf(file, sections);
    }

    private static String withoutComment(String line) {
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote != 0) {
                quote = c == quote ? 0 : quote;
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if (c == '#' || c == ';') {
                return line.substring(0, i);
            }
        }
        return line;
    }

    private static String key(String text) {
        return text.strip().replaceAll("[\\s_-]+", "_").toLowerCase(Locale.ROOT);
    }

    private static String unquoted(String text) {
        String value = text.strip();
        boolean quoted = value.length() >= 2
                && (value.startsWith("\"") || value.startsWith("'"))
                && value.charAt(0) == value.charAt(value.length() - 1);
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** The value of the entity's own section, else of its type's, else of {@code [global]}; null if there is none. */
    @Nullable String value(String name, EntityName entity) {
        for (String section : List.of(entity.toString(), entity.type().toString(), "global")) {
            String value = sections.getOrDefault(section, Map.of()).get(key(name));
            if (value != null) {
                return value;
            }
        }
        return null;
    }

    /** The name of the cluster is that of the file, {@code ceph.conf} is of the cluster {@code ceph} (observed on 16.2.15). */
    String cluster() {
        Path name = file.getFileName();
        String text = name == null ? "" : name.toString();
        return text.endsWith(".conf") && text.length() > ".conf".length()
                ? text.substring(0, text.length() - ".conf".length())
                : CLUSTER_DEFAULT;
    }

    /** A value with {@code $cluster}, {@code $name}, {@code $type} and {@code $id} filled in; other variables stay. */
    static String expand(String value, String cluster, EntityName entity) {
        return VARIABLE.matcher(value).replaceAll(match -> {
            String variable = match.group(1) == null ? match.group(2) : match.group(1);
            return Matcher.quoteReplacement(
                    switch (variable) {
                        case "cluster" -> cluster;
                        case "name" -> entity.toString();
                        case "type" -> entity.type().toString();
                        case "id" -> entity.id();
                        default -> match.group();
                    });
        });
    }

    /** The methods of {@code auth client required} that we have, in its order; cephx if it is not there. */
    List<AuthMethod> authMethods(EntityName entity) throws Failure {
        List<AuthMethod> methods = new ArrayList<>();
        for (String word : words("auth client required", entity)) {
            switch (word) {
                case "cephx" -> methods.add(AuthMethod.CEPHX);
                case "none" -> methods.add(AuthMethod.NONE);
                case "gss" -> {} // others may follow
                default ->
                    throw Failure.of(
                            file + ", auth client required: unknown method '" + word + "', expected cephx or none");
            }
        }
        if (methods.isEmpty() && value("auth client required", entity) != null) {
            throw Failure.of(file + ", auth client required: neither cephx nor none; give --auth METHOD instead");
        }
        return methods.isEmpty()
                ? List.of(AuthMethod.CEPHX)
                : methods.stream().distinct().toList();
    }

    /**
     * Connection modes in order of preference.
     *
     * @param base if the file says nothing
     */
    List<ConnectionMode> modes(String key, EntityName entity, List<ConnectionMode> base) throws Failure {
        List<ConnectionMode> modes = new ArrayList<>();
        for (String word : words(key, entity)) {
            switch (word) {
                case "crc" -> modes.add(ConnectionMode.CRC);
                case "secure" -> modes.add(ConnectionMode.SECURE);
                default ->
                    throw Failure.of(file + ", " + key + ": unknown mode '" + word + "', expected crc or secure");
            }
        }
        return modes.isEmpty() ? base : modes.stream().distinct().toList();
    }

    private List<String> words(String key, EntityName entity) {
        String value = value(key, entity);
        return value == null
                ? List.of()
                : Arrays.stream(value.split("[,;\\s]+"))
                        .filter(word -> !word.isEmpty())
                        .toList();
    }

    /** The monitors of {@code mon host}, in its order; empty if the file does not say. */
    List<EntityAddrVec> monHosts(EntityName entity) throws Failure {
        String hosts = value("mon host", entity);
        if (hosts == null) {
            return List.of();
        }
        try {
            return MonHosts.parse(hosts);
        } catch (IllegalArgumentException e) {
            throw Failure.of(file + ", mon host: " + e.getMessage(), e);
        }
    }
}
