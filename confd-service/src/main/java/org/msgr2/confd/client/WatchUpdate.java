package org.msgr2.confd.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.watch.Revision;
import org.msgr2.confd.watch.WatchEvent;

/**
 * What a watcher hears. It may hold secrets, so {@link #toString} leaves the values out.
 *
 * @param kind what the values are relative to
 * @param revision the state that the watcher has after the last update of the event
 * @param more whether another update of the same event follows: until then what the watcher has is no state of the configuration
 */
public record WatchUpdate(WatchEvent.Kind kind, Revision revision, List<Value> values, boolean more) {

    /**
     * One value that has changed, or is there.
     *
     * @param path of an object of a container, or else the path that is watched
     * @param value null if it was removed; the holder's own
     */
    public record Value(String path, @Nullable JsonNode value) {
        @Override
        public String toString() {
            return path;
        }
    }

    public WatchUpdate {
        values = List.copyOf(values);
    }
}
