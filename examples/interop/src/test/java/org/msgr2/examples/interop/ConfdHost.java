package org.msgr2.examples.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The directory of one confd: its cluster's configuration and key, where Ganeti has them. Whoever wrote the daemon, a test
 * gives it the same files. Immutable.
 *
 * @param root what the daemon takes for {@code /}
 */
record ConfdHost(Path root) {

    /** A key as the tests have it; its newline belongs to it (spec/confd §1.1). */
    static final byte[] KEY = "confd-test-key-0123456789abcdef\n".getBytes(StandardCharsets.US_ASCII);

    /** Makes the directory's tree, with the key and without a configuration. */
    static ConfdHost create(Path root) throws IOException {
        ConfdHost host = new ConfdHost(root.toAbsolutePath());
        for (String directory : new String[] {"var/lib/ganeti", "var/log/ganeti", "var/run/ganeti"}) {
            Files.createDirectories(host.root.resolve(directory));
        }
        Files.write(host.key(), KEY);
        return host;
    }

    Path config() {
        return root.resolve("var/lib/ganeti/config.data");
    }

    Path key() {
        return root.resolve("var/lib/ganeti/hmac.key");
    }

    /** Puts this configuration in the place of the one before, as Ganeti does: the file is renamed over the old one. */
    void replaceConfig(byte[] content) throws IOException {
        Path fresh = config().resolveSibling("config.data.new");
        Files.write(fresh, content);
        Files.move(fresh, config(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Writes into the file that is there. */
    void overwriteConfig(byte[] content) throws IOException {
        Files.write(config(), content);
    }
}
