package org.msgr2.confd.watch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.JsonSlice;

/** What some watchers may see: a hash of what they may not see would tell them too much. Stateless and thread-safe. */
@FunctionalInterface
public interface WatchView {
    WatchView EVERYTHING = (path, value) -> value;

    /** The value at a path as they see it. */
    JsonSlice show(ConfigPath path, JsonSlice value);

    /** All that a snapshot has below a path. */
    default Map<ConfigPath, JsonSlice> of(ClusterConfig config, ConfigPath path) {
        Map<ConfigPath, JsonSlice> parts = new LinkedHashMap<>(Parts.of(config, path));
        parts.replaceAll(this::show);
        return parts;
    }

    /** Of some changes those that they see. */
    default List<Change> of(List<Change> changes) {
        List<Change> seen = new ArrayList<>(changes.size());
        for (Change change : changes) {
            JsonSlice before = showNullable(change.path(), change.before());
            JsonSlice after = showNullable(change.path(), change.after());
            if (!Parts.same(before, after)) {
                seen.add(new Change(change.path(), before, after));
            }
        }
        return seen;
    }

    private @Nullable JsonSlice showNullable(ConfigPath path, @Nullable JsonSlice value) {
        return value == null ? null : show(path, value);
    }
}
