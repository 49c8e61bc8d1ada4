package org.msgr2.session.transport;

import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.msgr2.core.wire.Limits;

/**
 * Bounds of a listener for streams.
 *
 * @param streamsMax accepted streams that are open; one more is closed at once and counted
 * @param readBytes the most that is read from a stream at once, until {@link ByteStream#setReadBufferBytes}
 * @param fileMode who may use a Unix-domain socket's path: to connect takes the permission to write. Set before anybody can
 *     connect with epoll, and right behind it otherwise: until then the process's umask and the directory's mode decide
 */
public record StreamOptions(int streamsMax, int readBytes, Set<PosixFilePermission> fileMode) {

    public StreamOptions {
        if (streamsMax < 1 || readBytes < 1) {
            throw new IllegalArgumentException(
                    "streamsMax and readBytes must be at least 1: " + streamsMax + ", " + readBytes);
        }
        fileMode = Set.copyOf(fileMode);
    }

    /** What the messenger's limits say; a path is for its owner only. */
    public static StreamOptions of(Limits limits) {
        return new StreamOptions(limits.services().streamsMax(), 2048, PosixFilePermissions.fromString("rw-------"));
    }

    public StreamOptions withStreamsMax(int streams) {
        return new StreamOptions(streams, readBytes, fileMode);
    }

    /** @param mode as {@code rw-rw----} */
    public StreamOptions withFileMode(String mode) {
        return new StreamOptions(streamsMax, readBytes, PosixFilePermissions.fromString(mode));
    }
}
