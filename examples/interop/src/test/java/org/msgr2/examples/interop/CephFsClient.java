package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/** A program that has mounted a file system with Ceph's own library, and lives until it is closed. Not thread-safe. */
final class CephFsClient implements AutoCloseable {

    private final PythonClient program;

    private CephFsClient(PythonClient program) {
        this.program = program;
    }

    /**
     * Starts the program, and waits until it has mounted.
     *
     * @param directory for its files
     */
    static CephFsClient mount(Path directory, Path conf, Path keyring) throws IOException, InterruptedException {
        CephFsClient client = new CephFsClient(PythonClient.start(directory, "cephfs_client.py", conf, keyring));
        try {
            JsonNode mounted = client.program.answer();
            if (!mounted.has("instance")) {
                throw new AssertionError("it could not mount: " + mounted);
            }
        } catch (AssertionError | IOException | InterruptedException e) {
            client.close();
            throw e;
        }
        return client;
    }

    /** Asks for the attributes of a file, and does not wait for the answer. */
    void stat(String path) throws IOException {
        program.tell("{\"stat\": \"" + path + "\"}");
    }

    /** Changes an option of its configuration. */
    void set(String option, String value) throws IOException {
        program.tell("{\"set\": \"" + option + "\", \"to\": \"" + value + "\"}");
    }

    /** Which errno so many questions were answered with, by path, when they all are; 0 if there was none. */
    Map<String, Integer> answers(int count) throws IOException, InterruptedException {
        Map<String, Integer> answers = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            JsonNode answer = program.answer();
            answers.put(answer.path("path").asText(), answer.path("errno").asInt(-1));
        }
        return answers;
    }

    /** Whether a question was answered, and {@link #answers} has not given that yet. */
    boolean hasAnswer() {
        return program.hasAnswer();
    }

    /** Lets it unmount, and waits for its end. */
    int unmount() throws IOException, InterruptedException {
        return program.end();
    }

    @Override
    public void close() {
        program.close();
    }
}
