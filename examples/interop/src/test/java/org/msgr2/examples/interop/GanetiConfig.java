package org.msgr2.examples.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Makes the configuration files of invented clusters, with a Python program of our own. */
final class GanetiConfig {

    private static final String SCRIPT = "ganeti_config.py";
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private GanetiConfig() {}

    /** Five nodes and six instances: the cluster of the golden vectors. */
    static byte[] small() throws IOException {
        return make("small");
    }

    /** An irregular cluster; the same seed gives the same file. */
    static byte[] random(long seed, int nodes, int instances) throws IOException {
        return make("random", Long.toString(seed), Integer.toString(nodes), Integer.toString(instances));
    }

    private static byte[] make(String kind, String... arguments) throws IOException {
        Path directory = Files.createTempDirectory("ganeti-config");
        Path script = directory.resolve(SCRIPT);
        Path out = directory.resolve("config.data");
        try (InputStream resource = GanetiConfig.class.getResourceAsStream(SCRIPT)) {
            Files.write(script, Objects.requireNonNull(resource, SCRIPT).readAllBytes());
            List<String> command =
                    new ArrayList<>(List.of(PythonClient.PYTHON, script.toString(), kind, out.toString()));
            command.addAll(Arrays.asList(arguments));
            PeerCommand.run(new ProcessBuilder(command), LIMIT, ProcessBuilder::start);
            return Files.readAllBytes(out);
        } finally {
            Files.deleteIfExists(out);
            Files.deleteIfExists(script);
            Files.delete(directory);
        }
    }
}
