package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.confd.client.ClientOptions;
import org.msgr2.confd.client.ConfdClient;
import org.msgr2.confd.client.Coverage;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.client.QuorumResult;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.MasterField;
import org.msgr2.confd.wire.Reply;
import org.msgr2.confd.wire.Status;

/** Our client asks two ganeti-confd of the small cluster, one of which has a newer configuration. */
@RequiresGaneti
final class OurClientGanetiConfdIT {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static GanetiConfd older;
    private static GanetiConfd newer;
    private static ConfdClient client;

    @BeforeAll
    static void startBoth(@TempDir Path directory) throws IOException {
        byte[] config = GanetiConfig.small();
        older = start(directory.resolve("older"), config);
        newer = start(
                directory.resolve("newer"),
                new String(config, StandardCharsets.UTF_8)
                        .replace("\"serial_no\": 4711", "\"serial_no\": 4712")
                        .getBytes(StandardCharsets.UTF_8));
        client = client(ConfdHost.KEY, ClientOptions.DEFAULTS);
    }

    private static GanetiConfd start(Path directory, byte[] config) throws IOException {
        ConfdHost host = ConfdHost.create(directory);
        host.replaceConfig(config);
        return GanetiConfd.start(GanetiInstalled.here(), host);
    }

    private static ConfdClient client(byte[] key, ClientOptions options) throws IOException {
        return ConfdClient.open(ConfdKey.of(key), List.of(older.address(), newer.address()), options);
    }

    @AfterAll
    static void stopAll() {
        if (client != null) {
            client.close();
        }
        Stream.of(older, newer).filter(confd -> confd != null).forEach(GanetiConfd::close);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("questionsOfEachType")
    void itGetsTheAnswerToEachTypeOfQuestion(Question question, long serial, String answer) throws Exception {
        QuorumResult result = client.askAndWait(question, Coverage.ALL);

        assertThat(result.timedOut()).isFalse();
        assertThat(result.received()).isEqualTo(2);
        assertThat(result.newest()).satisfies(reply -> {
            assertThat(reply.status()).isEqualTo(Status.OK);
            assertThat(reply.serial()).isEqualTo(serial);
            assertThat(JsonDifference.first(reply.answer(), JSON.readTree(answer)))
                    .isEmpty();
        });
    }

    static Stream<Arguments> questionsOfEachType() {
        return Stream.of(
                Arguments.of(Question.ping(), 0, "3000000"),
                Arguments.of(Question.nodeRole("node3"), 4712, "3"),
                Arguments.of(Question.nodePipByInstanceIp("br1", "10.0.0.2"), 4712, "\"192.0.2.12\""),
                Arguments.of(
                        Question.nodePipsByInstanceIps(null, List.of("203.0.113.1", "192.0.2.250")),
                        4712,
                        "[[0,\"192.0.2.11\",4712],[1,0,0]]"),
                Arguments.of(Question.clusterMaster(), 4712, "\"node1.test.example\""),
                Arguments.of(
                        Question.clusterMaster(MasterField.values()),
                        4712,
                        "[\"node1.test.example\",\"192.0.2.1\",\"192.0.2.11\"]"),
                Arguments.of(
                        Question.nodePips(),
                        4712,
                        "[\"192.0.2.15\",\"192.0.2.14\",\"192.0.2.13\",\"192.0.2.11\",\"192.0.2.12\"]"),
                Arguments.of(Question.masterCandidatePips(), 4712, "[\"192.0.2.11\",\"192.0.2.12\"]"),
                Arguments.of(Question.instanceIps("br1"), 4712, "[\"10.0.0.2\",\"203.0.113.30\"]"),
                Arguments.of(
                        Question.nodeDrbd("node3"),
                        13,
                        "[[\"node3.test.example\",0,\"inst4.test.example\",\"disk/0\",\"primary\",\"node1.test.example\"]]"),
                Arguments.of(Question.configQuery("/cluster/tags"), 4712, "[\"alpha\",\"beta:1\"]"));
    }

    @Test
    void objectsComeWhole() throws Exception {
        JsonNode instances = reply(Question.nodeInstances("node2")).answer();
        assertThat(instances.at("/0/0/name").asText()).isEqualTo("inst2.test.example");
        assertThat(instances.at("/1/0/name").asText()).isEqualTo("inst1.test.example");

        JsonNode disks = reply(Question.instanceDisks("inst2")).answer();
        assertThat(disks.at("/0/logical_id/5").asText()).isEqualTo("secret-two");

        assertThat(reply(Question.dataCollectors()).answer().at("/lv/active").asBoolean(true))
                .isFalse();
    }

    private static Reply reply(Question question) throws Exception {
        Reply reply = client.askAndWait(question, Coverage.ALL).newest();
        assertThat(reply).isNotNull().extracting(Reply::status).isEqualTo(Status.OK);
        return reply;
    }

    @Test
    void anErrorIsAReply() throws Exception {
        QuorumResult result = client.askAndWait(Question.nodeRole("nope"), Coverage.ALL);

        assertThat(result.newest()).asInstanceOf(type(Reply.class)).satisfies(reply -> {
            assertThat(reply.status()).isEqualTo(Status.ERROR);
            assertThat(reply.serial()).isZero();
            assertThat(reply.answer().isTextual()).isTrue();
        });
    }

    @Test
    void withTheWrongKeyThereIsSilence() throws Exception {
        ClientOptions soon =
                ClientOptions.DEFAULTS.withExpiryNs(Duration.ofMillis(500).toNanos());
        try (ConfdClient stranger = client("another key\n".getBytes(StandardCharsets.US_ASCII), soon)) {
            QuorumResult result = stranger.askAndWait(Question.ping(), Coverage.ALL);

            assertThat(result.timedOut()).isTrue();
            assertThat(result.newest()).isNull();
            assertThat(result.received()).isZero();
        }
    }
}
