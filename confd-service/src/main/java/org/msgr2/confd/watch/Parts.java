package org.msgr2.confd.watch;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.ConfigValue;
import org.msgr2.confd.config.JsonSlice;

/** What a path is compared by: a container object by object, the root section by section, all else as one. */
final class Parts {
    private Parts() {}

    /** All that a snapshot has below a path; empty if it has nothing there. */
    static Map<ConfigPath, JsonSlice> of(ClusterConfig config, ConfigPath path) {
        Map<ConfigPath, JsonSlice> parts = new LinkedHashMap<>();
        if (path.steps().isEmpty()) {
            config.sections().stream().sorted().forEach(section -> add(config, path.child(section), parts));
        } else {
            add(config, path, parts);
        }
        return parts;
    }

    private static void add(ClusterConfig config, ConfigPath path, Map<ConfigPath, JsonSlice> parts) {
        List<String> steps = path.steps();
        Map<String, ? extends ConfigValue> members = steps.size() == 1 ? config.members(steps.get(0)) : null;
        JsonSlice value = members == null ? config.find(path) : null;
        if (members != null) {
            members.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(member -> parts.put(
                            path.child(member.getKey()), member.getValue().json()));
        } else if (value != null) {
            parts.put(path, value);
        }
    }

    /** Whether two values are the same, in whatever words. */
    static boolean same(@Nullable JsonSlice one, @Nullable JsonSlice other) {
        if (one == null || other == null) {
            return one == null && other == null;
        }
        return one.equals(other) || Arrays.equals(ContentHash.canonical(one), ContentHash.canonical(other));
    }
}
