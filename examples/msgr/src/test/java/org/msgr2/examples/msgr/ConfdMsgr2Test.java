package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;

/** {@code msgr confd … --node} and {@code msgr confd watch}, against {@code msgr serve}. */
class ConfdMsgr2Test {
    private static final String WATCHED = "/cluster/master_node";

    @TempDir
    Path directory;

    private static String[] confd(ServedNode node, String... words) {
        List<String> arguments = new ArrayList<>(List.of("confd"));
        arguments.addAll(List.of(words));
        arguments.addAll(List.of("--node=" + node.addr(), "--timeout=10s"));
        return arguments.toArray(String[]::new);
    }

    @Test
    void questionsAreAnsweredAsOverUdp() throws Exception {
        try (ConfdNode node = ConfdNode.startWithKeys(directory)) {
            for (String question : List.of("cluster-master", "node-role-by-name node2", "node-drbd node1")) {
                String[] words = question.split(" ", -1);
                List<String> more = new ArrayList<>(List.of(words));
                more.add("--keyring=" + ConfdNode.keyring(directory));
                Run run = Run.of(confd(node.node(), more.toArray(String[]::new)));
                assertThat(run.err()).isEmpty();
                assertThat(run.out()).isEqualTo(node.ask(words).out());
            }
            Run refused = Run.of(
                    confd(node.node(), "node-role-by-name", "node9", "--keyring=" + ConfdNode.keyring(directory)));
            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(refused.error()).isEqualTo("msgr: node-role-by-name: Node name node9 not found");
        }
    }

    @Test
    void aWatchHearsWhatThereIsAndWhatChanges() throws Exception {
        try (ConfdNode node = ConfdNode.startWithKeys(directory);
                Background watch = Background.start(confd(
                        node.node(),
                        "watch",
                        WATCHED,
                        "--keyring=" + ConfdNode.keyring(directory),
                        "--count=2",
                        "--json"))) {
            JsonNode first = new ObjectMapper().readTree(watch.line());
            assertThat(first.get("kind").asText()).isEqualTo("snapshot");
            node.cluster().failOver("node2.example.net");
            JsonNode second = new ObjectMapper().readTree(watch.line());
            assertThat(second.get("kind").asText()).isEqualTo("changed");
            assertThat(second.get("revision").asText()).startsWith("2-");
            assertThat(second.at("/values/0/path").asText()).isEqualTo(WATCHED);
            assertThat(second.at("/values/0/value")).isNotEqualTo(first.at("/values/0/value"));
            assertThat(watch.line()).as("two were enough").isNull();
            assertThat(watch.stop()).isZero();
        }
    }

    @Test
    void aWatchThatIsStoppedEndsWell() throws Exception {
        try (ConfdNode node = ConfdNode.startWithKeys(directory);
                Background watch = Background.start(
                        confd(node.node(), "watch", WATCHED, "--keyring=" + ConfdNode.keyring(directory)))) {
            assertThat(watch.line()).startsWith("snapshot  serial 1  " + WATCHED + " = ");
            assertThat(watch.stop()).isZero();
            assertThat(watch.err()).isEmpty();
        }
    }

    @Test
    void aNodeWithoutConfdSaysHowToGiveItOne() throws Exception {
        try (ServedNode node = ServedNode.start("--auth=none")) {
            for (String[] words : new String[][] {{"cluster-master"}, {"watch", ""}}) {
                List<String> more = new ArrayList<>(List.of(words));
                more.add("--auth=none");
                Run run = Run.of(confd(node, more.toArray(String[]::new)));
                assertThat(run.exitCode()).isEqualTo(1);
                assertThat(run.error()).contains("has no confd: start it with --confd-config FILE");
            }
        }
    }

    @Test
    void whoIsNotAllowedLearnsWhichCapabilityIsMissing() throws Exception {
        Path keyring = directory.resolve("keyring");
        KeyringFile.write(
                keyring,
                Keyring.EMPTY
                        .with(EntityName.parse("mon.node"), ServedNode.newKey(), Map.of("mon", "allow *"))
                        .with(EntityName.parse("client.no"), ServedNode.newKey(), Map.of("mon", "allow r"))
                        .with(
                                EntityName.parse("client.yes"),
                                ServedNode.newKey(),
                                Map.of("mon", "allow r", "confd", "allow r")));
        DemoCluster cluster = DemoCluster.create(directory);
        try (ServedNode node = ServedNode.start(
                "--data=" + directory.resolve("data"), "--keyring=" + keyring, "--confd-config=" + cluster.config())) {
            Run no = Run.of(confd(node, "cluster-master", "--name=client.no", "--keyring=" + keyring));
            assertThat(no.exitCode()).isEqualTo(1);
            assertThat(no.error()).contains("client.no lacks the capability confd='allow r' for 'cluster-master'");
            Run yes = Run.of(confd(node, "cluster-master", "--name=client.yes", "--keyring=" + keyring));
            assertThat(yes.err()).isEmpty();
            assertThat(yes.out()).contains("node1.example.net");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "confd ping --node=v2:127.0.0.1:1 --peer=127.0.0.1, give one or the other",
        "confd ping --node=v2:127.0.0.1:0, not a v2 address",
        "confd watch nodes --node=v2:127.0.0.1:1, begins with /",
        "confd watch /nodes, --node",
        "confd watch /nodes --count=-1 --node=v2:127.0.0.1:1, must not be negative"
    })
    void wrongUsageTriesNothing(String line, String complaint) {
        Run run = Run.of(line.split(" ", -1));
        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains(complaint);
    }
}
