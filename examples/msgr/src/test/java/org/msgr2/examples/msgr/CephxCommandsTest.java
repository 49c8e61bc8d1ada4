package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.service.EchoService;

/** The client commands against nodes that want cephx. */
class CephxCommandsTest {
    private static final ConnectionMode[] BOTH = {ConnectionMode.CRC, ConnectionMode.SECURE};

    @TempDir
    Path directory;

    private static Run ceph(TestCluster cluster, String... arguments) {
        return Run.of(Stream.concat(
                        Stream.of("ceph"),
                        Stream.concat(
                                Stream.of(arguments),
                                Stream.of("--mon=" + cluster.monitor(), "--keyring=" + cluster.adminKeyring())))
                .toArray(String[]::new));
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    void statusInEitherMode(ConnectionMode mode) throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, mode)) {
            Run run = ceph(cluster, "status");
            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).isEqualTo("  cluster: all well\n");

            JsonNode json = ceph(cluster, "status", "--json", "--mode=" + mode).json();
            assertThat(json.get("fsid").asText()).isEqualTo(TestCluster.FSID.toString());
        }
    }

    @Test
    void secureIsPreferredTowardsAMonitor() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, BOTH)) {
            assertThat(ceph(cluster, "command", "who").out()).isEqualTo("client.admin secure\n");
            assertThat(ceph(cluster, "command", "who", "--mode=crc").out()).isEqualTo("client.admin crc\n");
            assertThat(ceph(cluster, "command", "who", "--name=client.weak").out())
                    .isEqualTo("client.weak secure\n");
        }
    }

    @Test
    void cephConfSaysWhatTheOptionsDoNot() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, BOTH)) {
            Path conf = Files.writeString(
                    directory.resolve("ceph.conf"),
                    "mon host = [" + cluster.monitor().replace("/0", "") + "]\nms mon client mode = crc\n"
                            + "auth client required = cephx\n[client.admin]\nkeyring = " + directory
                            + "/$id.keyring\n");

            assertThat(Run.of("ceph", "command", "who", "--conf=" + conf).out()).isEqualTo("client.admin crc\n");
            assertThat(Run.of("ceph", "command", "who", "--mode=secure", "--conf=" + conf)
                            .out())
                    .isEqualTo("client.admin secure\n");
        }
    }

    @Test
    void aCommandsStatusLineGoesToStderr() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, BOTH)) {
            Run run = ceph(cluster, "command", "{\"prefix\": \"noted\"}");

            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).isEmpty();
            assertThat(run.error()).isEqualTo("noted it");
        }
    }

    @Test
    void aCommandThatFailsNamesTheErrorInOneLine() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, BOTH)) {
            Run known = ceph(cluster, "command", "unknown", "words");
            assertThat(known.exitCode()).isEqualTo(1);
            assertThat(known.error()).isEqualTo("msgr: the monitor answers EINVAL (-22): no such; command");

            Run odd = ceph(cluster, "command", "odd");
            assertThat(odd.error()).isEqualTo("msgr: the monitor answers error (-4242): no such; command");
        }
    }

    @Test
    void inputGoesAlongAndOutputIntoAFileOfItsOwners() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, BOTH)) {
            Path in = Files.writeString(directory.resolve("in"), "12345");
            Path out = directory.resolve("out");

            Run run = ceph(cluster, "command", "{\"prefix\":\"length\"}", "-i", in.toString(), "-o", out.toString());

            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEmpty();
            assertThat(out).hasContent("5");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(out)))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void inputThatIsNotThereIsOneClearLine() {
        Run run = Run.of(
                "ceph",
                "command",
                "x",
                "-i",
                directory.resolve("none").toString(),
                "--auth=none",
                "--mon=v2:127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).endsWith("none: no such file or directory");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"prefix\":\"mon dump\"",
                "{prefix:1}",
                "{\"prefix\":\"a\",\"prefix\":\"b\"}",
                "{\"prefix\":\"a\"} x",
                "[1",
            })
    void malformedJsonIsWrongUsageWithItsPosition(String json) {
        Run run = Run.of("ceph", "command", json, "--auth=none", "--mon=v2:127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error())
                .startsWith("msgr: the command is not JSON, line 1, column ")
                .doesNotContain("Source");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[1]", "\"status\"", "{}", "{\"prefix\":1}", "{\"prefix\":\" \"}"})
    void jsonThatIsNoCommandIsWrongUsage(String json) {
        Run run = Run.of("ceph", "command", json, "--auth=none", "--mon=v2:127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains("prefix");
    }

    @Test
    void anAnswerThatIsNoJsonIsNotPassedOffAsSome() {
        assertThat(MonCommandJson.isJson("{\"a\":1}")).isTrue();
        assertThat(MonCommandJson.isJson("one Java node, all well")).isFalse();
        assertThat(MonCommandJson.isJson("")).isFalse();
    }

    @Test
    void aWrongKeyIsToldFromNothingButSaysWhatToCompare() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, BOTH)) {
            Path wrong = keyring("client.admin", "client.nobody");
            for (String name : new String[] {"client.admin", "client.nobody"}) {
                Run run =
                        Run.of("ceph", "status", "--mon=" + cluster.monitor(), "--name=" + name, "--keyring=" + wrong);

                assertThat(run.exitCode()).isEqualTo(1);
                assertThat(run.error())
                        .contains("EACCES")
                        .endsWith("; the monitor knows no " + name + ", or another key than " + wrong
                                + " has, or gives it no mon capabilities: compare with 'ceph auth get " + name + "'");
            }
        }
    }

    @Test
    void withoutACommonModeOrMethodItSaysWhatThePeerAllows() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, ConnectionMode.SECURE)) {
            Run mode = ceph(cluster, "status", "--mode=crc");
            assertThat(mode.exitCode()).isEqualTo(1);
            assertThat(mode.error())
                    .contains("EOPNOTSUPP (-95): it allows methods [cephx], modes [secure]")
                    .endsWith("; give --mode secure or leave --mode out");

            Run method = Run.of("ceph", "status", "--auth=none", "--mon=" + cluster.monitor());
            assertThat(method.exitCode()).isEqualTo(1);
            assertThat(method.error())
                    .contains("it allows methods [cephx]")
                    .endsWith("; give --auth cephx and --keyring FILE");
        }
        try (TestNode node = TestNode.start("mon.0", new EchoService())) {
            Run method = Run.of("ceph", "status", "--mon=" + node.addr(), "--keyring=" + keyring("client.admin"));
            assertThat(method.exitCode()).isEqualTo(1);
            assertThat(method.error())
                    .contains("it allows methods [none]")
                    .endsWith("; give --auth none to go without proof and encryption");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    void pingsAMonitorWithItsKeyAndADaemonWithATicket(ConnectionMode mode) throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, mode)) {
            String keyring = "--keyring=" + cluster.adminKeyring();
            JsonNode monitor = Run.of("ping", "--json", "--count=1", keyring, cluster.monitor())
                    .json();
            assertThat(monitor.get("peer_authenticated").asBoolean()).isTrue();
            assertThat(monitor.get("mode").asText()).isEqualTo(mode.toString());
            assertThat(monitor.path("aead").asText())
                    .startsWith(mode == ConnectionMode.SECURE ? "AES-128-GCM by " : "");
            assertThat(monitor.has("aead")).isEqualTo(mode == ConnectionMode.SECURE);

            for (String type : new String[] {"--type=osd", "--type=any"}) {
                Run osd = Run.of("ping", type, "--count=1", keyring, "--mon=" + cluster.monitor(), cluster.osd());
                assertThat(osd.err()).isEmpty();
                assertThat(osd.out()).contains("osd.3 at ").contains("authenticated with cephx");
                if (mode == ConnectionMode.SECURE) {
                    assertThat(osd.out()).contains("mode secure").contains("encryption     AES-128-GCM by ");
                } else {
                    assertThat(osd.out()).contains("mode crc").doesNotContain("AES");
                }
            }
        }
    }

    @Test
    void aDaemonWithoutATicketSaysWhoGivesOne() throws Exception {
        try (TestCluster cluster = TestCluster.start(directory, BOTH)) {
            String keyring = "--keyring=" + cluster.adminKeyring();
            Run nobody = Run.of("ping", keyring, cluster.osd());
            assertThat(nobody.exitCode()).isEqualTo(1);
            assertThat(nobody.error())
                    .contains("no ticket for osd yet")
                    .endsWith(
                            "; name a monitor with --mon ADDR or --conf FILE, or give --auth none if the peer allows it");
        }
        try (TestCluster cluster = TestCluster.start(directory, BOTH);
                TestNode other = TestNode.start("client.7", new EchoService())) {
            String keyring = "--keyring=" + cluster.adminKeyring();
            Run none = Run.of("ping", keyring, "--mon=" + cluster.monitor(), other.addr());
            assertThat(none.exitCode()).isEqualTo(1);
            assertThat(none.error()).endsWith("; the monitor gives client.admin none for this type of peer");
        }
    }

    @Test
    void optionsThatContradictEachOtherAreWrongUsage() throws Exception {
        for (String options : new String[] {"--keyring=k", "--mode=secure"}) {
            Run run = Run.of("ceph", "status", "--auth=none", options, "--mon=v2:127.0.0.1:1");

            assertThat(run.exitCode()).isEqualTo(2);
            assertThat(run.error()).contains("goes with --auth cephx", "key");
        }
    }

    private Path keyring(String... names) throws Exception {
        Keyring keyring = Keyring.EMPTY;
        for (String name : names) {
            keyring = keyring.with(EntityName.parse(name), TestCluster.newKey(), Map.of("mon", "allow *"));
        }
        Path file = directory.resolve("other.keyring");
        KeyringFile.write(file, keyring);
        return file;
    }
}
