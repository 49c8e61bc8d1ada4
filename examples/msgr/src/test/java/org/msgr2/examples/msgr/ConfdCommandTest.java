package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code msgr confd} over UDP, against {@code msgr serve}. */
class ConfdCommandTest {
    @TempDir
    Path directory;

    @Test
    void everyQuestionHasATable() throws Exception {
        try (ConfdNode node = ConfdNode.start(directory)) {
            assertThat(node.ask("ping").out()).matches("127\\.0\\.0\\.1:\\d+ +\\d+\\.\\d{3} ms\\R");
            assertThat(node.ask("cluster-master").outLines())
                    .containsExactly(
                            "name             node1.example.net",
                            "cluster ip       192.0.2.100",
                            "node primary ip  192.0.2.1");
            assertThat(node.ask("node-role-by-name", "node2").outLines()).containsExactly("candidate");
            assertThat(node.ask("node-pip-by-instance-ip", "203.0.113.2").outLines())
                    .containsExactly("192.0.2.3");
            assertThat(node.ask("node-pip-by-instance-ip", "203.0.113.2", "203.0.113.9")
                            .outLines())
                    .containsExactly("IP           NODE", "203.0.113.2  192.0.2.3", "203.0.113.9  unknown");
            assertThat(node.ask("node-pip-list").outLines())
                    .containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2", "192.0.2.3");
            assertThat(node.ask("mc-pip-list").outLines()).containsExactlyInAnyOrder("192.0.2.1", "192.0.2.2");
            assertThat(node.ask("instances-ips-list", "--link=br0").outLines())
                    .containsExactlyInAnyOrder("203.0.113.1", "203.0.113.2");
            assertThat(node.ask("node-drbd", "node1").outLines())
                    .containsExactly(
                            "NODE               MINOR  INSTANCE          DISK    ROLE     PEER",
                            "node1.example.net  0      web1.example.net  disk/0  primary  node2.example.net");
            assertThat(node.ask("node-instances", "node2").out())
                    .contains("web1.example.net  secondary  up     debian  203.0.113.1");
            Run disks = node.ask("instance-disks", "web1");
            assertThat(disks.out()).contains("disk/0  drbd  2048  rw").doesNotContain("for the demonstration");
            assertThat(node.ask("config-query", "/cluster/master_ip").outLines())
                    .containsExactly("192.0.2.100");
        }
    }

    @Test
    void jsonHasTheAnswerAsConfdGivesIt() throws Exception {
        try (ConfdNode node = ConfdNode.start(directory)) {
            JsonNode json = node.ask("node-role-by-name", "node2", "--json").json();
            assertThat(json.get("type").asText()).isEqualTo("node-role-by-name");
            assertThat(json.get("answer").asInt()).isEqualTo(1);
            assertThat(json.get("serial").asInt()).isEqualTo(1);
            assertThat(json.at("/peers_us").has(node.udp())).isTrue();
        }
    }

    @Test
    void whatConfdRefusesIsAFailureInWords() throws Exception {
        try (ConfdNode node = ConfdNode.start(directory)) {
            Run node9 = node.ask("node-role-by-name", "node9");
            assertThat(node9.exitCode()).isEqualTo(1);
            assertThat(node9.error()).isEqualTo("msgr: node-role-by-name: Node name node9 not found");
            assertThat(node.ask("instance-disks", "web9").error()).contains("web9 not found");
            assertThat(node.ask("config-query", "/cluster/nope").error())
                    .isEqualTo("msgr: config-query: there is nothing at '/cluster/nope' in the configuration");
            assertThat(node.ask("config-query", "cluster").error()).contains("a path begins with /");
        }
    }

