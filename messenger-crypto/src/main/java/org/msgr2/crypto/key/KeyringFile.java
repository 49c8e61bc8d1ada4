package org.msgr2.crypto.key;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                CryptoKey.wipe(bytes);
                throw new KeyringException(file.toString(), "larger than the " + BYTES_MAX + " bytes of any keyring");
            }
            return bytes;
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
     * old one or the whole new one. A symbolic link stays one. An existing file's owner and permissions are not kept.
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
            // On the disk before the name points to it.
            Files.write(temporary, bytes, StandardOpenOption.WRITE, StandardOpenOption.SYNC);
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(temporary);
            throw e;
        } finally {
            CryptoKey.wipe(bytes);
        }
    }
}
