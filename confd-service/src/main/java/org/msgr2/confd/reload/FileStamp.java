package org.msgr2.confd.reload;

/**
 * What tells one content of a file from the next. Change time and nanoseconds are part of it, so that two writes in place
 * within a second, of equal length, differ: the real daemon never sees the second one (spec/confd §5).
 *
 * @param modifiedNs time of modification, in nanoseconds since 1970
 * @param changedNs time of the inode's change; 0 where the file system has none
 * @param inode 0 where the file system has none
 */
public record FileStamp(long modifiedNs, long changedNs, long inode, long sizeBytes) {
    /** No such file, or one that we cannot look at. */
    public static final FileStamp MISSING = new FileStamp(0, 0, 0, -1);
}
