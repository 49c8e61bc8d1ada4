package org.msgr2.examples.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The place of one local cluster: a directory for all its files, and every process that was started in it. Closes
 * itself when the JVM ends.
 *
 * <p>Thread-safe. Once {@link #close()} has begun nothing can be written or started here any more, so that nothing
 * escapes it, not even when the JVM ends in the middle of a start.
 */
final class ClusterSite implements AutoCloseable {

    static final String KEYRING = "keyring";
    static final String ADMIN_SOCKET_SUFFIX = ".asok";

    private static final Duration PROGRAM_LIMIT = Duration.ofSeconds(30);
    // A metadata server takes five seconds to stop by itself; nobody needs it to.
    private static final Duration TERM_LIMIT = Duration.ofSeconds(1);
    private static final Duration KILL_LIMIT = Duration.ofSeconds(10);
    /**
     * A Unix socket's path has at most 107 bytes; this leaves room for the longest name of a socket in the directory.
     */
    private static final int DIRECTORY_BYTES_MAX = 90;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final CephHost host;
    private final Path directory;
    private final List<Process> processes = new ArrayList<>(); // guarded by this
    private boolean closed; // guarded by this
    private final Thread shutdownHook = new Thread(this::close, "close-ceph-site");

    private ClusterSite(CephHost host, Path directory) {
        this.host = host;
        this.directory = directory;
    }

    /**
     * Makes an empty place in the directory {@code parent}, which only this user can read.
     *
     * @param host is this place's from now on; see {@link #open}
     */
    static ClusterSite create(CephHost host, Path parent) {
        Path directory = parent.resolve("msgr2-ceph-" + UUID.randomUUID());
        if (directory.toString().getBytes(StandardCharsets.UTF_8).length > DIRECTORY_BYTES_MAX) {
            throw new PeerException(
                    "the path " + parent + " is too long for Unix sockets: choose a shorter java.io.tmpdir");
        }
        ClusterSite site = new ClusterSite(host, directory);
        // The hook is there before the first trace is.
        Runtime.getRuntime().addShutdownHook(site.shutdownHook);
        site.makeDirectory();
        return site;
    }

    /** Gets the host ready: before this, nothing can be run here. */
    synchronized void open() {
        checkOpen();
        host.open(directory);
    }

    Path directory() {
        return directory;
    }

    Path conf() {
        return directory.resolve("ceph.conf");
    }

    Path keyring() {
        return directory.resolve(KEYRING);
    }

    Path monmap() {
        return directory.resolve("monmap");
    }

    synchronized void write(Path file, String text) {
        checkOpen();
        try {
            // For its owner alone: one of these files is a keyring.
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new PeerException("cannot write " + file, e);
        }
    }

    /** Makes the directory that the daemon of this name keeps its data in. */
    synchronized void makeDataDirectory(String daemonName) {
        checkOpen();
        try {
            Files.createDirectory(directory.resolve(daemonName));
        } catch (IOException e) {
            throw new PeerException("cannot make the data directory of " + daemonName, e);
        }
    }

    /**
     * Runs a program to its end.
     *
     * @return its standard output
     * @throws PeerException if it fails, with what it said
     */
    String run(CephProgram program, String... arguments) {
        return run(PROGRAM_LIMIT, program, arguments);
    }

    /** As {@link #run(CephProgram, String...)}, with another time limit. */
    String run(Duration limit, CephProgram program, String... arguments) {
        List<String> all = List.of(arguments);
        String command = program.command() + " " + String.join(" ", all);
        return PeerCommand.run(command, limit, () -> spawn(program, all, null));
    }

    /** Starts a daemon that stays in the foreground. */
    Daemon start(DaemonRecipe recipe) {
        Path log = directory.resolve(recipe.name() + ".log");
        try {
            return new Daemon(recipe.name(), spawn(recipe.program(), recipe.arguments(), log), log);
        } catch (IOException e) {
            throw new PeerException("cannot start " + recipe.name(), e);
        }
    }

    /** What the daemon answers on its admin socket, or a missing node while it does not. */
    JsonNode ask(String daemonName, String command) {
        return AdminSocket.ask(directory.resolve(daemonName + ADMIN_SOCKET_SUFFIX), command);
    }

    /** What the monitors answer to a command, for which JSON is asked. */
    JsonNode askCluster(String... command) {
        String[] arguments =
                Stream.concat(Stream.of(command), Stream.of("-f", "json")).toArray(String[]::new);
        try {
            return JSON.readTree(run(CephProgram.CEPH, arguments));
        } catch (JsonProcessingException e) {
            throw new PeerException("ceph " + String.join(" ", arguments) + " answered no JSON", e);
        }
    }

    /** Ends every process, first politely, and deletes the directory. Calling it again does nothing. */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            host.close();
        } finally {
            endAndDelete();
        }
    }

    private void endAndDelete() {
        try {
            endProcesses();
            delete();
        } finally {
            removeShutdownHook();
        }
    }

    private synchronized void makeDirectory() {
        checkOpen();
        try {
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException e) {
            removeShutdownHook();
            throw new PeerException("cannot make the directory " + directory, e);
        }
    }

    private synchronized Process spawn(CephProgram program, List<String> arguments, @Nullable Path log)
            throws IOException {
        checkOpen();
        processes.removeIf(process -> !process.isAlive());
        Process process = host.start(conf(), program, arguments, log);
        processes.add(process);
        return process;
    }

    private synchronized void checkOpen() {
        if (closed) {
            throw new PeerException("the cluster in " + directory + " is closed");
        }
    }

    private void endProcesses() {
        List<Process> alive = processes.stream().filter(Process::isAlive).toList();
        alive.forEach(Process::destroy);
        if (!awaitEnd(alive, TERM_LIMIT)) {
            alive.forEach(Process::destroyForcibly);
            if (!awaitEnd(alive, KILL_LIMIT)) {
                throw new PeerException("a process in " + directory + " cannot be killed; its files are still there");
            }
        }
    }

    /** Waits even if the thread is interrupted: a test that was cancelled must not leave its daemons behind. */
    private static boolean awaitEnd(List<Process> processes, Duration limit) {
        CompletableFuture.allOf(processes.stream().map(Process::onExit).toArray(CompletableFuture<?>[]::new))
                .completeOnTimeout(null, limit.toMillis(), TimeUnit.MILLISECONDS)
                .join();
        return processes.stream().noneMatch(Process::isAlive);
    }

    private void delete() {
        if (Files.notExists(directory)) {
            return;
        }
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        } catch (IOException | UncheckedIOException e) {
            throw new PeerException("cannot delete " + directory, e);
        }
    }

    private void removeShutdownHook() {
        try {
            Runtime.getRuntime().removeShutdownHook(shutdownHook);
        } catch (IllegalStateException e) {
            // The JVM is ending and calls the hook: it waits for this close, then finds nothing left to do.
        }
    }
}
