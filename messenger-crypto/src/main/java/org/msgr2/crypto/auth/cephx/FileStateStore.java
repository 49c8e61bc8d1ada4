package org.msgr2.crypto.auth.cephx;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.file.PrivateFile;

/**
 * An {@link AuthorityState} in a file that nobody but its owner may open. Whoever reads it after a crash sees the old or the
 * new one, whole. On file systems without POSIX permissions nothing can be checked.
 */
public final class FileStateStore implements StateStore {
    /** A state has a few kilobytes. */
    private static final int BYTES_MAX = 1 << 20;

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
        Optional<String> open = PrivateFile.openBeyondOwner(file);
        if (open.isPresent()) {
            throw new IOException(file + ": " + open.get() + ": its keys are secret, use chmod 0600");
        }
    }

    @Override
    public void save(AuthorityState state) throws IOException {
        byte[] bytes = state.encode().toByteArray();
        try {
            PrivateFile.replace(file, bytes, true);
        } finally {
            Arrays.fill(bytes, (byte) 0);
        }
    }

    /** The path. */
    @Override
    public String toString() {
        return file.toString();
    }
}
