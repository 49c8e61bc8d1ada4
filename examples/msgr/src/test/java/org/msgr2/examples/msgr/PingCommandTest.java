package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.session.service.EchoService;

class PingCommandTest {
    @Test
    void showsWhatWasNegotiatedAndEachRoundTrip() {
        try (TestNode node = TestNode.start("mgr.7", new EchoService())) {
            Run run = Run.of("ping", "--auth=none", "--count", "3", "--interval", "0", node.addr());

            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isZero();
            assertThat(run.out())
                    .contains("mgr.7 at " + node.addr())
                    .contains("only claimed (auth none)")
                    .contains("client.admin at any:127.0.0.1:0/")
                    .contains("msgr2.1, mode crc, over ")
                    .contains("REVISION_1")
                    .contains("MSG_ADDR2");
            assertThat(run.outLines())
                    .filteredOn(line -> line.matches("\\d +\\d+\\.\\d{3} ms"))
                    .hasSize(3);
            assertThat(run.outLines().get(run.outLines().size() - 1))
                    .matches("3 round trips: min [\\d.]+ ms, median [\\d.]+ ms, max [\\d.]+ ms");
        }
    }

    @Test
    void printsTheSameAsJson() {
        try (TestNode node = TestNode.start("osd.7", new EchoService())) {
            Run run = Run.of(
                    "ping",
                    "--auth=none",
                    "--json",
                    "--count=2",
                    "--interval=0",
                    "--type=osd",
                    "--name=client.me",
                    node.addr());

            assertThat(run.exitCode()).isZero();
            JsonNode json = run.json();
            assertThat(json.get("peer_name").asText()).isEqualTo("osd.7");
            assertThat(json.at("/peer_addrs/0").asText()).isEqualTo(node.addr());
            assertThat(json.get("peer_authenticated").asBoolean()).isFalse();
            assertThat(json.get("auth").asText()).isEqualTo("none");
            assertThat(json.get("local_name").asText()).isEqualTo("client.me");
            assertThat(json.at("/local_addrs/0").asText()).startsWith("any:127.0.0.1:0/");
            assertThat(json.get("revision").asText()).isEqualTo("msgr2.1");
            assertThat(json.get("mode").asText()).isEqualTo("crc");
            assertThat(json.get("transport").asText()).isNotEmpty();
            assertThat(json.get("peer_banner").asText()).isEqualTo("REVISION_1");
            assertThat(json.get("features").toString()).contains("\"MSG_ADDR2\"");
            assertThat(json.get("features_hex").asText()).startsWith("0x");
            assertThat(json.get("round_trips_us")).hasSize(2);
            assertThat(json.get("min_us").asDouble()).isPositive();
            assertThat(json.get("median_us").asDouble())
                    .isBetween(json.get("min_us").asDouble(), json.get("max_us").asDouble());
        }
    }

    @Test
    void speaksTheFirstRevisionIfAsked() {
        try (TestNode node = TestNode.start("mgr.7", new EchoService())) {
            Run run = Run.of("ping", "--auth=none", "--msgr2.0", "--count=1", node.addr());

            assertThat(run.exitCode()).isZero();
            assertThat(run.out()).contains("msgr2.0, mode crc").contains("1 round trip: ");
        }
    }

    @Test
    void anEndlessMeasurementEndsWithASummaryWhenItIsStopped() throws Exception {
        try (TestNode node = TestNode.start("mgr.7", new EchoService());
                Background run = Background.start("ping", "--auth=none", "--count=0", "--interval=10m", node.addr())) {
            String line = run.line();
            while (!line.startsWith("1 ")) {
                line = run.line();
            }

            assertThat(run.stop()).isZero();
            assertThat(run.line()).startsWith("1 round trip: ");
        }
    }

    @Test
    void endsWhenNobodyReadsItsOutputAnyMore() {
        OutputStream closedPipe = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        StringWriter err = new StringWriter();
        try (TestNode node = TestNode.start("mgr.7", new EchoService())) {
            Terminal terminal = new Terminal(
                    new PrintWriter(closedPipe, true, StandardCharsets.UTF_8), new PrintWriter(err), false, false);

            assertThat(Msgr.execute(terminal, "ping", "--auth=none", "--count=0", "--interval=10m", node.addr()))
                    .isZero();
            assertThat(err.toString()).isEmpty();
        }
    }

    @Test
    void aRefusedConnectionEndsItAtOnce() throws Exception {
        String addr = TestNode.unusedAddr();

        Run run = Run.of("ping", "--auth=none", "--timeout=10s", addr);

        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error()).isEqualTo("msgr: cannot connect to " + addr + ": Connection refused");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void aPeerThatSaysNothingIsNotWaitedForLongerThanAsked() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String addr = "v2:127.0.0.1:" + silent.getLocalPort() + "/0";

            Run run = Run.of("ping", "--auth=none", "--timeout=100ms", addr);

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error()).startsWith("msgr: cannot connect to " + addr + ": ");
        }
    }

    @Test
    void aPeerOfAnotherTypeIsRefused() {
        try (TestNode node = TestNode.start("mgr.7", new EchoService())) {
            Run run = Run.of("ping", "--auth=none", "--type=osd", node.addr());

            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error())
                    .contains("cannot connect to " + node.addr())
                    .contains("mgr")
                    .contains("osd");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "v2:localhost:1", "v2:127.0.0.1:70000"})
    void anAddressThatCannotBeParsedIsWrongUsageWithTheParsersMessage(String addr) {
        Run run = Run.of("ping", "--auth=none", addr);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).startsWith("msgr: ADDR: cannot parse address '" + addr + "': ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1:127.0.0.1:6789/0", "v2:0.0.0.0:1/0", "v2:127.0.0.1:0/0"})
    void anAddressThatNobodyCouldDialIsWrongUsage(String addr) {
        Run run = Run.of("ping", "--auth=none", addr);

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).startsWith("msgr: cannot connect to " + addr + ": not a v2 address");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--count=-1", "--count=x", "--timeout=0", "--timeout=soon", "--name=me", "--type=dog"})
    void badValuesAreWrongUsage(String option) {
        Run run = Run.of("ping", "--auth=none", option, "v2:127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains(option.substring(0, option.indexOf('=')));
    }
}
