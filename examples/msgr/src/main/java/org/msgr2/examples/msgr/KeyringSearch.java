package org.msgr2.examples.msgr;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.Keyring;

/**
 * Where a client's key may be, in the order in which Ceph looks (asked of {@code ceph-conf}, 16.2.15); the first file that can
 * be read is the one.
 */
final class KeyringSearch {
    /** What Ceph's option {@code keyring} is by default, for clients. */
    private static final String DEFAULT =
            "$dir/$cluster.$name.keyring,$dir/$cluster.keyring,$dir/keyring,$dir/keyring.bin";

    private static final Path SYSTEM = Path.of("/etc/ceph");

    private final List<Path> files;

    /** A key, and the file that has it. */
    record Found(CryptoKey key, Path file) {
        /** The file only. */
        @Override
        public String toString() {
            return "key in " + file;
        }
    }

    private KeyringSearch(List<Path> files) {
        this.files = files;
    }

    /**
     * What to look at.
     *
     * @param given by the user; then nothing else
     * @param conf whose {@code keyring} is next
     */
    static KeyringSearch of(@Nullable Path given, @Nullable CephConf conf, EntityName name) {
        return of(given, conf, name, SYSTEM);
    }

    /** @param directory Ceph's own */
    static KeyringSearch of(@Nullable Path given, @Nullable CephConf conf, EntityName name, Path directory) {
        if (given != null) {
            return new KeyringSearch(List.of(given));
        }
        String configured = conf == null ? null : conf.value("keyring", name);
        String cluster = conf == null ? CephConf.CLUSTER_DEFAULT : conf.cluster();
        String paths = configured == null || configured.isBlank()
                ? CephConf.expand(DEFAULT.replace("$dir", directory.toString()), cluster, name)
                : CephConf.expand(configured, cluster, name);
        return new KeyringSearch(Arrays.stream(paths.split("[,;\\s]+"))
                .filter(path -> !path.isEmpty())
                .map(Path::of)
                .toList());
    }

    List<Path> files() {
        return files;
    }

    /** The entity's key. */
    Found find(EntityName name) throws Failure {
        for (Path file : files) {
            if (Files.isReadable(file)) {
                Keyring keyring = KeyringFiles.read(file);
                return keyring.find(name)
                        .map(entry -> new Found(entry.key(), file))
                        .orElseThrow(() -> KeyringFiles.without(name, file, keyring));
            }
        }
        List<String> looked = new ArrayList<>();
        for (Path file : files) {
            looked.add(file + " (" + (Files.exists(file) ? "permission denied" : "no such file") + ")");
        }
        throw Failure.of("no keyring for " + name + ": looked at " + String.join(", ", looked)
                + "; give --keyring FILE, or --auth none if the peer allows it");
    }
}
