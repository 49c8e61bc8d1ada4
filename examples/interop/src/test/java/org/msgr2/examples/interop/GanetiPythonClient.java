package org.msgr2.examples.interop;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program that uses Ganeti's own confd client, {@code ganeti.confd.client}, and lives until it is closed. Not
 * thread-safe.
 */
final class GanetiPythonClient implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final PythonClient program;
    private final JsonNode greeting;

    private GanetiPythonClient(PythonClient program, JsonNode greeting) {
        this.program = program;
        this.greeting = greeting;
    }

    /**
     * Starts the program.
     *
     * @param directory for its files
     * @param key the file with the cluster's key
     */
    static GanetiPythonClient start(GanetiInstalled installed, Path directory, Path key, int port)
            throws IOException, InterruptedException {
        PythonClient program = PythonClient.start(
                directory, "confd_client.py", installed.environment(), List.of(key.toString(), Integer.toString(port)));
        boolean up = false;
        try {
            GanetiPythonClient client = new GanetiPythonClient(program, program.answer());
            up = true;
            return client;
        } finally {
            if (!up) {
                program.close();
            }
        }
    }

    /** The release of Ganeti that it belongs to. */
    String release() {
        return greeting.path("release").asText();
    }

    /** The types of requests that it sends. */
    List<Integer> types() {
        return JSON.convertValue(
                greeting.path("types"), JSON.getTypeFactory().constructCollectionType(List.class, Integer.class));
    }

    /**
     * Sends one request and waits for its reply.
     *
     * @param query a JSON text, null for none
     * @param limit how long it waits
     * @return {@code timed_out}, {@code sent}, {@code received}; {@code reply} with {@code status}, {@code answer} and
     *     {@code serial}, or null; and {@code refusal} if the client itself would not have sent it
     */
    JsonNode ask(int type, @Nullable String query, Duration limit) throws IOException, InterruptedException {
        ObjectNode request = JSON.createObjectNode().put("type", type).put("timeout", limit.toMillis() / 1e3);
        if (query != null) {
            request.set("query", JSON.readTree(query));
        }
        program.tell(request.toString());
        return program.answer();
    }

    @Override
    public void close() {
        program.close();
    }
}
