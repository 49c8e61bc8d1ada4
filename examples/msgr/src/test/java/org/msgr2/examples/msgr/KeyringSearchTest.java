package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;

class KeyringSearchTest {
    private static final EntityName ME = EntityName.parse("client.me");

    private final CryptoKey key = TestCluster.newKey();

    @TempDir
    Path directory;

    private Path write(String file, String entity) throws Exception {
        Path path = directory.resolve(file);
        KeyringFile.write(path, Keyring.EMPTY.with(EntityName.parse(entity), key, Map.of()));
        return path;
    }

    @Test
    void looksWhereCephLooksAndTakesTheFirstThatIsThere() throws Exception {
        KeyringSearch search = KeyringSearch.of(null, null, ME, directory);
        assertThat(search.files())
                .containsExactly(
                        directory.resolve("ceph.client.me.keyring"),
                        directory.resolve("ceph.keyring"),
                        directory.resolve("keyring"),
                        directory.resolve("keyring.bin"));

        Path last = write("keyring", "client.me");
        assertThat(search.find(ME).file()).isEqualTo(last);
        assertThat(search.find(ME).key()).isEqualTo(key);
        Path first = write("ceph.client.me.keyring", "client.me");
        assertThat(search.find(ME).file()).isEqualTo(first);
        assertThat(search.find(ME)).hasToString("key in " + first);
    }

    @Test
    void cephConfNamesTheClusterAndThePaths() throws Exception {
        CephConf cluster = CephConf.parse(directory.resolve("far.conf"), "");
        assertThat(KeyringSearch.of(null, cluster, ME, directory).files().get(0))
                .isEqualTo(directory.resolve("far.client.me.keyring"));

        CephConf paths = CephConf.parse(directory.resolve("far.conf"), "keyring = /a/$cluster-$id, /b\n");
        assertThat(KeyringSearch.of(null, paths, ME, directory).files())
                .containsExactly(Path.of("/a/far-me"), Path.of("/b"));
        assertThat(KeyringSearch.of(Path.of("/c"), paths, ME, directory).files())
                .containsExactly(Path.of("/c"));
    }

    @Test
    void saysWhereItLooked() {
        assertThatThrownBy(() -> KeyringSearch.of(null, null, ME, directory).find(ME))
                .hasMessageStartingWith("no keyring for client.me: looked at "
                        + directory.resolve("ceph.client.me.keyring") + " (no such file), ")
                .hasMessageEndingWith("; give --keyring FILE, or --auth none if the peer allows it");
    }

    @Test
    void aFileWithoutTheEntitySaysWhoIsInIt() throws Exception {
        Path file = write("keyring", "osd.7");
        assertThatThrownBy(() -> KeyringSearch.of(file, null, ME, directory).find(ME))
                .hasMessage(file + " has no key of client.me: it has osd.7; choose another with --name");
        KeyringFile.write(file, Keyring.EMPTY);
        assertThatThrownBy(() -> KeyringSearch.of(file, null, ME, directory).find(ME))
                .hasMessage(file + " has no key of client.me: it is empty");
    }

    @Test
    void aFileThatOthersCanReadIsRefusedWithWhatToDo() throws Exception {
        Path file = write("keyring", "client.me");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> KeyringSearch.of(file, null, ME, directory).find(ME))
                .hasMessageContaining("open to others (rw-r--r--)")
                .hasMessageContaining("chmod 0600");
    }
}
