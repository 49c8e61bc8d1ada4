package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringException;
import org.msgr2.crypto.key.KeyringFile;

/** Keyrings of {@code ceph-authtool} and ours, each read by the other. */
@RequiresCeph(CephProgram.AUTHTOOL)
final class KeyringIT {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** What a value can be surrounded by, quoted by and contain. */
    private static final List<String> PIECES =
            List.of("", " ", "\t", "a b", "\"", "'", "\\", "\\\"", "\\\\", "\\y", "\\#", "=[x]");

    private final SecureRandom random = new SecureRandom();

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void nameFile() {
        file = directory.resolve("keyring");
    }

    private String authtool(String... arguments) {
        ProcessBuilder builder = new ProcessBuilder(Stream.concat(
                                Stream.of(CephInstalled.here()
                                        .get(CephProgram.AUTHTOOL)
                                        .toString()),
                                Stream.of(arguments))
                        .toList())
                .directory(directory.toFile());
        return PeerCommand.run(builder, LIMIT, ProcessBuilder::start);
    }

    private CryptoKey newKey() {
        return CryptoKey.generate(KeyType.AES, UTime.ofEpochNanos(1_800_000_000_123_456_789L), random::nextBytes);
    }

    @Test
    void readsWhatAuthtoolWrites() throws IOException, KeyringException {
        authtool(
                "keyring",
                "-C",
                "--gen-key",
                "-n",
                "client.admin",
                "--cap",
                "osd",
                "allow \"x\"",
                "--cap",
                "mon",
                "allow *");
        authtool("keyring", "--gen-key", "-n", "mon.", "--cap", "mon", "allow *");
        authtool("keyring", "--gen-key", "-n", "osd.10");
        authtool("keyring", "--gen-key", "-n", "osd.2", "--cap", "mon", "");
        Keyring keyring = KeyringFile.read(file);
        assertThat(keyring.entries().keySet())
                .extracting(EntityName::toString)
                .containsExactly("mon.", "osd.10", "osd.2", "client.admin");
        assertThat(keyring.find(EntityName.parse("client.admin")).orElseThrow().caps())
                .containsExactly(Map.entry("mon", "allow *"), Map.entry("osd", "allow \"x\""));
        assertThat(keyring.toText()).isEqualTo(Files.readString(file));
    }

    @Test
    void authtoolReadsWhatWeWrite() throws IOException {
        CryptoKey key = newKey();
        KeyringFile.write(
                file,
                Keyring.EMPTY
                        .with(EntityName.parse("client.a"), key, Map.of("mon", "allow \"*\"", "mds", ""))
                        .with(EntityName.parse("mon."), newKey(), Map.of("mon", "allow *")));
        assertThat(authtool("keyring", "-l")).isEqualTo(Files.readString(file));
        assertThat(authtool("keyring", "-p", "-n", "client.a").strip()).isEqualTo(key.toBase64());
    }

    @Test
    void authtoolListsWhatTheCommandCreates() throws Exception {
        MsgrProcess created = MsgrProcess.run(
                "keyring",
                "create",
                file.toString(),
                "--name",
                "client.a",
                "--name",
                "mon.",
                "--cap",
                "mon",
                "allow *",
                "--cap",
                "osd",
                "allow rw pool=x");
        assertThat(created.err()).isEmpty();
        assertThat(created.exitCode()).isZero();

        assertThat(authtool("keyring", "-l"))
                .isEqualTo(Files.readString(file))
                .contains(
                        "[client.a]\n", "[mon.]\n", "\tcaps mon = \"allow *\"\n", "\tcaps osd = \"allow rw pool=x\"\n");
    }

    @Test
    void theCommandImportsAndPrintsWhatAuthtoolCreates() throws Exception {
        authtool("theirs", "-C", "--gen-key", "-n", "client.b", "--cap", "mon", "allow r");
        Path theirs = directory.resolve("theirs");

        MsgrProcess imported = MsgrProcess.run("keyring", "import", file.toString(), theirs.toString());
        assertThat(imported.out()).isEqualTo("imported client.b into " + file + "\n");
        MsgrProcess printed = MsgrProcess.run("keyring", "print", file.toString(), "--show-secrets");
        assertThat(printed.out())
                .contains("client.b", "key of type aes", "allow r")
                .contains(authtool("keyring", "-p", "-n", "client.b").strip());
    }

