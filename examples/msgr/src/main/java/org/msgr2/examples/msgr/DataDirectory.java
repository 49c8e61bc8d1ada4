package org.msgr2.examples.msgr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;

/** A node's directory on disk, which nobody else may look into. */
final class DataDirectory {
    private DataDirectory() {}

    /** Makes the directory, and those above it, if they are missing. */
    static void create(Path directory) throws Failure {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownerOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
                }
                : new FileAttribute<?>[0];
        try {
            Files.createDirectories(directory, ownerOnly);
        } catch (FileAlreadyExistsException e) {
            throw Failure.of("cannot use " + directory + " for data: it is not a directory", e);
        } catch (IOException e) {
            throw Failure.of("cannot create the data directory " + directory + ": " + Faults.file(e), e);
        }
        if (!Files.isWritable(directory)) {
            throw Failure.of("cannot use " + directory + " for data: it is not writable");
        }
    }

    /** Makes one for a while. */
    static Path temporary() throws Failure {
        try {
            return Files.createTempDirectory("msgr-demo-"); // for its owner only, by itself
        } catch (IOException e) {
            throw Failure.of("cannot create a temporary directory: " + Faults.file(e), e);
        }
    }

    /** Removes a directory with everything in it. */
    static void delete(Path directory) throws Failure {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (UncheckedIOException e) {
            throw Failure.of("cannot delete " + directory + ": " + Faults.root(e), e);
        } catch (IOException e) {
            throw Failure.of("cannot delete " + directory + ": " + Faults.file(e), e);
        }
    }
}
