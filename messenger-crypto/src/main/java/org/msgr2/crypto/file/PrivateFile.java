package org.msgr2.crypto.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Files with secrets. The rule is that of keyrings: nobody but the owner may write, nobody but owner and group may read; one
 * that a daemon's group reads is customary ({@code 0640 root:ceph}). On file systems without POSIX permissions nothing can be
 * checked. Blocks on the file system: not for an event loop.
 */
public final class PrivateFile {
    private static final Set<PosixFilePermission> OWNER_AND_GROUP = EnumSet.of(
            PosixFilePermission.OWNER_READ,
            PosixFilePermission.OWNER_WRITE,
            PosixFilePermission.OWNER_EXECUTE,
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_EXECUTE);

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

    private PrivateFile() {}

    /** Whether the file breaks the rule; if so, what is wrong, for a message: {@code open to others (rw-r--r--)}. */
    public static Optional<String> openToOthers(Path file) throws IOException {
        return openBeyond(OWNER_AND_GROUP, file);
    }

    /** The same for a file that is its owner's alone, the group included in the others. */
    public static Optional<String> openBeyondOwner(Path file) throws IOException {
        return openBeyond(OWNER, file);
    }

    private static Optional<String> openBeyond(Set<PosixFilePermission> allowed, Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return Optional.empty();
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        return allowed.containsAll(permissions)
                ? Optional.empty()
                : Optional.of("open to others (" + PosixFilePermissions.toString(permissions) + ")");
    }

    /**
     * Replaces a file, or makes it: whoever reads meanwhile, or after a crash, sees the old one or the whole new one; once this
     * returns, the new one. A symbolic link stays one. An existing file's owner and permissions are not kept.
     *
     * @param bytes stay the caller's, to be wiped
     * @param secret whether it is 0600; else it is 0644
     */
    public static void replace(Path file, byte[] bytes, boolean secret) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path directory = target.getParent();
        Path name = target.getFileName();
        if (directory == null || name == null) {
            throw new IOException("'" + file + "' is no name for a file");
        }
        // Such files are 0600 from the start where there are POSIX permissions.
        Path temporary = Files.createTempFile(directory, name + ".", ".tmp");
        try {
            // On the disk before the name points to it.
            Files.write(temporary, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            if (!secret && Files.getFileAttributeView(temporary, PosixFileAttributeView.class) != null) {
                Files.setPosixFilePermissions(temporary, PUBLIC);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        syncDirectory(directory);
    }

    /** The rename itself is durable only when the directory is. Windows cannot open one, and needs not. */
    private static void syncDirectory(Path directory) throws IOException {
        if (Files.getFileAttributeView(directory, PosixFileAttributeView.class) != null) {
            try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }
}
