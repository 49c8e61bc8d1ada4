package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;

/** {@code msgr serve}, talked to by Ceph's own {@code ceph} and librados, unmodified. */
@RequiresCeph
@Timeout(180)
final class NodeCommandIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** How client and node recognize each other, and protect what they say. */
    enum Login {
        NONE("none", "crc"),
        CEPHX_CRC("cephx", "crc"),
        CEPHX_SECURE("cephx", "secure");

        private final String method;
        private final String mode;

        Login(String method, String mode) {
            this.method = method;
            this.mode = mode;
        }
    }

    @TempDir
    private Path directory;

    private Path data() {
        return directory.resolve("data");
    }

    private MsgrNode node(Login login, String... options) throws Exception {
        List<String> all =
                new ArrayList<>(List.of("--name", "mon.a", "--data", data().toString(), "--auth", login.method));
        all.addAll(List.of(options));
        return MsgrNode.start(directory.resolve("node.log"), all.toArray(String[]::new));
    }

    private Path conf(MsgrNode node, Login login, Path keyring) throws Exception {
        String fsid = Files.readString(data().resolve("fsid")).strip();
        return Files.writeString(
                directory.resolve("ceph.conf"),
                String.join(
                        "\n",
                        "[global]",
                        "fsid = " + UUID.fromString(fsid),
                        "mon host = [" + node.address().replaceAll("/0$", "") + "]",
                        "keyring = " + keyring,
                        "auth client required = " + login.method,
                        "auth cluster required = " + login.method,
                        "auth service required = " + login.method,
                        "ms mon client mode = " + login.mode,
                        "ms client mode = " + login.mode,
                        "log file =",
                        ""));
    }

    private static String ceph(Path conf, String... words) {
        List<String> command = new ArrayList<>(List.of("ceph", "--conf", conf.toString(), "--connect-timeout", "10"));
        command.addAll(List.of(words));
        return PeerCommand.run(new ProcessBuilder(command), LIMIT, ProcessBuilder::start);
    }

    private static JsonNode json(Path conf, String... words) throws Exception {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("-f", "json"));
        return JSON.readTree(ceph(conf, all.toArray(String[]::new)));
    }

    @ParameterizedTest
    @EnumSource
    void cephsCommandIsAnswered(Login login) throws Exception {
        try (MsgrNode node = node(login)) {
            Path conf = conf(node, login, data().resolve("keyring"));

            assertThat(ceph(conf, "ping", "mon.a")).contains("HEALTH_OK").contains("\"name\":\"a\"");
            assertThat(ceph(conf, "status"))
                    .contains("name:          mon.a, up ")
                    .contains("auth:          " + login.method)
                    .contains("connections:   " + login.mode + " ");
            assertThat(json(conf, "status").at("/node/name").asText()).isEqualTo("mon.a");
            assertThat(ceph(conf, "health")).isEqualTo("HEALTH_OK\n");
            assertThat(json(conf, "health", "detail").get("status").asText()).isEqualTo("HEALTH_OK");
            assertThat(json(conf, "mon", "metadata", "a").get("name").asText()).isEqualTo("a");
            assertThat(json(conf, "mon", "metadata")).hasSize(1);
            assertThat(ceph(conf, "mon", "dump")).contains("0: [" + node.address() + "] mon.a");
            assertThat(ceph(conf, "mon", "stat")).contains("one monitor, a at ");
            assertThat(ceph(conf, "fsid")).isEqualTo(Files.readString(data().resolve("fsid")));
            assertThat(ceph(conf, "version")).startsWith("msgr ");
            assertThat(json(conf, "versions").get("overall")).hasSize(1);
            assertThatThrownBy(() -> ceph(conf, "mon", "metadata", "b")).hasMessageContaining("ENOENT");
            assertThatThrownBy(() -> ceph(conf, "osd", "tree")).hasMessageContaining("EINVAL");
            assertThat(node.terminate()).isZero();
        }
        assertThat(directory.resolve("node.log")).isEmptyFile();
    }

    @ParameterizedTest
    @EnumSource
    void libradosConnectsAndSendsCommands(Login login) throws Exception {
        try (MsgrNode node = node(login)) {
            Path conf = conf(node, login, data().resolve("keyring"));
            Path program = Files.writeString(directory.resolve("ask.py"), """
                    import json, rados, sys
                    with rados.Rados(conffile=sys.argv[1]) as cluster:
                        print(cluster.get_fsid())
                        print(cluster.mon_command(json.dumps({"prefix": "health"}), b""))
                        print(cluster.mon_command(json.dumps({"prefix": "nonsense"}), b"")[0])
                        print(cluster.mon_command("nonsense", b"")[0])
                    """);
            String out = python(program, conf);
            assertThat(out.lines())
                    .containsExactly(
                            Files.readString(data().resolve("fsid")).strip(), "(0, b'HEALTH_OK\\n', '')", "-22", "-22");
        }
    }

    /** Without connect() before: with both in one process librados 16.2.15 crashes at times, with Ceph's own monitor too. */
    @ParameterizedTest
    @EnumSource
    void libradosPings(Login login) throws Exception {
        try (MsgrNode node = node(login)) {
            Path conf = conf(node, login, data().resolve("keyring"));
            Path program = Files.writeString(directory.resolve("ping.py"), """
                    import json, rados, sys
                    cluster = rados.Rados(conffile=sys.argv[1])
                    print(json.loads(cluster.ping_monitor("a"))["health"]["status"])
                    cluster.shutdown()
                    """);
            assertThat(python(program, conf)).isEqualTo("HEALTH_OK\n");
        }
    }

    private static String python(Path program, Path conf) {
        return PeerCommand.run(
                new ProcessBuilder("/usr/bin/python3", program.toString(), conf.toString()),
                LIMIT,
                ProcessBuilder::start);
    }

    @Test
    void permissionsAreThoseOfTheKeyring() throws Exception {
        Path keyring = directory.resolve("keyring");
        KeyringFile.write(
                keyring,
                Keyring.EMPTY
                        .with(EntityName.parse("mon."), newKey(), Map.of("mon", "allow *"))
                        .with(EntityName.parse("client.reader"), newKey(), Map.of("mon", "allow r"))
                        .with(EntityName.parse("client.writer"), newKey(), Map.of("mon", "allow w"))
                        .with(EntityName.parse("client.nobody"), newKey(), Map.of()));
        try (MsgrNode node = node(Login.CEPHX_SECURE, "--keyring", keyring.toString())) {
            Path conf = conf(node, Login.CEPHX_SECURE, keyring);

            assertThat(ceph(conf, "--name", "client.reader", "health")).isEqualTo("HEALTH_OK\n");
            assertThatThrownBy(() -> ceph(conf, "--name", "client.writer", "health"))
                    .hasMessageContaining("EACCES");
            // Without any capability at the monitor nobody logs in at all, as with Ceph's.
            assertThatThrownBy(() -> ceph(conf, "--name", "client.nobody", "health"))
                    .isInstanceOf(PeerException.class)
                    .hasMessageMatching("(?s).*([Pp]ermission denied|EACCES).*");
            assertThat(json(conf, "--name", "client.reader", "status")
                            .at("/node/failed_logins/no capabilities")
                            .asInt())
                    .isPositive();
        }
        assertThat(directory.resolve("node.log"))
                .content()
                .containsPattern("login refused: client\\.nobody at v2:127\\.0\\.0\\.1:\\d+/0: no capabilities");
    }

    @Test
    void aWrongKeyIsRefusedAndTheNextClientIsServed() throws Exception {
        try (MsgrNode node = node(Login.CEPHX_CRC)) {
            Path conf = conf(node, Login.CEPHX_CRC, data().resolve("keyring"));
            Path wrong = directory.resolve("wrong");
            KeyringFile.write(
                    wrong, Keyring.EMPTY.with(EntityName.parse("client.admin"), newKey(), Map.of("mon", "allow *")));

            assertThatThrownBy(() -> ceph(conf, "--keyring", wrong.toString(), "status"))
                    .isInstanceOf(PeerException.class);
            assertThat(ceph(conf, "health")).isEqualTo("HEALTH_OK\n");
        }
    }

    @Test
    void theKeyringThatItMakesIsOneThatCephReads() throws Exception {
        try (MsgrNode node = node(Login.CEPHX_SECURE)) {
            Path keyring = data().resolve("keyring");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(keyring)))
                    .isEqualTo("rw-------");
            String listed = PeerCommand.run(
                    new ProcessBuilder("ceph-authtool", "--list", keyring.toString()), LIMIT, ProcessBuilder::start);
            assertThat(listed).contains("[mon.a]", "[client.admin]", "caps cld = \"allow *\"");
            assertThat(node.terminate()).isZero();
        }
    }

    @Test
    void itsJsonHasTheMembersThatCephsHas() throws Exception {
        Map<String, List<String>> commands = Map.of(
                "health", List.of("health"),
                "mon dump", List.of("mon", "dump"),
                "mon stat", List.of("mon", "stat"),
                "version", List.of("version"),
                "versions", List.of("versions"),
                "fsid", List.of("fsid"));
        try (CephCluster real = LocalCeph.start(CephSettings.defaults());
                MsgrNode node = node(Login.CEPHX_SECURE)) {
            Path conf = conf(node, Login.CEPHX_SECURE, data().resolve("keyring"));
            for (Map.Entry<String, List<String>> command : commands.entrySet()) {
                String[] words = command.getValue().toArray(String[]::new);
                List<String> all = new ArrayList<>(command.getValue());
                all.addAll(List.of("-f", "json"));
                assertThat(members(json(conf, words)))
                        .as(command.getKey())
                        .isEqualTo(members(JSON.readTree(real.ceph(all.toArray(String[]::new)))));
            }
        }
    }

    private static Set<String> members(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static CryptoKey newKey() {
        return CryptoKey.generate(KeyType.AES, new UTime(1_700_000_000L, 0), new SecureRandom()::nextBytes);
    }
}
