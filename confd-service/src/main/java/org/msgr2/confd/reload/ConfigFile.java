package org.msgr2.confd.reload;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.config.ClusterConfig;
import org.msgr2.confd.config.ConfigException;

/** The configuration file. Thread-safe: it holds nothing between two calls, no open file in particular. */
final class ConfigFile {
    private final Path path;
    private final long bytesMax;

    ConfigFile(Path path, long bytesMax) {
        this.path = path;
        this.bytesMax = bytesMax;
    }

    FileStamp stamp() {
        try {
            Map<String, Object> unix = Files.readAttributes(path, "unix:lastModifiedTime,ctime,ino,size");
            return new FileStamp(
                    ns((FileTime) unix.get("lastModifiedTime")),
                    ns((FileTime) unix.get("ctime")),
                    number(unix.get("ino")),
                    number(unix.get("size")));
        } catch (UnsupportedOperationException | IllegalArgumentException e) {
            return basicStamp();
        } catch (IOException e) {
            return FileStamp.MISSING;
        }
    }

    private FileStamp basicStamp() {
        try {
            BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
            return new FileStamp(ns(basic.lastModifiedTime()), ns(basic.creationTime()), 0, basic.size());
        } catch (IOException e) {
            return FileStamp.MISSING;
        }
    }

    private static long number(@Nullable Object attribute) {
        return attribute instanceof Number number ? number.longValue() : 0;
    }

    private static long ns(@Nullable FileTime time) {
        return time == null ? 0 : time.to(TimeUnit.NANOSECONDS);
    }

    /**
     * Reads and indexes the file.
     *
     * @param current compared with, so that equal bytes are not parsed again
     */
    Reading read(@Nullable ClusterConfig current) {
        try {
            byte[] bytes = bytes();
            if (current != null && current.isFrom(bytes)) {
                return new Reading.Same();
            }
            return new Reading.Good(ClusterConfig.parse(bytes));
        } catch (ConfigException e) {
            return bad(String.valueOf(e.getMessage()));
        } catch (NoSuchFileException e) {
            return bad("there is no such file");
        } catch (IOException e) {
            return bad(e.getClass().getSimpleName());
        } catch (OutOfMemoryError e) {
            return bad("there is not enough memory for it");
        }
    }

    private Reading bad(String why) {
        return new Reading.Bad("Cannot load configuration from " + path + ": " + why);
    }

    private byte[] bytes() throws IOException, ConfigException {
        // Before it is opened: to open a pipe waits for a writer.
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            throw new ConfigException("it is no regular file");
        }
        try (SeekableByteChannel channel = Files.newByteChannel(path)) {
            long size = channel.size();
            if (size > bytesMax) {
                throw new ConfigException("it has " + size + " bytes, more than the limit of " + bytesMax);
            }
            ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(size));
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw new ConfigException("it became shorter while it was read");
                }
            }
            return bytes.array();
        }
    }
}
