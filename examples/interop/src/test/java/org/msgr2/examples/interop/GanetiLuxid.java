package org.msgr2.examples.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A private ganeti-luxid: the real daemon, in the foreground, with its socket in a directory of the test's. It has a network
 * of its own, in which there is nothing but loopback, since it would talk to the cluster's nodes; and it sees users of its
 * own, since it needs Ganeti's. Both need root. It is a child process of this JVM, and ends with {@link #close}.
 */
final class GanetiLuxid implements AutoCloseable {

    private static final Duration UP_LIMIT = Duration.ofSeconds(60);
    private static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);
    private static final long END_SECONDS_MAX = 10;
    private static final String SCRIPT = "ganeti_luxid.py";
    private static final List<String> NAMESPACES = List.of("unshare", "--net", "--mount");
    private static final List<String> USERS =
            List.of("masterd", "metad", "noded", "rapi", "confd", "wconfd", "kvmd", "luxid", "mond");
    private static final List<String> GROUPS = List.of("daemons", "admin");

    /** Ids that no user of a machine has. */
    private static final int ID_FIRST = 61_000;

    private final Daemon daemon;
    private final Path socket;

    private GanetiLuxid(Daemon daemon, Path socket) {
        this.daemon = daemon;
        this.socket = socket;
    }

    /** Why it cannot run here and what to do; empty if it can. */
    static Optional<String> missing() {
        return GanetiInstalled.missing().or(() -> {
            Path program = GanetiInstalled.here().luxid();
            return Files.isExecutable(program)
                    ? namespacesMissing()
                    : Optional.of("no ganeti-luxid: there is no program " + program);
        });
    }

    private static Optional<String> namespacesMissing() {
        List<String> command = Stream.concat(NAMESPACES.stream(), Stream.of("mount", "--bind", "/etc", "/etc"))
                .toList();
        try {
            PeerCommand.run(new ProcessBuilder(command), COMMAND_LIMIT, ProcessBuilder::start);
            return Optional.empty();
        } catch (PeerException e) {
            return Optional.of(
                    "ganeti-luxid needs a network and users of its own, so run this as root, outside of containers"
                            + " or in a privileged one: " + e.getMessage().strip());
        }
    }

    /**
     * Starts the daemon with the files of this directory, and returns when its socket is there.
     *
     * @throws PeerException if it does not start, with its own words
     */
    static GanetiLuxid start(GanetiInstalled installed, ConfdHost host) throws IOException {
        Path root = host.root();
        Path run = root.resolve("var/run/ganeti");
        for (String directory : new String[] {"socket", "livelocks", "luxidmessages"}) {
            Files.createDirectories(run.resolve(directory));
        }
        Path data = root.resolve("var/lib/ganeti");
        Files.createDirectories(data.resolve("queue/archive"));
        Files.writeString(data.resolve("queue/version"), "1\n");
        Files.writeString(data.resolve("queue/serial"), "0\n");
        Files.writeString(data.resolve("ssconf_master_node"), "node1.test.example\n");
        Path script = root.resolve(SCRIPT);
        try (InputStream resource = GanetiLuxid.class.getResourceAsStream(SCRIPT)) {
            Files.write(script, Objects.requireNonNull(resource, SCRIPT).readAllBytes());
        }
        Path users = root.resolve("passwd");
        Files.writeString(
                users, Files.readString(Path.of("/etc/passwd"), UTF_8) + entries(USERS, ":x:%d:%<d::/:/bin/false"));
        Path groups = root.resolve("group");
        Files.writeString(
                groups,
                Files.readString(Path.of("/etc/group"), UTF_8)
                        + entries(Stream.concat(USERS.stream(), GROUPS.stream()).toList(), ":x:%d:"));

        Path log = root.resolve("ganeti-luxid.log");
        List<String> command = Stream.concat(
                        NAMESPACES.stream(),
                        Stream.of(
                                PythonClient.PYTHON,
                                script.toString(),
                                users.toString(),
                                groups.toString(),
                                installed.luxid().toString(),
                                "-f",
                                "--no-user-checks",
                                "--syslog=no",
                                "--no-voting",
                                "--yes-do-it"))
                .toList();
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(root.toFile())
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(installed.environment());
        builder.environment().put("GANETI_ROOTDIR", root.toString());
        builder.environment().put("GANETI_HOSTNAME", "node1.test.example");
        Daemon daemon = new Daemon("ganeti-luxid", builder.start(), log);
        GanetiLuxid luxid = new GanetiLuxid(daemon, run.resolve("socket/ganeti-query"));
        boolean up = false;
        try {
            up = Await.until(UP_LIMIT, () -> {
                daemon.checkAlive();
                return Files.exists(luxid.socket) && says(log, "Starting up in");
            });
            if (!up) {
                throw new PeerException("ganeti-luxid is not up after %d s; the end of its log:%n%s"
                        .formatted(UP_LIMIT.toSeconds(), LogTail.of(log)));
            }
            return luxid;
        } finally {
            if (!up) {
                luxid.close();
            }
        }
    }

    private static String entries(List<String> names, String rest) {
        return IntStream.range(0, names.size())
                .mapToObj(i -> "gnt-" + names.get(i) + rest.formatted(ID_FIRST + i) + "\n")
                .collect(Collectors.joining());
    }

    private static boolean says(Path log, String text) {
        try (Stream<String> lines = Files.lines(log)) {
            return lines.anyMatch(line -> line.contains(text));
        } catch (IOException e) {
            throw new PeerException("cannot read " + log, e);
        }
    }

    Path socket() {
        return socket;
    }

    /** Its process, which is the daemon itself. */
    ProcessHandle process() {
        return daemon.process().toHandle();
    }

    /** The network interfaces that it has. */
    List<String> interfaces() throws IOException {
        try (Stream<String> lines =
                Files.lines(Path.of("/proc", Long.toString(daemon.process().pid()), "net/dev"))) {
            return lines.skip(2)
                    .map(line -> line.substring(0, line.indexOf(':')).strip())
                    .toList();
        }
    }

    @Override
    public void close() {
        Process process = daemon.process();
        process.destroy();
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(END_SECONDS_MAX, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
