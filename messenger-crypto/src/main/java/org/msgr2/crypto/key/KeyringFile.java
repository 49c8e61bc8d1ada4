package org.msgr2.crypto.key;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/**
 * Keyrings on disk. Blocks on the file system: not for an event loop.
 *
 * <p>The rule for permissions: nobody but the owner may write the file, and nobody but owner and group may read it; a
 * keyring that a daemon's group reads is customary ({@code 0640 root:ceph}). On file systems without POSIX permissions
 * nothing can be checked.
 */
public final class KeyringFile {
    /** Ten thousand entities fit. */
    private static final int BYTES_MAX = 4 << 20;

    private static final Set<PosixFilePermission> FORBIDDEN = EnumSet.of(
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE,
            PosixFilePermission.OTHERS_EXECUTE);

    private KeyringFile() {}

    /** Reads a keyring, after {@link #checkPermissions}. */
    public static Keyring read(Path file) throws IOException, KeyringException {
        checkPermissions(file);
        byte[] bytes = readBounded(file);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return Keyring.parse(text, file.toString());
        } catch (CharacterCodingException e) {
            throw new KeyringException(file.toString(), "not a text in UTF-8");
        } finally {
            CryptoKey.wipe(bytes);
        }
    }

    private static byte[] readBounded(Path file) throws IOException, KeyringException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            if (size > BYTES_MAX) {
                throw new KeyringException(
                        file.toString(), size + " bytes, a keyring has at most " + BYTES_MAX + " bytes");
            }
            ByteBuffer bytes = ByteBuffer.allocate((int) size);
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                // A regular file gives all that it has.
            }
            byte[] read = Arrays.copyOf(bytes.array(), bytes.position());
            CryptoKey.wipe(bytes.array());
            return read;
        }
    }

    /**
     * Refuses a file that is open to others.
     *
     * @throws KeyringException saying which permissions the file has, and which it should have
     */
    public static void checkPermissions(Path file) throws IOException, KeyringException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        Set<PosixFilePermission> permissions = view.readAttributes().permissions();
        if (permissions.stream().anyMatch(FORBIDDEN::contains)) {
            throw new KeyringException(
                    file.toString(),
                    "open to others (" + PosixFilePermissions.toString(permissions)
                            + "): keys are secret, use chmod 0600");
        }
    }

    /**
     * Writes a keyring as {@code 0600}. Whoever reads the file meanwhile, and whoever reads it after a crash, sees either the
     * old or the new one. A symbolic link stays one. An existing file's owner and permissions are not kept.
     */
    public static void write(Path file, Keyring keyring) throws IOException {
        Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        Path directory = target.getParent();
        Path name = target.getFileName();
        if (directory == null || name == null) {
            throw new IOException("'" + file + "' is no name for a file");
        }
        byte[] bytes = keyring.toText().getBytes(StandardCharsets.UTF_8);
        // Such files are 0600 from the start where there are POSIX permissions.
        Path temporary = Files.createTempFile(directory, name + ".", ".tmp");
        try {
            writeThrough(temporary, bytes);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        } finally {
            CryptoKey.wipe(bytes);
        }
        syncDirectory(directory);
    }

    private static void writeThrough(Path file, byte[] bytes) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer rest = ByteBuffer.wrap(bytes);
            while (rest.hasRemaining()) {
                channel.write(rest);
            }
            channel.force(true);
        }
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
