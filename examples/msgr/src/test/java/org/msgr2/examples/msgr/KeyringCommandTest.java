package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;

class KeyringCommandTest {
    private static final EntityName ME = EntityName.parse("client.me");
    private static final EntityName YOU = EntityName.parse("client.you");

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("keyring");
    }

    private Keyring.Entry entry(EntityName name) throws Exception {
        return KeyringFile.read(file).find(name).orElseThrow();
    }

    private static Path write(Path file, EntityName name, CryptoKey key) throws Exception {
        KeyringFile.write(file, Keyring.EMPTY.with(name, key, Map.of("mon", "allow r")));
        return file;
    }

    @Test
    void createsAFileForItsOwnerWithAKeyForEach() throws Exception {
        Instant before = Instant.now();
        Run run = Run.of(
                "keyring",
                "create",
                file.toString(),
                "--name=client.me",
                "--name=client.you",
                "--cap",
                "mon",
                "allow r",
                "--cap",
                "osd",
                "allow rw pool=x, allow r");

        assertThat(run.err()).isEmpty();
        assertThat(run.outLines())
                .containsExactly("created client.me, type aes, in " + file, "created client.you, type aes, in " + file);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        assertThat(entry(ME).caps())
                .containsExactly(Map.entry("mon", "allow r"), Map.entry("osd", "allow rw pool=x, allow r"));
        assertThat(entry(ME).key().type()).isEqualTo(KeyType.AES);
        assertThat(entry(ME).key().created().toInstant()).isBetween(before, Instant.now());
        assertThat(entry(YOU).key()).isNotEqualTo(entry(ME).key());
    }

    @Test
    void addsToAFileAndReplacesOnlyIfTold() throws Exception {
        CryptoKey mine = TestCluster.newKey();
        write(file, ME, mine);
        assertThat(Run.of("keyring", "create", file.toString(), "--name=client.you", "--type=aes256krb5")
                        .exitCode())
                .isZero();
        assertThat(entry(ME).key()).isEqualTo(mine);
        assertThat(entry(YOU).key().type()).isEqualTo(KeyType.AES256KRB5);

        Run refused = Run.of("keyring", "create", file.toString(), "--name=client.new", "--name=client.me");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.error()).contains(file + " has a key of client.me already", "--replace");
        assertThat(KeyringFile.read(file).entries()).containsOnlyKeys(ME, YOU);
        assertThat(entry(ME).key()).isEqualTo(mine);

        assertThat(Run.of("keyring", "create", file.toString(), "--name=client.me", "--replace")
                        .exitCode())
                .isZero();
        assertThat(entry(ME).key()).isNotEqualTo(mine);
        assertThat(entry(ME).caps()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "mon,alow *,grants nothing",
        "mon,,grants nothing",
        "'mon osd',allow r,name of one service",
    })
    void capabilitiesThatCannotBeMeantAreWrongUsage(String service, String text, String message) {
        Run run = Run.of(
                "keyring", "create", file.toString(), "--name=client.me", "--cap", service, text == null ? "" : text);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains(message);
        assertThat(file).doesNotExist();
    }

    @Test
    void wrongUsageOfCreate() {
        assertThat(Run.of("keyring", "create", file.toString()).error()).contains("--name");
        assertThat(Run.of("keyring", "create", file.toString(), "--name=me").error())
                .contains("'me' is no entity name");
        assertThat(Run.of("keyring", "create", file.toString(), "--name=client.me", "--type=des")
                        .exitCode())
                .isEqualTo(2);
        assertThat(Run.of("keyring", "create", file.toString(), "--name=client.me", "--cap", "mon")
                        .exitCode())
                .isEqualTo(2);
        Run twice = Run.of(
                "keyring",
                "create",
                file.toString(),
                "--name=client.me",
                "--cap",
                "mon",
                "allow r",
                "--cap",
                "mon",
                "allow w");
        assertThat(twice.exitCode()).isEqualTo(2);
        assertThat(twice.error()).contains("--cap mon was given twice");
        assertThat(Run.of("keyring", "create", file.toString(), "--name=client.a]b")
                        .error())
                .contains("a keyring cannot hold the name client.a]b");
        assertThat(file).doesNotExist();
    }

    @Test
    void aDirectoryThatIsNotThereIsOneClearLine() {
        Run run = Run.of("keyring", "create", directory.resolve("no/keyring").toString(), "--name=client.me");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).startsWith("msgr: cannot write the keyring ").endsWith("no such file or directory");
    }

    @Test
    void printsEverythingButTheSecrets() throws Exception {
        CryptoKey key = TestCluster.newKey();
        write(file, ME, key);

        Run table = Run.of("keyring", "print", file.toString());
        assertThat(table.err()).isEmpty();
        assertThat(table.outLines())
                .containsExactly(
                        "client.me  key of type aes, created 2027-01-15T08:00:00.123456789Z", "  mon      allow r");
        Run json = Run.of("keyring", "print", file.toString(), "--json");
        assertThat(json.json())
                .hasToString("{\"file\":\"" + file + "\",\"entities\":[{\"name\":\"client.me\",\"type\":\"aes\","
                        + "\"created\":\"2027-01-15T08:00:00.123456789Z\",\"caps\":{\"mon\":\"allow r\"}}]}");
        assertThat(table.out() + json.out()).doesNotContain(key.toBase64());
    }

    @Test
    void printsSecretsWhenTold() throws Exception {
        CryptoKey key = TestCluster.newKey();
        write(file, ME, key);

        assertThat(Run.of("keyring", "print", file.toString(), "--show-secrets").out())
                .contains("  key      " + key.toBase64() + "\n");
        JsonNode json = Run.of("keyring", "print", file.toString(), "--show-secrets", "--json")
                .json();
        assertThat(json.at("/entities/0/key").asText()).isEqualTo(key.toBase64());
    }

    @Test
    void printsOnlyThoseThatAreAskedFor() throws Exception {
        KeyringFile.write(
                file, Keyring.EMPTY.with(ME, TestCluster.newKey(), Map.of()).with(YOU, TestCluster.newKey(), Map.of()));

        Run one = Run.of("keyring", "print", file.toString(), "--name=client.you");
        assertThat(one.out()).startsWith("client.you").doesNotContain("client.me");
        Run none = Run.of("keyring", "print", file.toString(), "--name=client.him");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.error()).contains("has no key of client.him: it has client.me, client.you");
    }

    @Test
    void aMalformedKeyringNamesTheLineAndQuotesNothing() throws Exception {
        Files.writeString(file, "[client.me]\n\tkey = c2VjcmV0LXNlY3JldA==\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

        Run run = Run.of("keyring", "print", file.toString());

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).startsWith("msgr: " + file + ":2: ").doesNotContain("c2Vj");
    }

    @Test
    void aKeyringThatOthersCanReadIsRefused() throws Exception {
        write(file, ME, TestCluster.newKey());
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));

        for (String[] command : new String[][] {
            {"print", file.toString()},
            {"create", file.toString(), "--name=client.you"},
            {"import", directory.resolve("into").toString(), file.toString()},
        }) {
            Run run = Run.of("keyring", command[0], command[1], command[command.length - 1]);
            if (command[0].equals("print")) {
                run = Run.of("keyring", "print", file.toString());
            }
            assertThat(run.exitCode()).as(command[0]).isEqualTo(1);
            assertThat(run.error()).contains("open to others (rw-r--r--)", "chmod 0600");
        }
    }

    @Test
    void importsWhatIsMissingAndKeepsTheRest() throws Exception {
        Path from = write(directory.resolve("from"), YOU, TestCluster.newKey());
        CryptoKey mine = TestCluster.newKey();
        write(file, ME, mine);

        Run run = Run.of("keyring", "import", file.toString(), from.toString());
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).isEqualTo("imported client.you into " + file + "\n");
        assertThat(KeyringFile.read(file).entries()).containsOnlyKeys(ME, YOU);
        assertThat(entry(ME).key()).isEqualTo(mine);

        Run again = Run.of("keyring", "import", file.toString(), from.toString());
        assertThat(again.out()).isEqualTo(file + " has all of " + from + " already\n");
    }

    @Test
    void anEntityThatDiffersIsAConflictAndNothingIsChanged() throws Exception {
        Path from = directory.resolve("from");
        CryptoKey theirs = TestCluster.newKey();
        KeyringFile.write(from, Keyring.EMPTY.with(ME, theirs, Map.of()).with(YOU, TestCluster.newKey(), Map.of()));
        CryptoKey mine = TestCluster.newKey();
        write(file, ME, mine);

        Run refused = Run.of("keyring", "import", file.toString(), from.toString());
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.error())
                .contains(file + " and " + from + " differ in client.me; nothing was changed", "--replace");
        assertThat(KeyringFile.read(file).entries()).containsOnlyKeys(ME);
        assertThat(entry(ME).key()).isEqualTo(mine);

        assertThat(Run.of("keyring", "import", file.toString(), from.toString(), "--replace")
                        .exitCode())
                .isZero();
        assertThat(entry(ME).key()).isEqualTo(theirs);
        assertThat(KeyringFile.read(file)).isEqualTo(KeyringFile.read(from));
    }
}