    /** What it would not read of its own writing. */
    @Test
    void authtoolReadsWhatItShouldHaveEscapedItself() throws IOException {
        KeyringFile.write(
                file, Keyring.EMPTY.with(EntityName.parse("client.a"), newKey(), Map.of("mon", "a \\y \" # b ; c")));
        assertThat(authtool("keyring", "-l")).contains("\tcaps mon = \"a \\y \\\" # b ; c\"\n");
    }

    /** Every value of two pieces, unquoted and quoted: accepted by both with the same meaning, or by neither. */
    static Stream<String> values() {
        return PIECES.stream()
                .flatMap(before -> Stream.of(before + "%s", "\"" + before + "%s\"", "'" + before + "%s'"));
    }

    @ParameterizedTest
    @MethodSource("values")
    void understandsValuesAsAuthtoolDoes(String pattern) throws IOException {
        for (String piece : PIECES) {
            String value = pattern.replace("%s", piece);
            // But for a '#' inside quotes without a backslash of its own: we read it, on purpose.
            if (!List.of("\"\\\\#\"", "'\\\\#'").contains(value)) {
                checkSameMeaning("[client.a]\nkey = " + newKey().toBase64() + "\ncaps mon = " + value + "\n");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[client.a]\nkey = @\n",
                "\n# c\n ; c\n\n[client.a] # c\n\n\tkey  =@ ; c\n#",
                "[client.a]\nkey = \"@\"\ncaps_mon=x\n\n caps\t osd = y # z\n",
                "[client.a]\nkey = @\n[client.b]\n[osd.1]\nkey = @\n[client.a]\ncaps mds = x\ncaps mds = y\nauid = 1\n",
                "[client.a]\r\nkey = @\r\n",
                "[client.a]\nkey = @\ncaps mon = a\\\n b\n",
                "[client.a]\nkey = @\ncaps mon = a # b\ncaps osd = \"a\";b\ncaps mds = a \\# b\n",
                "[client.a]\nkey = @",
                "[client.a]\nkey = @\ncaps mon = a",
                "[client.a]\nkey = @\ncaps mon = a\\",
                "[client.a\nkey = @\n",
                "[client]\nkey = @\n",
                "[ client.a ]\nkey = @\n",
                "[client.a] key = @\n",
                "[client.a]\nKEY = @\n",
                "[client.a]\nkey\n",
                "[client.a]\nkey =\n",
                "[client.a]\nkey = @\nfoo = bar\n",
                "[client.a]\nkey = @\ncaps = bar\n",
                "[client.a]\nkey = @\ncaps mon = \"a\\\nb\"\n",
                "[client.a]\nkey = @\ncaps mon = \"a\" \"b\"\n",
            })
    void understandsFilesAsAuthtoolDoes(String text) throws IOException {
        checkSameMeaning(text.replace("@", newKey().toBase64()));
    }

    private void checkSameMeaning(String text) throws IOException {
        Files.writeString(file, text);
        String listed;
        try {
            listed = authtool("keyring", "-l");
        } catch (PeerException e) {
            assertThatThrownBy(() -> Keyring.parse(text, "keyring")).as(text).isInstanceOf(KeyringException.class);
            return;
        }
        try {
            assertThat(asAuthtoolLists(Keyring.parse(text, "keyring"))).as(text).isEqualTo(listed);
        } catch (KeyringException e) {
            throw new AssertionError("authtool accepts: " + text, e);
        }
    }

    /** Without the escapes that it forgets. */
    private static String asAuthtoolLists(Keyring keyring) {
        return keyring.toText().replaceAll("\\\\([\\\\#;])", "$1");
    }
}
