package org.msgr2.confd.reload;

import org.jspecify.annotations.Nullable;

/**
 * How the configuration is doing, for health and metrics. Immutable.
 *
 * @param loads how often a new content was loaded
 * @param failures how often reading or parsing failed, half-written files included
 * @param loadedAtMs when the current content was loaded, in milliseconds since 1970; 0 is never
 * @param lastLoadNs how long the last load took, from the first byte read until every index was built
 * @param watching whether changes are reported by the system; they are found by polling otherwise
 * @param problem why the file as it is now cannot be used; null if it can. Names the file, never its content
 */
public record ReloadStatus(
        long loads,
        long failures,
        long loadedAtMs,
        long lastLoadNs,
        boolean watching,
        @Nullable String problem) {}
