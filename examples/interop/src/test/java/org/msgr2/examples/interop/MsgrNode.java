package org.msgr2.examples.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** {@code msgr serve} as a user runs it, in a process of its own that ends with this. */
final class MsgrNode implements AutoCloseable {
    private static final Duration STOP_MAX = Duration.ofSeconds(30);

    private final Process process;
    private final List<String> lines = new ArrayList<>();

    private MsgrNode(Process process) {
        this.process = process;
    }

    /**
     * Starts a node and waits until it is ready.
     *
     * @param log where its standard error goes
     */
    static MsgrNode start(Path log, String... options) throws IOException {
        List<String> words = new ArrayList<>(List.of("serve", "--listen", "v2:127.0.0.1:0"));
        words.addAll(List.of(options));
        MsgrNode node = new MsgrNode(new ProcessBuilder(MsgrProcess.command(words.toArray(String[]::new)))
                .redirectError(log.toFile())
                .start());
        try {
            node.awaitReady();
            return node;
        } catch (IOException | AssertionError e) {
            node.process.destroyForcibly();
            throw e;
        }
    }

    private void awaitReady() throws IOException {
        // Not closed: that would close the process's output, too.
        BufferedReader out = process.inputReader();
        String line = out.readLine();
        while (line != null && !line.equals("ready")) {
            lines.add(line);
            line = out.readLine();
        }
        if (line == null) {
            throw new AssertionError("the node ended before it was ready: " + lines);
        }
    }

    /** {@code v2:127.0.0.1:PORT/0}. */
    String address() {
        return lines.stream()
                .filter(line -> line.startsWith("listening msgr2 "))
                .map(line -> line.substring("listening msgr2 ".length()))
                .findFirst()
                .orElseThrow();
    }

    /** Ends it as an operator does. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(STOP_MAX.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the node did not end within " + STOP_MAX);
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
