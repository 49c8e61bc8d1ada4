package org.msgr2.confd.watch;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
    private final WatchView view;
    private final Map<ConfigPath, PathHistory> paths = new LinkedHashMap<>(16, 0.75f, true);
    private @Nullable ClusterConfig config;

    /** Of watchers who may see everything. */
    public WatchHistory(WatchLimits limits) {
        this(limits, WatchView.EVERYTHING);
    }

    /**
     * @param view what its watchers may see; their revisions depend on nothing else
     */
    public WatchHistory(WatchLimits limits, WatchView view) {
        this.limits = limits;
        this.view = view;
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
        return follow(path) ? eventsFor(history(path), path, since, loaded()) : null;
    }

    /**
     * The first half of {@link #watch}: somebody watches, and asks {@link #next} for every event.
     *
     * @return false if nothing has been loaded yet or too many paths are watched: then nobody does
     */
    public boolean follow(ConfigPath path) {
        if (config == null) {
            return false;
        }
        PathHistory history = paths.get(path);
        if (history == null) {
            if (!makeRoom()) {
                return false;
            }
            history = new PathHistory(path, config, limits, view);
            paths.put(path, history);
        }
        history.watch();
        return true;
    }

    /** Whether there is a snapshot to watch. */
    public boolean isLoaded() {
        return config != null;
    }

    /**
     * What a watcher of a path is told next. So a slow one needs no queue of its own: the history is the queue, and who falls
     * behind it is told everything.
     *
     * @param told the revision of the last event that it has got; null if it has none
     * @return null if it has the current state
     */
    public @Nullable WatchEvent next(ConfigPath path, @Nullable Revision told) {
        PathHistory history = history(path);
        if (told == null) {
            return everything(path, WatchEvent.Kind.SNAPSHOT);
        }
        if (history.knows(told)) {
            return history.next(told);
        }
        return everything(path, WatchEvent.Kind.RESYNC);
    }

    /** All that a watched path has now. */
    public WatchEvent everything(ConfigPath path, WatchEvent.Kind kind) {
        return all(kind, history(path), path, loaded());
    }

    private PathHistory history(ConfigPath path) {
        PathHistory history = paths.get(path);
        if (history == null) {
            throw new IllegalStateException("nobody watches " + path);
        }
        return history;
    }

    private ClusterConfig loaded() {
        return Objects.requireNonNull(config);
    }

    private List<WatchEvent> eventsFor(
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

    private WatchEvent all(WatchEvent.Kind kind, PathHistory history, ConfigPath path, ClusterConfig config) {
        List<Change> values = new ArrayList<>();
        view.of(config, path).forEach((part, value) -> values.add(new Change(part, null, value)));
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
