package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.ConnectionMode;

/** {@code msgr serve --metrics}: meters, health and connections over HTTP. */
class ServeMetricsTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String ANY_PORT = "--metrics=127.0.0.1:0";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    Path directory;

    private static HttpResponse<String> get(ServedNode node, String path, String... headers) throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url(node) + path)).timeout(TIMEOUT);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private static String url(ServedNode node) {
        return node.after("listening metrics ");
    }

    private static JsonNode json(HttpResponse<String> response) throws Exception {
        assertThat(response.headers().firstValue("content-type")).contains("application/json; charset=utf-8");
        return new ObjectMapper().readTree(response.body());
    }

    @Test
    void metersAreTextForPrometheus() throws Exception {
        try (ServedNode node = ServedNode.start("--auth=none", ANY_PORT, "--name=osd.3")) {
            try (Client client = Client.connect(ServedNode.anonymous(), EntityType.OSD, node.addr(), TIMEOUT)) {
                assertThat(client.info()).isNotNull();
                HttpResponse<String> response = get(node, "/metrics");
                assertThat(response.statusCode()).isEqualTo(200);
                assertThat(response.headers().firstValue("content-type"))
                        .contains("text/plain; version=0.0.4; charset=utf-8");
                assertThat(response.body())
                        .contains("# TYPE msgr2_recv_bytes_total counter")
                        .contains("msgr2_active_connections{entity=\"osd.3\",state=\"ready\"} 1.0")
                        .contains("msgr2_service_healthy_services{entity=\"osd.3\",service=\"echo\"} 1.0")
                        .contains("jvm_memory_used_bytes")
                        .doesNotContain("127.0.0.1");
            }
            assertThat(get(node, "/metrics", "Accept", "application/openmetrics-text;version=1.0.0")
                            .body())
                    .endsWith("# EOF\n");
            assertThat(get(node, "/metrics", "Accept-Encoding", "gzip")
                            .headers()
                            .firstValue("content-encoding"))
                    .contains("gzip");
        }
    }

    @Test
    void callsOfConfdAreCountedByMethodAndOutcome() throws Exception {
        try (ConfdNode node = ConfdNode.startWithKeys(directory, ANY_PORT)) {
            for (String question : List.of("cluster-master", "cluster-master", "node-drbd node1")) {
                List<String> words = new ArrayList<>(List.of("confd"));
                words.addAll(List.of(question.split(" ", -1)));
                words.addAll(List.of("--node=" + node.node().addr(), "--keyring=" + ConfdNode.keyring(directory)));
                assertThat(Run.of(words.toArray(String[]::new)).err()).isEmpty();
            }
            assertThat(get(node.node(), "/metrics").body())
                    .containsPattern(metric("ended_calls_total", "cluster-master", "outcome=\"ok\",", 2))
                    .containsPattern(metric("started_calls_total", "cluster-master", "", 2))
                    .containsPattern(metric("active_calls", "cluster-master", "", 0))
                    .containsPattern(metric("calls_seconds_count", "cluster-master", "", 2))
                    .containsPattern(metric("ended_calls_total", "node-drbd", "outcome=\"ok\",", 1))
                    .containsPattern(metric("ended_calls_total", "node-drbd", "outcome=\"permission_denied\",", 0));
        }
    }

    private static String metric(String name, String method, String tags, int value) {
        return "msgr2_service_" + name + "\\{entity=\"[^\"]+\",method=\"" + method + "\"," + tags
                + "service=\"confd\"\\} " + value + "(\\.0)?\\s";
    }

    @Test
    void connectionsAreListedWithTheEntityTheModeAndTheFeaturesByName() throws Exception {
        Path data = directory.resolve("node");
        try (ServedNode node = ServedNode.start("--data=" + data, ANY_PORT);
                Client client = Client.connect(
                        ServedNode.client("client.admin", data.resolve("keyring"), ConnectionMode.SECURE),
                        EntityType.MON,
                        node.addr(),
                        TIMEOUT)) {
            assertThat(client.info()).isNotNull();
            HttpResponse<String> response = get(node, "/connections");
            assertThat(response.statusCode()).isEqualTo(200);
            JsonNode all = json(response).get("connections");
            assertThat(all).hasSize(1);
            JsonNode one = all.get(0);
            assertThat(one.at("/peer/entity").asText()).isEqualTo("client.admin");
            assertThat(one.at("/peer/auth").asText()).isEqualTo("cephx");
            assertThat(one.get("mode").asText()).isEqualTo("secure");
            assertThat(one.get("revision").asText()).isEqualTo("msgr2.1");
            assertThat(one.get("policy").asText()).isEqualTo("stateless_server");
            assertThat(one.get("state").asText()).isEqualTo("ready");
            assertThat(one.get("features"))
                    .anySatisfy(name -> assertThat(name.asText()).isEqualTo("MSG_ADDR2"));
            assertThat(one.get("tls").isNull()).isTrue();

            String key = ServedNode.read(data.resolve("keyring")).toString();
            assertThat(get(node, "/metrics").body() + response.body())
                    .doesNotContain("key =")
                    .doesNotContain("AQ");
            assertThat(key).isNotEmpty();
            assertThat(get(node, "/metrics").body()).contains("msgr2_failed_logins_total{reason=\"wrong_key\"} 0.0");
        }
    }

    @Test
    void healthIsAStatusThatAProbeUnderstands() throws Exception {
        try (ServedNode node = ServedNode.start("--auth=none", ANY_PORT)) {
            HttpResponse<String> response = get(node, "/health");
            assertThat(response.statusCode()).isEqualTo(200);
            JsonNode health = json(response);
            assertThat(health.get("status").asText()).isEqualTo("ok");
            assertThat(health.at("/services/echo/healthy").asBoolean()).isTrue();
            assertThat(health.at("/services/mon/reason").asText()).isEqualTo("ok");
        }
    }

    @Test
    void whatIsNoQuestionIsRefusedAndHarmsNobody() throws Exception {
        try (ServedNode node = ServedNode.start("--auth=none", ANY_PORT)) {
            assertThat(get(node, "/secrets").statusCode()).isEqualTo(404);
            assertThat(get(node, "/").body()).contains("/metrics");
            HttpRequest post = HttpRequest.newBuilder(URI.create(url(node) + "/metrics"))
                    .timeout(TIMEOUT)
                    .POST(HttpRequest.BodyPublishers.ofString("x"))
                    .build();
            assertThat(HTTP.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
            int port = URI.create(url(node)).getPort();
            assertThat(raw(port, "GET /metrics?" + "x".repeat(5000) + " HTTP/1.1\r\n\r\n"))
                    .startsWith("HTTP/1.1 4");
            assertThat(raw(port, "GET / HTTP/1.1\r\nX: " + "x".repeat(20_000) + "\r\n\r\n"))
                    .startsWith("HTTP/1.1 4");
            assertThat(raw(port, "HEAD /metrics HTTP/1.1\r\nConnection: close\r\n\r\n"))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("\r\n\r\n");
            assertThat(get(node, "/health").statusCode()).isEqualTo(200);
        }
    }

    /** More than there may be, and none of them says anything. */
    @Test
    void peersThatConnectAndSayNothingLockNobodyOut() throws Exception {
        try (ServedNode node = ServedNode.start("--auth=none", ANY_PORT)) {
            int port = URI.create(url(node)).getPort();
            List<Socket> silent = new ArrayList<>();
            try {
                for (int i = 0; i < 100; i++) {
                    silent.add(new Socket(InetAddress.getLoopbackAddress(), port));
                }
                assertThat(get(node, "/health").statusCode()).isEqualTo(200);
                silent.get(0).setSoTimeout((int) TIMEOUT.toMillis());
                assertThat(silent.get(0).getInputStream().read()).isEqualTo(-1);
            } finally {
                for (Socket each : silent) {
                    each.close();
                }
            }
        }
    }

    private static String raw(int port, String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) TIMEOUT.toMillis());
            OutputStream out = socket.getOutputStream();
            out.write(request.getBytes(StandardCharsets.US_ASCII));
            out.flush();
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void aNodeWithoutItAnswersNoHttp() throws Exception {
        try (ServedNode node = ServedNode.start("--auth=none")) {
            assertThat(node.lines()).noneMatch(line -> line.contains("metrics"));
        }
    }

    @Test
    void theFileOfOptionsKnowsItToo() throws Exception {
        Path config = Files.writeString(
                directory.resolve("node.yaml"), "auth: none\nmetrics: 127.0.0.1:0\nlisten: v2:127.0.0.1:0\n");
        try (Background node = Background.start("serve", "--config=" + config, "--json")) {
            assertThat(new ObjectMapper().readTree(node.line()).get("what").asText())
                    .isEqualTo("msgr2");
            JsonNode listening = new ObjectMapper().readTree(node.line());
            assertThat(listening.get("what").asText()).isEqualTo("metrics");
            assertThat(listening.get("address").asText()).startsWith("http://127.0.0.1:");
        }
    }

    @Test
    void otherAddressesThanLoopbackHaveToBeWanted() throws Exception {
        Run refused = Run.of("serve", "--auth=none", "--listen=v2:127.0.0.1:0", "--metrics=0.0.0.0:0");
        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(refused.error()).contains("--metrics").contains("--insecure-expose");
        try (ServedNode node = ServedNode.start("--auth=none", "--metrics=0.0.0.0:0", "--insecure-expose")) {
            assertThat(url(node)).startsWith("http://0.0.0.0:");
        }
        Run wrong = Run.of("serve", "--auth=none", "--metrics=localhost:0");
        assertThat(wrong.exitCode()).isEqualTo(2);
    }

    @Test
    void aPortInUseIsOneClearLine() throws Exception {
        try (ServedNode node = ServedNode.start("--auth=none", ANY_PORT)) {
            int port = URI.create(url(node)).getPort();
            Run run = Run.of("serve", "--auth=none", "--listen=v2:127.0.0.1:0", "--metrics=127.0.0.1:" + port);
            assertThat(run.exitCode()).isEqualTo(1);
            assertThat(run.error()).endsWith("Address already in use; choose another with --metrics");
        }
    }
}