    @Test
    void aTimeOutNamesThePeersThatAreSilent() throws Exception {
        try (ConfdNode node = ConfdNode.start(directory);
                DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String other = "127.0.0.1:" + silent.getLocalPort();
            Run run = Run.of(
                    "confd",
                    "ping",
                    "--peer=" + node.udp(),
                    "--peer=" + other,
                    "--key=" + node.cluster().key(),
                    "--timeout=300ms");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error())
                    .contains("no answer from " + other + " within 300 ms (1 of 2 peers are too few)")
                    .doesNotContain(node.udp());
        }
    }

    /** A second confd of the same cluster. */
    private static ServedNode another(ConfdNode first) throws Exception {
        return ServedNode.start(
                "--auth=none",
                "--confd=127.0.0.1:0",
                "--confd-config=" + first.cluster().config(),
                "--confd-key=" + first.cluster().key());
    }

    /** A ping is of each of them. */
    @Test
    void aPingOfThreeAwaitsAllOfThemAndNamesTheOneThatIsSilent() throws Exception {
        try (ConfdNode first = ConfdNode.start(Files.createDirectory(directory.resolve("a")));
                ServedNode second = another(first);
                ServedNode third = another(first);
                DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            String peer = "--peer=" + second.after("listening confd-udp ");
            Run all = first.ask("ping", peer, "--peer=" + third.after("listening confd-udp "));
            assertThat(all.exitCode()).isZero();
            assertThat(all.outLines()).hasSize(3);

            String other = "127.0.0.1:" + silent.getLocalPort();
            Run run = Run.of(
                    "confd",
                    "ping",
                    "--peer=" + first.udp(),
                    peer,
                    "--peer=" + other,
                    "--key=" + first.cluster().key(),
                    "--timeout=1s");
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error())
                    .contains("no answer from " + other + " within 1 s (2 of 3 peers are too few)")
                    .doesNotContain(first.udp());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "9"})
    void aClientSpeaksOneOfTwoEras(String wire) {
        assertThat(Run.of("confd", "ping", "--peer=127.0.0.1", "--key=k", "--wire=" + wire)
                        .error())
                .contains("the wire of a client is 2.7 or 3.0, not '" + wire + "'");
    }

    @Test
    void theEraOfTheWireIsRefusedOverMsgr2() {
        Run run = Run.of("confd", "ping", "--node=v2:127.0.0.1:1", "--auth=none", "--wire=3.0");
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains("leave --wire out");
    }

    /** Two of three are enough, so nobody waits for the third. */
    @Test
    void enoughPeersAreEnough() throws Exception {
        try (ConfdNode first = ConfdNode.start(Files.createDirectory(directory.resolve("a")));
                DatagramSocket silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            try (ServedNode second = another(first)) {
                Run run = first.ask(
                        "cluster-master",
                        "--peer=" + second.after("listening confd-udp "),
                        "--peer=127.0.0.1:" + silent.getLocalPort());
                assertThat(run.exitCode()).isZero();
                assertThat(run.out()).contains("node1.example.net");
            }
        }
    }

    @Test
    void aSecretThatEverybodyCanReadIsRefused() throws Exception {
        Path key = DemoCluster.create(directory).key();
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        Run run = Run.of("confd", "ping", "--peer=127.0.0.1", "--key=" + key);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).contains("everybody can read the HMAC key").contains("chmod");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "confd",
                "confd ping",
                "confd ping --peer=127.0.0.1",
                "confd ping --peer=127.0.0.1:0 --key=k",
                "confd ping --peer=::1 --key=k",
                "confd node-drbd --peer=127.0.0.1 --key=k",
                "confd ping --peer=127.0.0.1 --key=k --wire=auto",
                "confd ping --node=v2:127.0.0.1:1 --auth=none --wire=2.7"
            })
    void wrongUsageTriesNothing(String line) {
        Run run = Run.of(line.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).startsWith("msgr: ");
    }

    @Test
    void everyCommandHasHelpWithAnExample() {
        for (String question : new String[] {
            "ping",
            "cluster-master",
            "node-role-by-name",
            "node-pip-by-instance-ip",
            "node-pip-list",
            "mc-pip-list",
            "instances-ips-list",
            "node-drbd",
            "node-instances",
            "instance-disks",
            "config-query",
            "watch"
        }) {
            Run help = Run.of("confd", question, "--help");
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).contains("Examples:").contains("  msgr confd " + question);
        }
    }

    @Test
    void peersAreHostsWithOrWithoutAPort() {
        assertThat(HostPort.parse("node1.example.net")).isEqualTo(new HostPort("node1.example.net", 0));
        assertThat(HostPort.parse("192.0.2.1:1815")).isEqualTo(new HostPort("192.0.2.1", 1815));
        assertThat(HostPort.parse("[2001:db8::1]")).isEqualTo(new HostPort("2001:db8::1", 0));
        assertThat(HostPort.parse("[2001:db8::1]:1")).isEqualTo(new HostPort("2001:db8::1", 1));
        assertThatThrownBy(() -> HostPort.parse("a:70000")).hasMessageContaining("1..65535");
        assertThatThrownBy(() -> HostPort.parse("[::1]x")).hasMessageContaining("HOST[:PORT]");
    }
}
