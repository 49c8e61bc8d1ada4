package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A private ganeti-confd: the real daemon, in the foreground, on 127.0.0.1 and in a directory of the test's. It is a
 * child process of this JVM, and ends with {@link #close}.
 */
final class GanetiConfd implements ConfdDaemon {

    private static final Duration UP_LIMIT = Duration.ofSeconds(60);
    private static final long END_SECONDS_MAX = 10;

    /** What it says when it has tried to load its configuration and will learn of changes. */
    private static final List<String> READY = List.of("Starting up in inotify mode", "Starting up in polling mode");

    private final Daemon daemon;
    private final int port;

    private GanetiConfd(Daemon daemon, int port) {
        this.daemon = daemon;
        this.port = port;
    }

    /**
     * Starts the daemon with the files of this directory, and returns when it answers. Requests that it answers are not
     * in its log: that would make it many times slower.
     *
     * @throws PeerException if it does not start, with its own words
     */
    static GanetiConfd start(GanetiInstalled installed, ConfdHost host) throws IOException {
        // It shares a port with others rather than failing (SO_REUSEADDR): the port has to be nobody's.
        int port = FreePorts.chooseUdp();
        Path log = host.root().resolve("ganeti-confd.log");
        ProcessBuilder builder = new ProcessBuilder(
                        installed.confd().toString(),
                        "-f",
                        "--no-user-checks",
                        "--syslog=no",
                        "-b",
                        "127.0.0.1",
                        "-p",
                        Integer.toString(port))
                .directory(host.root().toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(installed.environment());
        builder.environment().put("GANETI_ROOTDIR", host.root().toString());
        builder.environment().put("GANETI_HOSTNAME", "node1.test.example");
        Daemon daemon = new Daemon("ganeti-confd", builder.start(), log);
        GanetiConfd confd = new GanetiConfd(daemon, port);
        boolean up = false;
        try {
            up = Await.until(UP_LIMIT, () -> {
                daemon.checkAlive();
                return says(log);
            });
            if (!up) {
                throw new PeerException("ganeti-confd is not up after %d s; the end of its log:%n%s"
                        .formatted(UP_LIMIT.toSeconds(), LogTail.of(log)));
            }
            return confd;
        } finally {
            if (!up) {
                confd.close();
            }
        }
    }

    private static boolean says(Path log) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.anyMatch(line -> READY.stream().anyMatch(line::contains));
        } catch (IOException e) {
            throw new PeerException("cannot read " + log, e);
        }
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public String name() {
        return daemon.name();
    }

    /** Its process. */
    long pid() {
        return daemon.process().pid();
    }

    /** The end of what it has said. */
    String log() {
        return LogTail.of(daemon.log());
    }

    @Override
    public void close() {
        Process process = daemon.process();
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
