package org.msgr2.confd.watch;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigPath;

/** The last events of one path, each of which leads from the revision before it to its own. Not thread-safe. */
final class PathHistory {
    private final ConfigPath path;
    private final WatchLimits limits;
    private final WatchView view;
    private final ContentHash hash;
    private final Deque<WatchEvent> events = new ArrayDeque<>();
    private long bytes;
    /** Where the first event starts from. */
    private Revision base;

    private Revision current;
    private int watchers;

    PathHistory(ConfigPath path, ClusterConfig config, WatchLimits limits, WatchView view) {
        this.path = path;
        this.limits = limits;
        this.view = view;
        hash = new ContentHash(view.of(config, path));
        current = new Revision(config.serialNo(), hash.hex());
        base = current;
    }

    Revision current() {
        return current;
    }

    boolean isWatched() {
        return watchers > 0;
    }

    void watch() {
        watchers++;
    }

    void unwatch() {
        watchers--;
    }

    /** The next snapshot has come; the event that this makes, or null. */
    @Nullable WatchEvent advance(ClusterConfig older, ClusterConfig newer) {
        List<Change> changes = view.of(ConfigDiff.between(older, newer, path));
        if (changes.isEmpty()) {
            return null;
        }
        hash.apply(changes);
        current = new Revision(newer.serialNo(), hash.hex());
        WatchEvent event = new WatchEvent(
                WatchEvent.Kind.CHANGED,
                current,
                changes.stream().map(Change::forHistory).toList());
        events.addLast(event);
        bytes += event.sizeBytes();
        while (events.size() > limits.eventsMax() || (bytes > limits.historyBytesMax() && events.size() > 1)) {
            WatchEvent oldest = events.removeFirst();
            bytes -= oldest.sizeBytes();
            base = oldest.revision();
        }
        return event;
    }

    /** The events after a revision; null if it is not known here (any more). */
    @Nullable List<WatchEvent> since(Revision revision) {
        List<WatchEvent> after = new ArrayList<>(events);
        if (revision.equals(base)) {
            return after;
        }
        int at = lastIndexOf(revision, after);
        if (at >= 0) {
            return after.subList(at + 1, after.size());
        }
        // Another node, or this one after a restart, saw the same content first in a file with another serial number.
        if (revision.contentHash().equals(current.contentHash())) {
            return List.of();
        }
        return null;
    }

    /** Whether the events after a revision are known; there may be none. */
    boolean knows(Revision told) {
        return newerThan(told) >= 0;
    }

    /** The event after a revision that is known; null if there is none yet. */
    @Nullable WatchEvent next(Revision told) {
        Iterator<WatchEvent> newestFirst = events.descendingIterator();
        WatchEvent event = null;
        for (int left = newerThan(told); left > 0; left--) {
            event = newestFirst.next();
        }
        return event;
    }

    /** How many events there are after a revision, or after the same content with another serial number; -1 if unknown. */
    private int newerThan(Revision told) {
        int exactly = newerThan(told::equals);
        return exactly >= 0
                ? exactly
                : newerThan(revision -> revision.contentHash().equals(told.contentHash()));
    }

    private int newerThan(Predicate<Revision> meant) {
        int newer = 0;
        for (Iterator<WatchEvent> newestFirst = events.descendingIterator(); newestFirst.hasNext(); newer++) {
            if (meant.test(newestFirst.next().revision())) {
                return newer;
            }
        }
        return meant.test(base) ? newer : -1;
    }

    private static int lastIndexOf(Revision revision, List<WatchEvent> events) {
        for (int at = events.size() - 1; at >= 0; at--) {
            if (events.get(at).revision().equals(revision)) {
                return at;
            }
        }
        return -1;
    }
}
