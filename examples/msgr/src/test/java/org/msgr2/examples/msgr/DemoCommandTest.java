package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DemoCommandTest {
    @Test
    void losesNothingAndLeavesNothingBehind() {
        Run run = Run.of("demo", "--messages=3000");

        assertThat(run.exitCode()).isZero();
        assertThat(run.out())
                .contains("node   mon.demo listens on v2:127.0.0.1:")
                .contains("ping   msgr2.1, cephx, mode secure, over ")
                .contains("       AES-128-GCM by ")
                .contains("refuse a client without a key, and one with a wrong key: both refused")
                .contains("echo   3,000 messages of 128 bytes there and back: sent 3,000, received 3,000, lost 0,"
                        + " duplicated 0, reordered 0, damaged 0")
                .contains("       cuts of the connection 5, connections 6, messages sent again ")
                .contains(" messages/s, ")
                .contains("confd  over UDP on 127.0.0.1:")
                .contains(": the master is node1.example.net, 203.0.113.1 runs on 192.0.2.1")
                .contains("over msgr2, as client.admin: the master is node1.example.net")
                .contains("the configuration changes: a watch hears of it ")
                .contains(" ms later the master is node2.example.net")
                .contains("All 5 parts worked");
        String node = run.outLines().get(0);
        assertThat(Path.of(node.substring(node.indexOf("data in ") + 8))).doesNotExist();
    }

    @Test
    void progressIsShownOnATerminalOnly() {
        assertThat(Run.of("demo", "--messages=100").err()).isEmpty();

        Run run = Run.interactive("demo", "--messages=100");
        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).endsWith("\r\033[K");
        assertThat(run.out()).doesNotContain("\033");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 13, 100_000})
    void anySizeSurvives(int sizeBytes) {
        Run run = Run.of("demo", "--json", "--messages=50", "--size=" + sizeBytes);

        assertThat(run.exitCode()).isZero();
        JsonNode echo = run.json().get("echo");
        assertThat(echo.get("received").asInt()).isEqualTo(50);
        assertThat(echo.get("bytes_each").asInt()).isEqualTo(sizeBytes);
        assertThat(echo.get("cuts").asInt()).isEqualTo(1);
    }

    /** One message can only arrive or not; with two, the second is lost and sent again. */
    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "3, 1", "511, 1", "1024, 2"})
    void aShortStreamIsCutLessOften(int messages, int cuts) {
        Run run = Run.of("demo", "--json", "--messages=" + messages);

        assertThat(run.exitCode()).isZero();
        JsonNode echo = run.json().get("echo");
        assertThat(echo.get("received").asInt()).isEqualTo(messages);
        assertThat(echo.get("cuts").asInt()).isEqualTo(cuts);
        assertThat(echo.get("connections").asInt()).isGreaterThanOrEqualTo(cuts + 1);
        assertThat(echo.get("messages_replayed").asInt()).isGreaterThanOrEqualTo(cuts);
    }

    @Test
    void printsOneJsonObject() {
        Run run = Run.of("demo", "--json", "--messages=2000");

        assertThat(run.exitCode()).isZero();
        JsonNode json = run.json();
        assertThat(json.at("/node/address").asText()).startsWith("v2:127.0.0.1:");
        assertThat(json.at("/node/auth").asText()).isEqualTo("cephx");
        assertThat(json.at("/ping/mode").asText()).isEqualTo("secure");
        assertThat(json.at("/ping/aead").asText()).startsWith("AES-128-GCM by ");
        assertThat(json.at("/refuse/wrong_key").asText()).isEqualTo("refused");
        assertThat(json.at("/ping/p50_us").asDouble()).isPositive();
        assertThat(json.at("/echo/sent").asInt()).isEqualTo(2000);
        for (String count : new String[] {"lost", "duplicated", "reordered", "damaged"}) {
            assertThat(json.get("echo").get(count).asInt(-1)).isZero();
        }
        assertThat(json.at("/echo/cuts").asInt()).isEqualTo(3);
        assertThat(json.at("/echo/connections").asInt()).isGreaterThanOrEqualTo(4);
        assertThat(json.at("/echo/messages_replayed").asInt())
                .as("each cut loses some")
                .isGreaterThanOrEqualTo(3);
        assertThat(json.at("/echo/replies_replayed").asInt(-1)).isNotNegative();
        assertThat(json.at("/echo/messages_per_second").asDouble()).isPositive();
        assertThat(json.at("/echo/p99_us").asDouble())
                .isGreaterThanOrEqualTo(json.at("/echo/p50_us").asDouble());
        assertThat(json.get("seconds").asDouble()).isPositive();
    }

    @Test
    void isStoppedCleanly() throws Exception {
        try (Background run = Background.start("demo", "--messages=2000000000")) {
            String node = run.line();
            assertThat(run.line()).startsWith("ping");

            assertThat(run.stop()).isEqualTo(1);
            assertThat(run.err()).isEqualTo("msgr: stopped before the end\n");
            assertThat(Path.of(node.substring(node.indexOf("data in ") + 8))).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--messages=0", "--size=-1", "--size=2000000"})
    void badValuesAreWrongUsage(String option) {
        Run run = Run.of("demo", option);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains(option.substring(0, option.indexOf('=')));
    }
}
