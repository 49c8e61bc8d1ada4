package org.msgr2.confd.watch;

import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ConfigPath;
import org.msgr2.confd.config.JsonSlice;

/**
 * One value that is not as it was. Immutable.
 *
 * @param path of the value: an object of a container, or else the path that is watched
 * @param before null if there was none
 * @param after null if there is none any more
 */
public record Change(
        ConfigPath path,
        @Nullable JsonSlice before,
        @Nullable JsonSlice after) {

    /** Told by the bytes that the values have in the history; at least one value is there. */
    int sizeBytes() {
        return after == null ? 0 : after.sizeBytes();
    }

    /** The same without the old value, and without holding the file that the new one came from. */
    Change forHistory() {
        return new Change(path, null, after == null ? null : after.detached());
    }
}
