package org.msgr2.crypto.key;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.msgr2.crypto.file.PrivateFile;

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
        Optional<String> open = PrivateFile.openToOthers(file);
        if (open.isPresent()) {
            throw new KeyringException(file.toString(), open.get() + ": keys are secret, use chmod 0600");
        }
    }

    /**
     * Writes a keyring as {@code 0600}. Whoever reads the file meanwhile, and whoever reads it after a crash, sees either the
     * old one or the whole new one. A symbolic link stays one. An existing file's owner and permissions are not kept.
     */
    public static void write(Path file, Keyring keyring) throws IOException {
        byte[] bytes = keyring.toText().getBytes(StandardCharsets.UTF_8);
        try {
            PrivateFile.replace(file, bytes, true);
        } finally {
            CryptoKey.wipe(bytes);
        }
    }
}
