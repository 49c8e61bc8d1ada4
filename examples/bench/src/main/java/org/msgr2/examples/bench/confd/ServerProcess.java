package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A server as a child process, ended by its handle.
 *
 * @param name of the program
 * @param port its UDP port on 127.0.0.1
 */
record ServerProcess(String name, Process process, int port, Path log) implements AutoCloseable {
    /** Of {@code /proc}: USER_HZ, which is 100 on every Linux since the times in there are given to programs. */
    private static final double TICKS_PER_SECOND = 100;

    private static final Pattern RESIDENT_PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final long END_SECONDS_MAX = 20;

    static ServerProcess start(String name, ProcessBuilder builder, int port, Path log) throws IOException {
        builder.redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        return new ServerProcess(name, builder.start(), port, log);
    }

    InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** User and system time of the process so far. */
    double cpuSeconds() throws IOException {
        String stat = Files.readString(proc("stat"));
        // The second field is the program's name in parentheses, which may contain anything.
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" "));
        return (Long.parseLong(fields.get(11)) + Long.parseLong(fields.get(12))) / TICKS_PER_SECOND;
    }

    /** The most memory that it had at a time. */
    long residentPeakMb() throws IOException {
        Matcher matcher = RESIDENT_PEAK.matcher(Files.readString(proc("status")));
        return matcher.find() ? Long.parseLong(matcher.group(1)) / 1024 : 0;
    }

    /** @throws IOException with the end of its log, if it is gone */
    void checkAlive() throws IOException {
        if (!process.isAlive()) {
            List<String> lines = Files.readAllLines(log);
            throw new IOException("%s ended with status %d: %s"
                    .formatted(name, process.exitValue(), lines.subList(Math.max(0, lines.size() - 10), lines.size())));
        }
    }

    private Path proc(String file) {
        return Path.of("/proc", Long.toString(process.pid()), file);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
