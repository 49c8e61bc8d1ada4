package org.msgr2.confd;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.Rejection;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;

/** The recorded datagrams of the real daemon, and those derived for the earlier era, byte for byte in and JSON out. */
class ConfdVectorsTest {
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final byte[] KEY = Vectors.bytes("confd-hmac.key");
    private static final ConfigState BY_30 = new ConfigState.Loaded(Vectors.small30());
    private static final ConfigState BY_28 = new ConfigState.Loaded(Vectors.small28());

    private static List<JsonNode> all() throws IOException {
        JsonNode root = MAPPER.readTree(Vectors.bytes("confd.json"));
        assertThat(root.get("hmac_key_hex").asText()).isEqualTo(HexFormat.of().formatHex(KEY));
        return StreamSupport.stream(root.get("vectors").spliterator(), false).toList();
    }

    static Stream<Arguments> vectors() throws IOException {
        return all().stream()
                .map(vector -> Arguments.of(
                        vector.get("era").asText() + " " + vector.get("name").asText(), vector));
    }

    private static boolean isSilent(JsonNode vector) {
        return vector.path("reply").isNull();
    }

    private static ConfdDatagrams server(JsonNode vector) {
        boolean later = vector.get("era").asText().equals("3.0");
        return new ConfdDatagrams(
                ConfdKey.of(KEY),
                WireMode.parse(vector.get("era").asText()),
                WireLimits.DEFAULTS,
                // The recordings have the mistake about the master's abbreviation in them.
                new ConfdEngine(EngineOptions.DEFAULTS.withStrictCompatibility(true)),
                () -> later ? BY_30 : BY_28,
                new ConfdCounters());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void answersAsTheRealDaemonDid(String name, JsonNode vector) throws Exception {
        byte[] request = vector.get("request").asText().getBytes(UTF_8);
        ConfdDatagrams server = server(vector);
        int length =
                server.answer(request, 0, request.length, vector.get("clock").asLong());
        if (isSilent(vector)) {
            assertThat(length).isZero();
            assertThat(server.counters().rejected()).isOne();
            return;
        }
        assertThat(server.counters().rejected()).isZero();
        String reply = new String(server.reply(), 0, length, US_ASCII);
        JsonNode message = verified(reply, vector);
        if (vector.has("reply")) {
            JsonNode recorded = verified(vector.get("reply").asText(), vector);
            assertSame(message, recorded);
        }
    }

    /** The message of a reply whose envelope is right; its salt is that of the request. */
    private static JsonNode verified(String datagram, JsonNode vector) throws Exception {
        assertThat(datagram).startsWith("plj0{");
        JsonNode envelope = MAPPER.readTree(datagram.substring(4));
        String message = envelope.get("msg").asText();
        String salt = envelope.get("salt").asText();
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(KEY, "HmacSHA1"));
        assertThat(envelope.get("hmac").asText())
                .isEqualTo(HexFormat.of().formatHex(mac.doFinal((salt + message).getBytes(UTF_8))));
        JsonNode request = MAPPER.readTree(vector.get("request").asText().substring(4));
        assertThat(salt)
                .isEqualTo(MAPPER.readTree(request.get("msg").asText())
                        .get("rsalt")
                        .asText());
        return MAPPER.readTree(message);
    }

    private static void assertSame(JsonNode ours, JsonNode recorded) {
        // Where an error is told in words, the words are ours.
        if (recorded.get("status").asInt() == 1 && recorded.get("answer").isTextual()) {
            assertThat(ours.get("answer").isTextual()).isTrue();
            assertThat(ours.get("status")).isEqualTo(recorded.get("status"));
            assertThat(ours.get("serial")).isEqualTo(recorded.get("serial"));
            assertThat(ours.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder("protocol", "status", "answer", "serial");
        } else {
            assertThat(ours).isEqualTo(recorded);
        }
    }

    @Test
    void allVectorsAreThere() throws Exception {
        assertThat(all()).hasSize(161);
        assertThat(all()).filteredOn(ConfdVectorsTest::isSilent).hasSize(47);
    }

    @Test
    void countsReasonsInTheOrderOfTheChecks() throws Exception {
        ConfdCounters counters = new ConfdCounters();
        for (JsonNode vector : all()) {
            if (isSilent(vector)) {
                byte[] request = vector.get("request").asText().getBytes(UTF_8);
                ConfdDatagrams server = server(vector);
                server.answer(request, 0, request.length, vector.get("clock").asLong());
                Arrays.stream(Rejection.values())
                        .filter(reason -> server.counters().rejected(reason) > 0)
                        .forEach(counters::countRejection);
            }
        }
        assertThat(Arrays.stream(Rejection.values()).map(counters::rejected))
                .containsExactly(6L, 9L, 2L, 7L, 7L, 8L, 8L, 0L);
    }
}
