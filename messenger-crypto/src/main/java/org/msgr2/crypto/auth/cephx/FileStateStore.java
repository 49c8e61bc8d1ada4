package org.msgr2.crypto.auth.cephx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;

/**
 * An {@link AuthorityState} in a file that nobody but its owner may open. Whoever reads it after a crash sees the old or the
 * new one, whole. On file systems without POSIX permissions nothing can be checked.
 */
public final class FileStateStore implements StateStore {
    /** A state has a few kilobytes. */
    private static final int BYTES_MAX = 1 << 20;

    private static final Set<PosixFilePermission> OWNER =
            EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

    private final Path file;

    /** @param file need not exist yet; its directory must */
    public FileStateStore(Path file) {
        this.file = file.toAbsolutePath();
    }

    @Override
    public Optional<AuthorityState> load() throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            checkPermissions();
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        try {
            if (bytes.length > BYTES_MAX) {
                throw new IOException(file + ": larger than the " + BYTES_MAX + " bytes of any state");
            }
            return Optional.of(AuthorityState.decode(Opaque.copyOf(bytes)));
        } catch (ProtocolException e) {
            throw new IOException(file + ": " + e.getMessage(), e);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    private void checkPermissions() throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (!OWNER.containsAll(permissions)) {
            throw new IOException(file + ": open to others (" + PosixFilePermissions.toString(permissions)
                    + "): its keys are secret, use chmod 0600");
        }
    }

    @Override
    public void save(AuthorityState state) throws IOException {
        Path directory = file.getParent();
        Path name = file.getFileName();
        if (directory == null || name == null) {
            throw new IOException("'" + file + "' is no name for a file");
        }
        byte[] bytes = state.encode().toByteArray();
        // Such files are 0600 from the start where there are POSIX permissions.
        Path temporary = Files.createTempFile(directory, name + ".", ".tmp");
        try {
            // On the disk before the name points to it.
            Files.write(temporary, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        } finally {
            Arrays.fill(bytes, (byte) 0);
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

    /** The path. */
    @Override
    public String toString() {
        return file.toString();
    }
}
