package org.msgr2.examples.msgr;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A node's directory on disk, which nobody else may look into. */
final class DataDirectory {
    private static final String LOCK = "lock";

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

    /**
     * Keeps other nodes out until it is closed, or the process ends: two of them would give the same tickets and ids out.
     *
     * @param directory that exists
     */
    static AutoCloseable lock(Path directory) throws Failure {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(directory.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // It is this process that holds it.
        } catch (IOException e) {
            closeQuietly(channel);
            throw Failure.of("cannot lock " + directory + ": " + Faults.file(e), e);
        }
        closeQuietly(channel);
        throw Failure.of("another node runs on " + directory + "; choose another with --data");
    }

    private static void closeQuietly(@Nullable FileChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // Nothing was written.
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
