package org.msgr2.confd.watch;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.JsonSlice;

/** What differs between two snapshots. */
public final class ConfigDiff {
    private ConfigDiff() {}

    /**
     * The values below a path that were added, have changed or were removed, in this order of their paths: those of the newer
     * snapshot first. Containers are compared object by object. What only looks different is no difference.
     */
    public static List<Change> between(ClusterConfig older, ClusterConfig newer, ConfigPath path) {
        Map<ConfigPath, JsonSlice> before = Parts.of(older, path);
        List<Change> changes = new ArrayList<>();
        for (Map.Entry<ConfigPath, JsonSlice> part : Parts.of(newer, path).entrySet()) {
            JsonSlice old = before.remove(part.getKey());
            if (!Parts.same(old, part.getValue())) {
                changes.add(new Change(part.getKey(), old, part.getValue()));
            }
        }
        before.forEach((gone, value) -> changes.add(new Change(gone, value, null)));
        return changes;
    }
}
