package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The files of one confd, where Ganeti has them.
 *
 * @param root what the daemon takes for {@code /}
 */
record ClusterFiles(Path root) {
    static final byte[] KEY = "confd-bench-key\n".getBytes(StandardCharsets.US_ASCII);

    /** The tests' program that makes clusters. */
    private static final String SCRIPT = "/org/msgr2/examples/interop/ganeti_config.py";

    private static final String PYTHON = "/usr/bin/python3";
    private static final long SECONDS_MAX = 120;

    /** Makes the tree with the key and this configuration. */
    static ClusterFiles create(Path root, byte[] config) throws IOException {
        for (String directory : List.of("var/lib/ganeti", "var/log/ganeti", "var/run/ganeti")) {
            Files.createDirectories(root.resolve(directory));
        }
        ClusterFiles files = new ClusterFiles(root);
        Files.write(files.key(), KEY);
        Files.write(files.config(), config);
        return files;
    }

    Path config() {
        return root.resolve("var/lib/ganeti/config.data");
    }

    Path key() {
        return root.resolve("var/lib/ganeti/hmac.key");
    }

    /** Writes the next configuration beside the one that is in force. */
    void prepareConfig(byte[] content) throws IOException {
        Files.write(next(), content);
    }

    /** Puts the one that was prepared in the place of the one before, as Ganeti does: with a rename. */
    void publishConfig() throws IOException {
        Files.move(next(), config(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private Path next() {
        return config().resolveSibling("config.data.new");
    }

    /**
     * Generates a configuration.
     *
     * @param arguments kind and size, as the program takes them; the name of its output is added after the kind
     */
    static byte[] generate(Path directory, String kind, String... arguments) throws IOException, InterruptedException {
        Path script = directory.resolve("ganeti_config.py");
        Path out = directory.resolve("generated.data");
        try (InputStream resource = ClusterFiles.class.getResourceAsStream(SCRIPT)) {
            if (resource == null) {
                throw new IOException("no resource " + SCRIPT);
            }
            Files.write(script, resource.readAllBytes());
        }
        List<String> command = new ArrayList<>(List.of(PYTHON, script.toString(), kind, out.toString()));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).inheritIO().start();
        if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("no configuration within " + SECONDS_MAX + " s");
        }
        if (process.exitValue() != 0) {
            throw new IOException("the generator ended with status " + process.exitValue());
        }
        byte[] config = Files.readAllBytes(out);
        Files.delete(out);
        return config;
    }
}
