package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What Ganeti's own Python client gets from a confd of the small cluster, for every type of request. The expected answers are
 * those of ganeti-confd 3.0.2, which has to pass this too.
 */
@RequiresGaneti
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GanetiPythonClientContract {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SILENCE = Duration.ofMillis(300);
    private static final ObjectMapper JSON = new ObjectMapper();

    private ConfdHost host;
    private ConfdDaemon confd;
    private GanetiPythonClient client;

    /** Starts the daemon that is tested. */
    abstract ConfdDaemon start(ConfdHost files) throws IOException;

    @BeforeAll
    void startBoth(@TempDir Path directory) throws Exception {
        host = ConfdHost.create(directory.resolve("confd"));
        host.replaceConfig(GanetiConfig.small());
        confd = start(host);
        client = GanetiPythonClient.start(GanetiInstalled.here(), directory, host.key(), confd.port());
    }

    @AfterAll
    void stopBoth() {
        if (client != null) {
            client.close();
        }
        if (confd != null) {
            confd.close();
        }
    }

    @Test
    void theClientIsTheRealOneAndSendsAllTypesButEight() {
        assertThat(client.release()).startsWith("3.0.");
        assertThat(client.types()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11);
    }

    @ParameterizedTest(name = "type {0}, query {1}")
    @CsvSource(delimiter = '|', quoteCharacter = '\u0001', nullValues = "-", textBlock = """
                    0  | -                     | 0    | 3000000
                    1  | "node1.test.example"  | 4711 | 0
                    1  | "node2.test.example"  | 4711 | 1
                    1  | "node4"               | 4711 | 2
                    1  | "node3.test"          | 4711 | 3
                    1  | "node5.test.example"  | 4711 | 4
                    2  | {"1":"203.0.113.1"}   | 4711 | "192.0.2.11"
                    2  | {"0":"br1","1":"10.0.0.2"} | 4711 | "192.0.2.12"
                    2  | {"2":["203.0.113.1","192.0.2.250"]} | 4711 | [[0,"192.0.2.11",4711],[1,0,0]]
                    3  | -                     | 4711 | "node1.test.example"
                    3  | {"3":[2,0,1,0]}       | 4711 | ["192.0.2.11","node1.test.example","192.0.2.1","node1.test.example"]
                    4  | -                     | 4711 | ["192.0.2.15","192.0.2.14","192.0.2.13","192.0.2.11","192.0.2.12"]
                    5  | -                     | 4711 | ["192.0.2.11","192.0.2.12"]
                    6  | -                     | 4711 | ["10.0.0.2","203.0.113.1","203.0.113.10","203.0.113.2"]
                    6  | "br1"                 | 4711 | ["10.0.0.2","203.0.113.30"]
                    7  | "node5"               | 15   | [["node5.test.example",0,"inst2.test.example","disk/0","secondary","node2.test.example"],["node5.test.example",1,"inst2.test.example","disk/1","secondary","node2.test.example"]]
                    10 | "/cluster/tags"       | 4711 | ["alpha","beta:1"]
                    10 | "/cluster/nicparams/default/link" | 4711 | "br0"
                    11 | -                     | 4711 | {"cpu-avg-load":{"active":true,"interval":5000000},"diskstats":{"active":true,"interval":5000000},"drbd":{"active":true,"interval":5000000},"inst-status-xen":{"active":false,"interval":5000000},"lv":{"active":false,"interval":7000000},"xen-cpu-avg-load":{"active":true,"interval":5000000}}
                    """)
    void itGetsTheAnswerToEachTypeOfRequest(int type, String query, long serial, String answer) throws Exception {
        JsonNode got = client.ask(type, query, LIMIT);

        assertThat(got.path("refusal").isNull()).as("sent by the client itself").isTrue();
        assertThat(got.path("timed_out").booleanValue()).isFalse();
        JsonNode reply = got.path("reply");
        assertThat(reply.path("status").asInt()).isZero();
        assertThat(reply.path("answer")).isEqualTo(JSON.readTree(answer));
        assertThat(reply.path("serial").asLong()).isEqualTo(serial);
    }

    @Test
    void theDisksOfAnInstanceComeWhole() throws Exception {
        JsonNode answer = client.ask(9, "\"inst2\"", LIMIT).path("reply").path("answer");

        assertThat(answer.findValuesAsText("iv_name")).contains("disk/0", "disk/1");
        assertThat(answer.at("/0/logical_id/5").asText()).isEqualTo("secret-two");
        assertThat(answer.at("/1/children").size()).isEqualTo(2);
    }

    /** The client refuses to send this type, so only its functions that make and read datagrams are used. */
    @Test
    void theInstancesOfANodeComeWholePrimariesFirst() throws Exception {
        JsonNode got = client.ask(8, "\"node2\"", LIMIT);

        assertThat(got.path("refusal").asText()).contains("Invalid request type");
        JsonNode answer = got.path("reply").path("answer");
        assertThat(answer.path(0).findValuesAsText("name")).containsExactly("inst2.test.example");
        assertThat(answer.path(1).findValuesAsText("name")).containsExactly("inst1.test.example");
        assertThat(answer.at("/0/0/nics/1/ip").asText()).isEqualTo("10.0.0.2");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 9})
    void aNameThatIsNotThereIsAnErrorWithSerialZero(int type) throws Exception {
        JsonNode reply = client.ask(type, "\"nope\"", LIMIT).path("reply");

        assertThat(reply.path("status").asInt()).isEqualTo(1);
        assertThat(reply.path("serial").asLong()).isZero();
    }

    @Test
    void aWrongArgumentAndAnUnknownAddressAreErrorCodes() throws Exception {
        assertThat(client.ask(10, "\"cluster\"", LIMIT).at("/reply/answer").intValue())
                .isEqualTo(2);
        assertThat(client.ask(2, "{\"1\":\"192.0.2.250\"}", LIMIT)
                        .at("/reply/answer")
                        .intValue())
                .isZero();
    }

    @Test
    void aQueryThatIsNoneIsMetWithSilence() throws Exception {
        assertSilence(client.ask(3, "{\"3\":[7]}", SILENCE));
        assertSilence(client.ask(0, "true", SILENCE));
    }

    @Test
    void fieldNumbersAsStringsAreOfAnotherRelease() throws Exception {
        JsonNode got = client.ask(3, "{\"3\":[\"0\"]}", SILENCE);

        if (takesFieldNumbersAsStrings()) {
            assertThat(got.at("/reply/answer/0").asText()).isEqualTo("node1.test.example");
        } else {
            assertSilence(got);
        }
    }

    /** They were strings in Ganeti 2.7 to 2.9 (spec/confd §2). */
    abstract boolean takesFieldNumbersAsStrings();

    private static void assertSilence(JsonNode got) {
        assertThat(got.path("timed_out").booleanValue()).isTrue();
        assertThat(got.path("received").asInt()).isZero();
        assertThat(got.path("reply").isNull()).isTrue();
    }
}
