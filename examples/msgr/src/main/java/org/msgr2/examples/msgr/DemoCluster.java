package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Objects;

/** The files of a small Ganeti cluster that exists nowhere: three nodes, two instances, addresses of documentation. */
final class DemoCluster {
    private static final String SAMPLE = "demo-cluster.json";
    private static final int KEY_BYTES = 32;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path config;
    private final Path key;
    private final ObjectNode content;

    private DemoCluster(Path config, Path key, ObjectNode content) {
        this.config = config;
        this.key = key;
        this.content = content;
    }

    /** Writes them, the key made for this once. */
    static DemoCluster create(Path directory) throws Failure {
        try (InputStream sample = Objects.requireNonNull(DemoCluster.class.getResourceAsStream(SAMPLE), SAMPLE)) {
            Path key = directory.resolve("hmac.key");
            boolean posix = Files.getFileStore(directory).supportsFileAttributeView("posix");
            FileAttribute<?>[] ownerOnly = posix
                    ? new FileAttribute<?>[] {
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                    }
                    : new FileAttribute<?>[0];
            byte[] bytes = new byte[KEY_BYTES];
            new SecureRandom().nextBytes(bytes);
            Files.write(Files.createFile(key, ownerOnly), bytes);
            DemoCluster cluster =
                    new DemoCluster(directory.resolve("config.data"), key, (ObjectNode) JSON.readTree(sample));
            cluster.write();
            return cluster;
        } catch (IOException e) {
            throw Failure.of("cannot write a sample cluster to " + directory + ": " + Faults.file(e), e);
        }
    }

    Path config() {
        return config;
    }

    Path key() {
        return key;
    }

    /** Makes another node the master, as Ganeti does it: a new file takes the old one's place. */
    void failOver(String master) throws Failure {
        ObjectNode cluster = (ObjectNode) content.get("cluster");
        for (JsonNode node : content.get("nodes")) {
            if (node.get("name").asText().equals(master)) {
                cluster.set("master_node", node.get("uuid"));
            }
        }
        cluster.put("serial_no", cluster.get("serial_no").asLong() + 1);
        content.put("serial_no", content.get("serial_no").asLong() + 1);
        try {
            write();
        } catch (IOException e) {
            throw Failure.of("cannot write " + config + ": " + Faults.file(e), e);
        }
    }

    private void write() throws IOException {
        Path next = config.resolveSibling(config.getFileName() + ".new");
        Files.write(next, JSON.writeValueAsBytes(content));
        Files.move(next, config, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
