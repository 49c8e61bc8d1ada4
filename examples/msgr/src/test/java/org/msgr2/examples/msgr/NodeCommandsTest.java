package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;

/** What a node answers as a monitor, to whom. */
class NodeCommandsTest {
    private static final int EACCES = -13;
    private static final int EINVAL = -22;
    private static final int ENOENT = -2;

    @TempDir
    Path directory;

    private static ServedNode open() throws Exception {
        return ServedNode.start("--auth=none", "--name=mon.a");
    }

    private static ServedNode.Answer ask(ServedNode node, String json) throws Exception {
        return node.command(ServedNode.anonymous(), json);
    }

    @Test
    void describesWhatItKnowsAndNothingElse() throws Exception {
        try (ServedNode node = open()) {
            JsonNode all = new ObjectMapper()
                    .readTree(ask(node, "{\"prefix\": \"get_command_descriptions\"}")
                            .output());
            assertThat(all)
                    .hasSizeGreaterThan(8)
                    .allSatisfy(each -> assertThat(each.get("perm").asText()).isEqualTo("r"));
            assertThat(all.findValues("sig").toString())
                    .contains(
                            "[\"status\"]",
                            "[\"mon\",\"metadata\",{\"name\":\"id\",\"type\":\"CephString\",\"req\":\"false\"}]");
        }
    }

    @Test
    void tellsAboutItselfInJson() throws Exception {
        try (ServedNode node = open()) {
            JsonNode status = new ObjectMapper()
                    .readTree(ask(node, "{\"prefix\": \"status\", \"format\": \"json\"}")
                            .output());
            assertThat(status.at("/health/status").asText()).isEqualTo("HEALTH_OK");
            assertThat(status.at("/quorum_names/0").asText()).isEqualTo("a");
            assertThat(status.at("/node/name").asText()).isEqualTo("mon.a");
            assertThat(status.at("/node/auth").asText()).isEqualTo("none");
            assertThat(status.at("/node/aead").isNull()).isTrue();
            assertThat(status.at("/node/listeners/0/address").asText())
                    .isEqualTo(node.addr().toString());
            assertThat(status.at("/node/connections/crc").asInt()).isEqualTo(1);
            assertThat(status.at("/node/services/mon/healthy").asBoolean()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "[]", "7", "", "{}", "{\"prefix\": \"\"}", "{\"prefix\": [\"status\"]}"})
    void whatIsNoCommandIsInvalid(String text) throws Exception {
        try (ServedNode node = open()) {
            assertThat(ask(node, text).result()).isEqualTo(EINVAL);
            assertThat(ask(node, text).status()).startsWith("the command ");
        }
    }

    @Test
    void anUnknownCommandIsAnsweredWithThoseThatThereAre() throws Exception {
        try (ServedNode node = open()) {
            ServedNode.Answer answer = ask(node, "{\"prefix\": \"osd\\u0007 " + "x".repeat(500) + "\"}");

            assertThat(answer.result()).isEqualTo(EINVAL);
            assertThat(answer.status())
                    .startsWith("no command 'osd? xxx")
                    .contains("mon metadata, ")
                    .hasSizeLessThan(250);
        }
    }

    @Test
    void whatDoesNotExistIsSaid() throws Exception {
        try (ServedNode node = open()) {
            assertThat(ask(node, "{\"prefix\": \"mon metadata\", \"id\": \"b\"}")
                            .result())
                    .isEqualTo(ENOENT);
            assertThat(ask(node, "{\"prefix\": \"mon dump\", \"epoch\": 7}").result())
                    .isEqualTo(ENOENT);
            assertThat(ask(node, "{\"prefix\": \"mon dump\", \"epoch\": 1}").output())
                    .contains("0: [" + node.addr() + "] mon.a");
        }
    }

    @Test
    void whoHasNotLoggedInReadsTheStatusOnly() throws Exception {
        try (ServedNode node = open()) {
            assertThat(ask(node, "{\"prefix\": \"health\"}").output()).isEqualTo("HEALTH_OK\n");
            assertThat(ask(node, "{\"prefix\": \"config dump\"}").result()).isEqualTo(EACCES);
        }
    }

    @Test
    void whoHasLoggedInNeedsToBeAllowedToRead() throws Exception {
        Path file = directory.resolve("keyring");
        Keyring keys = Keyring.EMPTY.with(EntityName.parse("mon.a"), ServedNode.newKey(), Map.of("mon", "allow *"));
        Map<String, String> caps =
                Map.of("reader", "allow r", "all", "allow *", "writer", "allow w", "other", "profile x");
        for (Map.Entry<String, String> each : caps.entrySet()) {
            keys = keys.with(
                    EntityName.parse("client." + each.getKey()),
                    ServedNode.newKey(),
                    Map.of("mon", each.getValue(), "osd", "allow *"));
        }
        KeyringFile.write(file, keys);
        try (ServedNode node =
                ServedNode.start("--name=mon.a", "--keyring=" + file, "--data=" + directory.resolve("data"))) {
            for (String name : caps.keySet()) {
                boolean allowed = name.equals("reader") || name.equals("all");
                for (String command : new String[] {"status", "config dump", "mon dump"}) {
                    ServedNode.Answer answer = node.command(
                            ServedNode.client("client." + name, file, ConnectionMode.SECURE),
                            "{\"prefix\": \"" + command + "\"}");
                    assertThat(answer.result()).as(name + ": " + command).isEqualTo(allowed ? 0 : EACCES);
                    assertThat(answer.status().contains("mon 'allow r'")).isEqualTo(!allowed);
                    assertThat(answer.output().isEmpty() || allowed).isTrue();
                }
            }
        }
    }
}
