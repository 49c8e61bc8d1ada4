package org.msgr2.crypto.tls;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/**
 * Files with secrets. The rule is that of keyrings: nobody but the owner may write, nobody but owner and group may read. On
 * file systems without POSIX permissions nothing can be checked.
 */
final class PrivateFile {
    private static final Set<PosixFilePermission> FORBIDDEN = EnumSet.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");

    private PrivateFile() {}

    /** @throws IOException saying which permissions the file has, and which it should have */
    static void check(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (permissions.stream().anyMatch(FORBIDDEN::contains)) {
            throw new IOException(file + ": open to others (" + PosixFilePermissions.toString(permissions)
                    + "): a private key is secret, use chmod 0600");
        }
    }

    /**
     * Replaces a file: whoever reads meanwhile, or after a crash, sees the old one or the new one.
     *
     * @param secret whether it is 0600; else it is 0644
     */
    static void replace(Path file, byte[] bytes, boolean secret) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path directory = target.getParent();
        Path name = target.getFileName();
        if (directory == null || name == null) {
            throw new IOException("'" + file + "' is no name for a file");
        }
        // Such files are 0600 from the start where there are POSIX permissions.
        Path temporary = Files.createTempFile(directory, name + ".", ".tmp");
        try {
            Files.write(temporary, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            if (!secret && Files.getFileAttributeView(temporary, PosixFileAttributeView.class) != null) {
                Files.setPosixFilePermissions(temporary, PUBLIC);
            }
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
    }
}
