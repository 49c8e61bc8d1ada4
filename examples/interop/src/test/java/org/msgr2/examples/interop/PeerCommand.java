package org.msgr2.examples.interop;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs one program to its end, within a time limit. */
final class PeerCommand {

    /** How long output may still come after the program's end, from a child that it left behind. */
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(1);

    /** How a process comes to life; an owner that must be able to end it early keeps track of it here. */
    interface Starter {
        Process start(ProcessBuilder builder) throws IOException;
    }

    /** The same where there is no builder. */
    interface Launch {
        Process start() throws IOException;
    }

    private PeerCommand() {}

    /**
     * Runs the program with nothing on its standard input.
     *
     * @return its standard output
     * @throws PeerException if it could not be started, ended with another status than 0, or was ended because the
     *     limit passed or the calling thread was interrupted
     */
    static String run(ProcessBuilder builder, Duration limit, Starter starter) {
        builder.redirectInput(Path.of("/dev/null").toFile());
        return run(String.join(" ", builder.command()), limit, () -> starter.start(builder));
    }

    /**
     * The same for a program that is started in another way, with nothing on its standard input.
     *
     * @param command what is said of it in an error
     */
    static String run(String command, Duration limit, Launch launch) {
        Process process;
        try {
            process = launch.start();
        } catch (IOException e) {
            throw new PeerException("cannot run '" + command + "'", e);
        }
        Output out = new Output(process.getInputStream());
        Output err = new Output(process.getErrorStream());
        if (!awaitEnd(process, limit, command)) {
            throw new PeerException("'%s' did not end within %d ms; so far it said:%n%s"
                    .formatted(command, limit.toMillis(), LogTail.of(err.text() + out.text())));
        }
        String said = out.text();
        if (process.exitValue() != 0) {
            // Some of the tools complain on standard output.
            String complaint = err.text().isBlank() ? said : err.text();
            throw new PeerException(
                    "'%s' ended with status %d:%n%s".formatted(command, process.exitValue(), LogTail.of(complaint)));
        }
        return said;
    }

    private static boolean awaitEnd(Process process, Duration limit, String command) {
        boolean ended = false;
        try {
            ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            return ended;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted while '" + command + "' ran", e);
        } finally {
            // Not when it has ended by itself: that would close its streams before they are read.
            if (!ended) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        }
    }

    /** Collects one output stream while the program runs, so that a full pipe never stops it. */
    private static final class Output {

        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        Output(InputStream stream) {
            Thread reader = new Thread(() -> collect(stream), "ceph-command-output");
            reader.setDaemon(true);
            reader.start();
        }

        String text() {
            end.copy()
                    .completeOnTimeout(null, DRAIN_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            return bytes.toString(StandardCharsets.UTF_8);
        }

        private void collect(InputStream stream) {
            try (stream) {
                stream.transferTo(bytes);
            } catch (IOException e) {
                // The stream was closed because the program was killed: what it said before is kept.
            } finally {
                end.complete(null);
            }
        }
    }
}
