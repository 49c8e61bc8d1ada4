package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A program that uses Ceph's own client library, and lives until it is closed. Not thread-safe.
 */
final class RadosClient implements AutoCloseable {

    private final PythonClient program;

    private RadosClient(PythonClient program) {
        this.program = program;
    }

    /**
     * Starts the program, which begins to connect.
     *
     * @param directory for its files
     */
    static RadosClient start(Path directory, Path conf, Path keyring) throws IOException {
        return new RadosClient(PythonClient.start(directory, "rados_client.py", conf, keyring));
    }

    /** The next thing that it says; the first is how connecting went. */
    JsonNode answer() throws IOException, InterruptedException {
        return program.answer();
    }

    /** What it gets for a command to the monitor. */
    JsonNode monCommand(String json) throws IOException, InterruptedException {
        program.tell(json);
        return program.answer();
    }

    /** Lets it shut down, and waits for its end. */
    int end() throws IOException, InterruptedException {
        return program.end();
    }

    @Override
    public void close() {
        program.close();
    }
}
