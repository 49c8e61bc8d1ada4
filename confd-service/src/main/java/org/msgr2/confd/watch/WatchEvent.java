package org.msgr2.confd.watch;

import java.util.List;

/**
 * What a watcher is told. Immutable.
 *
 * @param kind what the changes are relative to
 * @param revision the state that the watcher has after them, and goes on from later
 * @param changes without the old values
 */
public record WatchEvent(Kind kind, Revision revision, List<Change> changes) {
    /** What the changes are relative to. */
    public enum Kind {
        /** To the event before. */
        CHANGED,
        /** To nothing: the watcher had no state, and these are all values. */
        SNAPSHOT,
        /** To nothing: the watcher's state is too old to go on from. It forgets what it has; these are all values. */
        RESYNC,
        /** No changes: the watcher has this state already. */
        CURRENT
    }

    public WatchEvent {
        changes = List.copyOf(changes);
    }

    long sizeBytes() {
        long sum = 0;
        for (Change change : changes) {
            sum += change.sizeBytes();
        }
        return sum;
    }
}
