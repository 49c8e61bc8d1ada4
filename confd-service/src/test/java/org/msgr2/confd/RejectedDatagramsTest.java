package org.msgr2.confd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.Rejection;
import org.msgr2.session.Messenger;

/** Real datagrams that are met with silence, each counted by its reason, and their neighbours that are answered. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RejectedDatagramsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final byte[] KEY = Vectors.bytes("confd-hmac.key");
    private static final int ANSWER_MS_MAX = 30_000;
    private static final int DATAGRAM_BYTES_MAX = 65_507;

    private record Case(String name, Rejection reason, String datagram) {
        @Override
        public String toString() {
            return reason.label() + ": " + name;
        }
    }

    private SimpleMeterRegistry registry;
    private Messenger messenger;
    private ConfdService service;
    private DatagramSocket socket;
    private int count;

    @BeforeAll
    void start(@TempDir Path directory) throws Exception {
        Path file = directory.resolve("config.data");
        String config = new String(Vectors.bytes("config-small.data"), UTF_8);
        Files.writeString(file, config.replace("\"KEY\"", "\"" + "k".repeat(DATAGRAM_BYTES_MAX) + "\""));
        InetAddress loopback = InetAddress.getLoopbackAddress();
        service = new ConfdService(ConfdOptions.of(file)
                .withUdp(ConfdOptions.Udp.of(new InetSocketAddress(loopback, 0), ConfdKey.of(KEY))));
        registry = new SimpleMeterRegistry();
        messenger =
                Messenger.builder("client.a").service(service).meters(registry).build();
        socket = new DatagramSocket(0, loopback);
        socket.setSoTimeout(ANSWER_MS_MAX);
    }

    @AfterAll
    void stop() {
        socket.close();
        messenger.close();
    }

    private static String hmac(byte[] key, String salt, String message) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(key, "HmacSHA1"));
        return HexFormat.of().formatHex(mac.doFinal((salt + message).getBytes(UTF_8)));
    }

    private static String now(long secondsLater) {
        return Long.toString(Instant.now().getEpochSecond() + secondsLater);
    }

    private static String signed(String message) throws Exception {
        return signed(now(0), message);
    }

    private static String signed(String salt, String message) throws Exception {
        return "plj0"
                + JSON.createObjectNode().put("msg", message).put("salt", salt).put("hmac", hmac(KEY, salt, message));
    }

    private static String asking(String type, String query) throws Exception {
        return signed("{\"protocol\":1,\"type\":" + type + ",\"query\":" + query + ",\"rsalt\":\"r\"}");
    }

    /** A datagram whose request ends after so many bytes. */
    private static String ofBytes(int bytes, String rsalt) throws Exception {
        String message = "{\"protocol\":1,\"type\":0,\"rsalt\":\"" + rsalt + "\"}";
        return signed(message + " ".repeat(bytes - signed(message).length()));
    }

    static Stream<Case> cases() throws Exception {
        String good = asking("0", "null");
        String wrongKey = good.replaceAll("\"hmac\":\"[0-9a-f]*\"", "\"hmac\":\"" + "0".repeat(40) + "\"");
        return Stream.of(
                new Case("nothing", Rejection.MAGIC, ""),
                new Case("the magic alone", Rejection.MAGIC, "plj0"),
                new Case("another magic", Rejection.MAGIC, "plj1" + good.substring(4)),
                new Case("no magic", Rejection.MAGIC, good.substring(4)),
                new Case("a blank before the brace", Rejection.MAGIC, "plj0 " + good.substring(4)),
                new Case("no JSON", Rejection.ENVELOPE, "plj0{]"),
                new Case("half of it", Rejection.ENVELOPE, good.substring(0, good.length() / 2)),
                new Case("trailing junk", Rejection.ENVELOPE, good + "x"),
                new Case("no salt", Rejection.ENVELOPE, good.replaceAll("\"salt\":\"[0-9]*\",", "")),
                new Case(
                        "a number as salt",
                        Rejection.ENVELOPE,
                        good.replaceAll("\"salt\":\"([0-9]*)\"", "\"salt\":$1")),
                new Case(
                        "an unknown key",
                        Rejection.ENVELOPE,
                        good.replace("{\"msg\"", "{\"key_selector\":\"\",\"msg\"")),
                new Case("a key twice", Rejection.ENVELOPE, good.replace("{\"msg\"", "{\"msg\":\"\",\"msg\"")),
                new Case("a request of 4,097 bytes", Rejection.ENVELOPE, ofBytes(4097, "r")),
                new Case("the largest datagram", Rejection.ENVELOPE, ofBytes(DATAGRAM_BYTES_MAX, "r")),
                new Case("another key", Rejection.HMAC, wrongKey),
                new Case("no hexadecimal digits", Rejection.HMAC, wrongKey.replace("0\"}", "x\"}")),
                new Case("one digit less", Rejection.HMAC, good.replaceAll(".\"}$", "\"}")),
                new Case("no message", Rejection.MESSAGE, signed("")),
                new Case("no JSON as message", Rejection.MESSAGE, signed("{")),
                new Case("a list as message", Rejection.MESSAGE, signed("[]")),
                new Case("no protocol", Rejection.MESSAGE, signed("{\"type\":0,\"rsalt\":\"r\"}")),
                new Case(
                        "a text as protocol",
                        Rejection.MESSAGE,
                        signed("{\"protocol\":\"1\",\"type\":0,\"rsalt\":\"r\"}")),
                new Case("no type", Rejection.MESSAGE, signed("{\"protocol\":1,\"rsalt\":\"r\"}")),
                new Case("no rsalt", Rejection.MESSAGE, signed("{\"protocol\":1,\"type\":0}")),
                new Case("a number as rsalt", Rejection.MESSAGE, signed("{\"protocol\":1,\"type\":0,\"rsalt\":7}")),
                new Case(
                        "an unknown key in the message",
                        Rejection.MESSAGE,
                        signed("{\"protocol\":1,\"type\":0,\"rsalt\":\"r\",\"more\":1}")),
                new Case(
                        "junk after the message",
                        Rejection.MESSAGE,
                        signed("{\"protocol\":1,\"type\":0,\"rsalt\":\"r\"}{}")),
                new Case("an unknown type", Rejection.TYPE, asking("12", "null")),
                new Case("a negative type", Rejection.TYPE, asking("-1", "null")),
                new Case("half a type", Rejection.TYPE, asking("1.5", "null")),
                new Case("a text as type", Rejection.TYPE, asking("\"0\"", "null")),
                new Case("a number as query", Rejection.QUERY, asking("0", "7")),
                new Case("a truth as query", Rejection.QUERY, asking("0", "true")),
                new Case("a list as query", Rejection.QUERY, asking("0", "[]")),
                new Case("an unknown key in the query", Rejection.QUERY, asking("2", "{\"4\":\"x\"}")),
                new Case("an unknown field number", Rejection.QUERY, asking("3", "{\"3\":[3]}")),
                new Case("no text as address", Rejection.QUERY, asking("2", "{\"1\":7}")),
                new Case(
                        "301 s ago, and a little for the way",
                        Rejection.TIME,
                        signed(now(-310), "{\"protocol\":1,\"type\":0,\"rsalt\":\"r\"}")),
                new Case(
                        "in the future",
                        Rejection.TIME,
                        signed(now(310), "{\"protocol\":1,\"type\":0,\"rsalt\":\"r\"}")),
                new Case("no time", Rejection.TIME, signed("now", "{\"protocol\":1,\"type\":0,\"rsalt\":\"r\"}")),
                new Case(
                        "a fraction of a second",
                        Rejection.TIME,
                        signed(now(0) + ".0", "{\"protocol\":1,\"type\":0,\"rsalt\":\"r\"}")),
                new Case("an answer of 66 kB", Rejection.REPLY_SIZE, asking("10", "\"/cluster\"")));
    }

    @Test
    void everyReasonHasACase() throws Exception {
        Set<Rejection> covered =
                cases().map(Case::reason).collect(Collectors.toCollection(() -> EnumSet.noneOf(Rejection.class)));

        assertThat(covered).containsExactly(Rejection.values());
    }

    /** The ping after it is answered first: what was answered at all would have come before. */
    @ParameterizedTest
    @MethodSource("cases")
    void isMetWithSilenceAndCountedByItsReason(Case each) throws Exception {
        List<Double> before = counts();
        send(each.datagram());
        String rsalt = "after " + ++count;
        send(signed("{\"protocol\":1,\"type\":0,\"rsalt\":\"" + rsalt + "\"}"));

        assertThat(receive().get("salt").asText()).isEqualTo(rsalt);
        List<Double> after = counts();
        for (Rejection reason : Rejection.values()) {
            double expected = before.get(reason.ordinal()) + (reason == each.reason() ? 1 : 0);
            assertThat(after.get(reason.ordinal())).as(reason.label()).isEqualTo(expected);
        }
    }

    private List<Double> counts() {
        return Arrays.stream(Rejection.values())
                .map(reason -> registry.get("msgr2.confd.rejected")
                        .tags("service", "confd", "reason", reason.label())
                        .functionCounter()
                        .count())
                .toList();
    }

    /**
     * Which were answered was asked of ganeti-confd 3.0.2: it reads 4096 bytes, and does not see what comes after them.
     *
     * @param request bytes of the datagram in which the request ends
     * @param trailer what comes after it, ~ for a blank
     */
    @ParameterizedTest
    @CsvSource({
        "4088, ~, true",
        "4095, ~, true",
        "4095, x, false",
        "4094, ~x, false",
        "4095, ~x, true",
        "4093, ~~~x, true",
        "4092, ~~~x, false",
        "4096, ~, true",
        "4096, x, true",
        "4096, ~x, true",
        "4096, ~~~~~~~~~~, true",
        "4097, ~, false",
        "4097, ~~~~~~~~~~, false",
        "4100, ~, false"
    })
    void aDatagramIsReadUpToItsFirst4096Bytes(int request, String trailer, boolean answered) throws Exception {
        String rsalt = "size " + ++count;
        send(ofBytes(request, rsalt) + trailer.replace('~', ' '));
        send(signed("{\"protocol\":1,\"type\":0,\"rsalt\":\"end\"}"));

        String first = receive().get("salt").asText();
        assertThat(first).isEqualTo(answered ? rsalt : "end");
        if (answered) {
            assertThat(receive().get("salt").asText()).isEqualTo("end");
        }
    }

    @Test
    void whatIsFarLongerIsAnsweredToo() throws Exception {
        send(ofBytes(300, "long") + " ".repeat(DATAGRAM_BYTES_MAX - 301) + "x");

        assertThat(receive().get("salt").asText()).isEqualTo("long");
    }

    private void send(String datagram) throws Exception {
        byte[] bytes = datagram.getBytes(UTF_8);
        socket.send(new DatagramPacket(bytes, bytes.length, service.udpAddr()));
    }

    private JsonNode receive() throws Exception {
        DatagramPacket packet = new DatagramPacket(new byte[DATAGRAM_BYTES_MAX], DATAGRAM_BYTES_MAX);
        socket.receive(packet);
        return JSON.readTree(new String(packet.getData(), 4, packet.getLength() - 4, UTF_8));
    }
}
