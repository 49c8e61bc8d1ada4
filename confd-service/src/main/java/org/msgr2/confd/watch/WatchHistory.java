package org.msgr2.confd.watch;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigPath;

/**
 * The histories of all watched paths (architecture of watches: subscribe, be told every change once, go on after a
 * reconnect). A path is followed from its first watcher on, and for as long as there is room after its last, so that
 * watchers who come back miss nothing. Not thread-safe.
 */
public final class WatchHistory {
    private final WatchLimits limits;
    private final Map<ConfigPath, PathHistory> paths = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable ClusterConfig config;

    public WatchHistory(WatchLimits limits) {
        this.limits = limits;
    }

    /**
     * The event of a path.
     *
     * @param event to be told to all its watchers
     */
    public record PathEvent(ConfigPath path, WatchEvent event) {}

    /** A new snapshot is there. While there is none, because the file is bad, nothing is called: nothing has changed. */
    public List<PathEvent> advance(ClusterConfig next) {
        ClusterConfig previous = config;
        config = next;
        List<PathEvent> told = new ArrayList<>();
        if (previous != null) {
            paths.forEach((path, history) -> {
                WatchEvent event = history.advance(previous, next);
                if (event != null) {
                    told.add(new PathEvent(path, event));
                }
            });
        }
        return told;
    }

    /**
     * Somebody begins to watch, or to watch again.
     *
     * @param since the revision of the last event that the watcher has got; null if it has none
     * @return what it is to be told before all later events of {@link #advance}; null if nothing has been loaded yet or too
     *     many paths are watched: then it does not watch
     */
    public @Nullable List<WatchEvent> watch(ConfigPath path, @Nullable Revision since) {
        if (config == null) {
            return null;
        }
        PathHistory history = paths.get(path);
        if (history == null) {
            if (!makeRoom()) {
                return null;
            }
            history = new PathHistory(path, config, limits);
            paths.put(path, history);
        }
        history.watch();
        return eventsFor(history, path, since, config);
    }

    private static List<WatchEvent> eventsFor(
            PathHistory history, ConfigPath path, @Nullable Revision since, ClusterConfig config) {
        if (since == null) {
            return List.of(all(WatchEvent.Kind.SNAPSHOT, history, path, config));
        }
        List<WatchEvent> missed = history.since(since);
        if (missed == null) {
            return List.of(all(WatchEvent.Kind.RESYNC, history, path, config));
        }
        return missed.isEmpty()
                ? List.of(new WatchEvent(WatchEvent.Kind.CURRENT, history.current(), List.of()))
                : missed;
    }

    private static WatchEvent all(WatchEvent.Kind kind, PathHistory history, ConfigPath path, ClusterConfig config) {
        List<Change> values = new ArrayList<>();
        Parts.of(config, path).forEach((part, value) -> values.add(new Change(part, null, value)));
        return new WatchEvent(kind, history.current(), values);
    }

    /** Forgets the path that nobody has watched for the longest time, if there is no room for another one. */
    private boolean makeRoom() {
        Iterator<PathHistory> oldestFirst = paths.values().iterator();
        while (paths.size() >= limits.pathsMax() && oldestFirst.hasNext()) {
            if (!oldestFirst.next().isWatched()) {
                oldestFirst.remove();
            }
        }
        return paths.size() < limits.pathsMax();
    }

    /** One watcher of a path has gone, whom {@link #watch} took. */
    public void unwatch(ConfigPath path) {
        PathHistory history = paths.get(path);
        if (history == null || !history.isWatched()) {
            throw new IllegalStateException("nobody watches " + path);
        }
        history.unwatch();
    }
}
