package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster a node is, by Ceph's word: its fsid, and since when it exists.
 */
record ClusterId(UUID fsid, Instant created) {
    private static final String FILE = "fsid";

    /** @param data where it lasts; null if it is to be a new one each time */
    static ClusterId open(@Nullable Path data) throws Failure {
        if (data == null) {
            return new ClusterId(UUID.randomUUID(), Instant.now());
        }
        Path file = data.resolve(FILE);
        try {
            return read(file);
        } catch (NoSuchFileException e) {
            try {
                Path temporary = Files.createTempFile(data, FILE + ".", ".tmp");
                Files.writeString(temporary, UUID.randomUUID() + "\n");
                Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE);
                return read(file);
            } catch (IOException failed) {
                throw Failure.of("cannot write " + file + ": " + Faults.file(failed), failed);
            }
        } catch (IOException e) {
            throw Failure.of("cannot read " + file + ": " + Faults.file(e), e);
        }
    }

    private static ClusterId read(Path file) throws IOException {
        String text = Files.readString(file).strip();
        try {
            return new ClusterId(
                    UUID.fromString(text), Files.getLastModifiedTime(file).toInstant());
        } catch (IllegalArgumentException e) {
            throw new IOException("expected a UUID; remove it and the node makes a new one", e);
        }
    }
}
