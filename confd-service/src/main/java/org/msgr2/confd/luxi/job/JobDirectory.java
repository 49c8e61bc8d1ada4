package org.msgr2.confd.luxi.job;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The job queue's directory as Ganeti keeps it (spec/confd §7): {@code job-N}, and archived ones in
 * {@code archive/N÷10000/job-N}. Files are replaced by renaming, so each is read whole or not at all. Thread-safe; blocks
 * on the disk.
 */
public final class JobDirectory implements JobQueue {
    /** Ganeti's jobs are kilobytes; one with a long log may be megabytes. */
    public static final int JOB_BYTES_MAX = 16 << 20;

    /** No more are listed. Ganeti archives jobs long before there are as many. */
    public static final int JOBS_MAX = 100_000;

    private static final String ARCHIVE = "archive";
    private static final String PREFIX = "job-";
    private static final long JOBS_PER_ARCHIVE = 10_000;
    private static final int ID_DIGITS_MAX = 18;

    private final Path directory;

    /** {@code directory} is usually {@code <localstatedir>/lib/ganeti/queue}; it need not exist. */
    public JobDirectory(Path directory) {
        this.directory = directory;
    }

    @Override
    public List<Long> ids(boolean archived) {
        List<Long> ids = new ArrayList<>();
        list(directory, ids);
        if (archived) {
            try (DirectoryStream<Path> parts = Files.newDirectoryStream(directory.resolve(ARCHIVE))) {
                parts.forEach(part -> list(part, ids));
            } catch (IOException | DirectoryIteratorException e) {
                return ids;
            }
        }
        return ids;
    }

    private static void list(Path directory, List<Long> ids) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PREFIX + "*")) {
            for (Path file : files) {
                String digits = file.getFileName().toString().substring(PREFIX.length());
                if (ids.size() < JOBS_MAX && digits.matches("[0-9]{1," + ID_DIGITS_MAX + "}")) {
                    ids.add(Long.parseLong(digits));
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // Gone, or never there: no job that anybody could read
            return;
        }
    }

    @Override
    public @Nullable JobText find(long id) {
        String name = PREFIX + id;
        byte[] live = read(directory.resolve(name));
        if (live != null) {
            return new JobText(live, false);
        }
        byte[] archived = read(directory
                .resolve(ARCHIVE)
                .resolve(Long.toString(id / JOBS_PER_ARCHIVE))
                .resolve(name));
        return archived == null ? null : new JobText(archived, true);
    }

    private static byte @Nullable [] read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] bytes = in.readNBytes(JOB_BYTES_MAX + 1);
            return bytes.length > JOB_BYTES_MAX ? null : bytes;
        } catch (IOException e) {
            return null;
        }
    }
}
