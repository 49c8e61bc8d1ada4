package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A Python program that uses a peer's own client library and lives until it is closed: it takes lines, and says
 * lines of JSON. Not thread-safe.
 */
final class PythonClient implements AutoCloseable {

    /** The system's: the libraries are built for no other. */
    static final String PYTHON = "/usr/bin/python3";

    private static final long ANSWER_SECONDS_MAX = 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String script;
    private final Process process;
    private final Path complaints;
    private final BufferedWriter in;
    private final BlockingQueue<String> out = new LinkedBlockingQueue<>();

    private PythonClient(String script, Process process, Path complaints) {
        this.script = script;
        this.process = process;
        this.complaints = complaints;
        this.in = process.outputWriter();
        Thread reader = new Thread(this::read, script + "-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts the program.
     *
     * @param directory for its files
     * @param script a resource beside this class
     */
    static PythonClient start(Path directory, String script, Path... arguments) throws IOException {
        return start(
                directory,
                script,
                Map.of(),
                Arrays.stream(arguments).map(Path::toString).toList());
    }

    /**
     * The same with additions to its environment.
     *
     * @param environment such as where the library is
     */
    static PythonClient start(Path directory, String script, Map<String, String> environment, List<String> arguments)
            throws IOException {
        Path copy = directory.resolve(script);
        try (InputStream resource = PythonClient.class.getResourceAsStream(script)) {
            Files.write(copy, resource.readAllBytes());
        }
        Path complaints = directory.resolve(script + ".err");
        // Warnings about its own age are not the test's business.
        List<String> command = new ArrayList<>(List.of(PYTHON, "-W", "ignore", copy.toString()));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(complaints.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CEPH_"));
        builder.environment().putAll(environment);
        return new PythonClient(script, builder.start(), complaints);
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                out.add(line);
            }
        } catch (IOException e) {
            // It was ended: there is nothing more to read.
        }
    }

    /** The next thing that it says; the first is how connecting went. */
    JsonNode answer() throws IOException, InterruptedException {
        String line = out.poll(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError(
                    script + " says nothing within " + ANSWER_SECONDS_MAX + " s; errors: " + LogTail.of(complaints));
        }
        return JSON.readTree(line);
    }

    /** Whether it has said something that {@link #answer} has not given yet. */
    boolean hasAnswer() {
        return !out.isEmpty();
    }

    void tell(String line) throws IOException {
        in.write(line + "\n");
        in.flush();
    }

    /** Lets it shut down, and waits for its end. */
    int end() throws IOException, InterruptedException {
        in.close();
        if (!process.waitFor(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError(script + " does not end; errors: " + LogTail.of(complaints));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
