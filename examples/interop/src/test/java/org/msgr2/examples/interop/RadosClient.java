package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A program that uses Ceph's own client library, and lives until it is closed. Not thread-safe.
 */
final class RadosClient implements AutoCloseable {

    /** The system's: the library is built for no other. */
    static final String PYTHON = "/usr/bin/python3";

    private static final String SCRIPT = "rados_client.py";
    private static final long ANSWER_SECONDS_MAX = 30;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final Path complaints;
    private final BufferedWriter in;
    private final BlockingQueue<String> out = new LinkedBlockingQueue<>();

    private RadosClient(Process process, Path complaints) {
        this.process = process;
        this.complaints = complaints;
        this.in = process.outputWriter();
        Thread reader = new Thread(this::read, "rados-client-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts the program, which begins to connect.
     *
     * @param directory for its files
     */
    static RadosClient start(Path directory, Path conf, Path keyring) throws IOException {
        Path script = directory.resolve(SCRIPT);
        try (InputStream resource = RadosClient.class.getResourceAsStream(SCRIPT)) {
            Files.write(script, resource.readAllBytes());
        }
        Path complaints = directory.resolve("rados_client.err");
        ProcessBuilder builder = new ProcessBuilder(PYTHON, script.toString(), conf.toString(), keyring.toString())
                .redirectError(complaints.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("CEPH_"));
        return new RadosClient(builder.start(), complaints);
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
            throw new AssertionError("the client of librados says nothing within " + ANSWER_SECONDS_MAX + " s; errors: "
                    + LogTail.of(complaints));
        }
        return JSON.readTree(line);
    }

    /** What it gets for a command to the monitor. */
    JsonNode monCommand(String json) throws IOException, InterruptedException {
        in.write(json + "\n");
        in.flush();
        return answer();
    }

    /** Lets it shut down, and waits for its end. */
    int end() throws IOException, InterruptedException {
        in.close();
        if (!process.waitFor(ANSWER_SECONDS_MAX, TimeUnit.SECONDS)) {
            throw new AssertionError("the client of librados does not end; errors: " + LogTail.of(complaints));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
