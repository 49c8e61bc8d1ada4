package org.msgr2.confd.watch;

/**
 * @param pathsMax paths whose history is kept; while all of them are watched, no further one can be
 * @param eventsMax events that are kept of one path
 * @param historyBytesMax values that are kept of one path, in bytes; the last event is kept whatever its size
 */
public record WatchLimits(int pathsMax, int eventsMax, long historyBytesMax) {
    public static final WatchLimits DEFAULTS = new WatchLimits(1000, 1000, 8L << 20);
}
