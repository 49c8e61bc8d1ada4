package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.ByteArrayOutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code msgr serve --confd} and {@code --luxi}. */
class ServeConfdTest {
    private static final String TAGS = "{\"method\":\"QueryTags\",\"args\":[\"cluster\",\"\"]}\3";

    @TempDir
    Path directory;

    @Test
    void answersGanetisQuestionsAndSeesChangesOfTheFile() throws Exception {
        try (ConfdNode node = ConfdNode.start(directory)) {
            assertThat(node.udp()).matches("127\\.0\\.0\\.1:[1-9]\\d*");
            assertThat(node.ask("cluster-master").out()).contains("node1.example.net");
            node.cluster().failOver("node2.example.net");
            await().until(() -> node.ask("cluster-master").out().contains("node2.example.net"));
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void answersLuxiQueriesAtAPath() throws Exception {
        Path path = directory.resolve("luxi");
        try (ConfdNode node = ConfdNode.start(directory, "--luxi=" + path);
                SocketChannel client = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            assertThat(node.node().after("listening luxi ")).isEqualTo(path.toString());
            client.connect(UnixDomainSocketAddress.of(path));
            client.write(ByteBuffer.wrap(TAGS.getBytes(StandardCharsets.UTF_8)));
            ByteArrayOutputStream answer = new ByteArrayOutputStream();
            ByteBuffer piece = ByteBuffer.allocate(1024);
            while (!answer.toString(StandardCharsets.UTF_8).endsWith("\3") && client.read(piece) > 0) {
                answer.write(piece.array(), 0, piece.position());
                piece.clear();
            }
            assertThat(answer.toString(StandardCharsets.UTF_8)).isEqualTo("{\"success\":true,\"result\":[]}\3");
        }
    }

    @Test
    void aMissingFileIsNoReasonNotToStart() throws Exception {
        DemoCluster cluster = DemoCluster.create(directory);
        Files.delete(cluster.config());
        try (ServedNode node = ServedNode.start(
                "--auth=none",
                "--name=mon.a",
                "--confd=127.0.0.1:0",
                "--confd-config=" + cluster.config(),
                "--confd-key=" + cluster.key())) {
            assertThat(node.command(ServedNode.anonymous(), "{\"prefix\":\"health\",\"detail\":\"detail\"}")
                            .output())
                    .contains(cluster.config().toString());
            cluster.failOver("node2.example.net");
            await().untilAsserted(() -> assertThat(node.command(ServedNode.anonymous(), "{\"prefix\":\"health\"}")
                            .output())
                    .contains("HEALTH_OK"));
        }
    }

    @Test
    void withoutAFrontEndItIsThereOverMsgr2Only() throws Exception {
        DemoCluster cluster = DemoCluster.create(directory);
        try (ServedNode node = ServedNode.start("--auth=none", "--confd-config=" + cluster.config())) {
            assertThat(node.lines()).hasSize(2).noneMatch(line -> line.contains("confd-udp"));
            assertThat(pasted(node.after("client ./msgr ")).out()).contains(" ms");
            assertThat(node.command(ServedNode.anonymous(), "{\"prefix\":\"status\"}")
                            .output())
                    .contains("confd ok");
        }
    }

    private static Run pasted(String command) {
        return Run.of(command.split(" ", -1));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:0, 3.0", "0.0.0.0:0, 3.0", "127.0.0.1:0, 2.7", "127.0.0.1:0, auto"})
    void theCommandThatItPrintsCanBePasted(String where, String wire) throws Exception {
        DemoCluster cluster = DemoCluster.create(directory);
        try (ServedNode node = ServedNode.start(
                "--auth=none",
                "--confd=" + where,
                "--confd-wire=" + wire,
                "--confd-config=" + cluster.config(),
                "--confd-key=" + cluster.key())) {
            String command = node.after("client ./msgr ");
            assertThat(command)
                    .startsWith("confd cluster-master --peer 127.0.0.1:")
                    .contains(" --key " + cluster.key());
            Run run = pasted(command);
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).contains("node1.example.net");
        }
    }

    @Test
    void withKeysTheAdministratorCanPasteTheCommandOfMsgr2() throws Exception {
        DemoCluster cluster = DemoCluster.create(directory);
        try (ServedNode node =
                ServedNode.start("--data=" + directory.resolve("data"), "--confd-config=" + cluster.config())) {
            String command = node.after("client ./msgr confd ");
            assertThat(command).contains("--name client.admin");
            assertThat(pasted("confd " + command).out()).contains("node1.example.net");
        }
    }

    @Test
    void theFileOfOptionsKnowsItToo() throws Exception {
        DemoCluster cluster = DemoCluster.create(directory);
        Path config = Files.writeString(
                directory.resolve("node.yaml"),
                "auth: none\nlisten: v2:127.0.0.1:0\nconfd: 127.0.0.1:0\nconfd-config: " + cluster.config()
                        + "\nconfd-key: " + cluster.key() + "\nconfd-wire: auto\nconfd-on-bad: keep\n");
        try (Background node = Background.start("serve", "--config=" + config, "--json")) {
            assertThat(node.line()).contains("\"what\":\"msgr2\"");
            assertThat(node.line())
                    .startsWith("{\"event\":\"listening\",\"what\":\"confd-udp\",\"address\":\"127.0.0.1:");
        }
    }

    @Test
    void aPortInUseIsOneClearLine() throws Exception {
        try (ConfdNode node = ConfdNode.start(directory)) {
            Run run = Run.of(
                    "serve",
                    "--auth=none",
                    "--listen=v2:127.0.0.1:0",
                    "--confd=" + node.udp(),
                    "--confd-config=" + node.cluster().config(),
                    "--confd-key=" + node.cluster().key());
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error()).contains("service 'confd' does not start").contains(node.udp());
        }
    }

    @Test
    @DisabledOnOs(OS.WINDOWS)
    void aKeyThatIsMissingOrForEverybodyIsRefused() throws Exception {
        DemoCluster cluster = DemoCluster.create(directory);
        String[] arguments = {
            "serve",
            "--auth=none",
            "--listen=v2:127.0.0.1:0",
            "--confd=127.0.0.1:0",
            "--confd-config=" + cluster.config(),
            "--confd-key=" + cluster.key()
        };
        Files.setPosixFilePermissions(cluster.key(), PosixFilePermissions.fromString("rw-r--r--"));
        Run open = Run.of(arguments);
        assertThat(open.exitCode()).isEqualTo(1);
        assertThat(open.error()).contains("everybody can read the HMAC key " + cluster.key());
        Files.delete(cluster.key());
        assertThat(Run.of(arguments).error()).contains("the HMAC key " + cluster.key() + " does not exist");
    }

    @ParameterizedTest
    @CsvSource({
        "--confd=127.0.0.1:0, --confd has no use without --confd-config",
        "--luxi=luxi, --luxi has no use without --confd-config",
        "--confd-config=c --confd-key=k, --confd-key has no use without --confd HOST",
        "--confd-config=c --confd=127.0.0.1:0, give --confd-key FILE",
        "--confd-config=c --confd-on-bad=hope, on-bad is error or keep",
        "--confd-config=c --confd-wire=1.0, the wire is one of"
    })
    void whatDoesNotGoTogetherIsWrongUsage(String options, String complaint) {
        Run run = Run.of(("serve --auth=none --listen=v2:127.0.0.1:0 " + options).split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains(complaint);
    }
}
