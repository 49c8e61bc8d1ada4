package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;

/**
 * What we need of a {@code ceph.conf}: sections of {@code key = value}, where spaces, underscores and dashes in a key are
 * the same, {@code #} and {@code ;} begin comments, and a backslash at the end continues a line.
 */
final class CephConf {
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

    /** The monitors of {@code mon host}, in its order. */
    List<EntityAddrVec> monHosts(EntityName entity) throws Failure {
        String hosts = value("mon host", entity);
        if (hosts == null || hosts.isBlank()) {
            throw Failure.of(file + " has no 'mon host'; give --mon ADDR instead");
        }
        try {
            return MonHosts.parse(hosts);
        } catch (IllegalArgumentException e) {
            throw Failure.of(file + ", mon host: " + e.getMessage(), e);
        }
    }
}
