package org.msgr2.confd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import org.msgr2.confd.wire.ConfdKey;

/** The file with the cluster's HMAC key, as Ganeti's {@code hmac.key}. */
public final class KeyFile {
    private static final int BYTES_MAX = 4096;

    private KeyFile() {}

    /**
     * Reads the key: every byte of the file (spec/confd §1.1).
     *
     * @throws IOException with a message for a user: it is missing, a directory, empty, unreadable, or readable by everybody
     */
    public static ConfdKey read(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("the HMAC key " + file + " is a directory: give the file hmac.key in it");
        }
        refuseIfPublic(file);
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(BYTES_MAX + 1);
        } catch (NoSuchFileException e) {
            throw new IOException("the HMAC key " + file + " does not exist", e);
        } catch (IOException e) {
            throw new IOException("the HMAC key " + file + " cannot be read: " + e.getMessage(), e);
        }
        if (bytes.length == 0 || bytes.length > BYTES_MAX) {
            throw new IOException("the HMAC key " + file + " must have 1 to " + BYTES_MAX + " bytes");
        }
        return ConfdKey.of(bytes);
    }

    /** A secret that everybody can read is none. Where the file system has no such permissions, nobody can tell. */
    private static void refuseIfPublic(Path file) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class, new LinkOption[0]);
        if (view != null
                && Files.exists(file)
                && view.readAttributes().permissions().contains(PosixFilePermission.OTHERS_READ)) {
            throw new IOException("everybody can read the HMAC key " + file + ": chmod o-r it");
        }
    }
}
