package org.msgr2.confd.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EnvelopeScannerTest {
    private static final int MUTANTS = 200_000;
    private static final JsonMapper STRICT = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final Utf8Buffer message = new Utf8Buffer(8, 200);
    private final Utf8Buffer salt = new Utf8Buffer(8, 200);
    private final Utf8Buffer hmac = new Utf8Buffer(8, 200);
    private final EnvelopeScanner scanner = new EnvelopeScanner(message, salt, hmac);

    private boolean read(String envelope) {
        byte[] bytes = ("plj0" + envelope + "}").getBytes(ISO_8859_1);
        return scanner.read(bytes, 4, envelope.length());
    }

    private static String text(Utf8Buffer buffer) {
        return new String(buffer.bytes(), 0, buffer.length(), US_ASCII);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"msg\":\"{\\\"a\\\": \\\"\\\\\\\\\\\"}\",\"salt\":\"12\",\"hmac\":\"ab\"}",
                "{\"salt\": \"12\", \"msg\": \"{\\\"a\\\": \\\"\\\\\\\\\\\"}\", \"hmac\": \"ab\"}",
                "{\"hmac\":\"ab\", \"salt\": \"12\",\"msg\":\"{\\\"a\\\": \\\"\\\\\\\\\\\"}\"}"
            })
    void readsWhatProgramsWrite(String envelope) {
        assertThat(read(envelope)).isTrue();
        assertThat(text(message)).isEqualTo("{\"a\": \"\\\\\"}");
        assertThat(text(salt)).isEqualTo("12");
        assertThat(text(hmac)).isEqualTo("ab");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "{}",
                "{\"msg\":\"a\",\"salt\":\"b\"}",
                "{\"msg\":\"a\",\"salt\":\"b\",\"salt\":\"c\"}",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"\"}",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"c\"} ",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"c\",\"x\":\"d\"}",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"c",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"c\\",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"\\u0061\"}",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"\\n\"}",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"\u00e4\"}",
                "{\"msg\":\"a\",\"salt\":\"b\",\"hmac\":1}",
                "{ \"msg\":\"a\",\"salt\":\"b\",\"hmac\":\"c\"}",
                "{\"msg\":  \"a\",\"salt\":\"b\",\"hmac\":\"c\"}"
            })
    void leavesOtherFormsToTheParser(String envelope) {
        assertThat(read(envelope)).isFalse();
    }

    @Test
    void aStringBeyondTheLimitIsLeftToTheParser() {
        assertThat(read("{\"msg\":\"" + "x".repeat(200) + "\",\"salt\":\"b\",\"hmac\":\"c\"}"))
                .isTrue();
        assertThat(read("{\"msg\":\"" + "x".repeat(201) + "\",\"salt\":\"b\",\"hmac\":\"c\"}"))
                .isFalse();
    }

    /** Whatever it reads, a strict parser reads as the same. */
    @Test
    void neverReadsWhatAParserDoesNot() throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed of mutated envelopes: " + seed);
        Random random = new Random(seed);
        String[] pieces = {
            "\"", "\\", "{", "}", ",", ":", " ", "msg", "\"salt\"", "\"hmac\":\"a\"", "\t", "\u00e9", "x", "\\\""
        };
        String valid = "{\"msg\": \"{\\\"a\\\":1}\", \"salt\":\"123\", \"hmac\":\"0f\"}";
        int read = 0;
        for (int i = 0; i < MUTANTS; i++) {
            StringBuilder mutant = new StringBuilder(valid);
            for (int change = random.nextInt(3); change > 0; change--) {
                int from = random.nextInt(mutant.length() + 1);
                int to = Math.min(mutant.length(), from + random.nextInt(3));
                mutant.replace(from, to, random.nextBoolean() ? "" : pieces[random.nextInt(pieces.length)]);
            }
            String envelope = mutant.toString();
            if (read(envelope)) {
                read++;
                JsonNode same = STRICT.readTree(envelope.getBytes(ISO_8859_1));
                assertThat(same.size()).as(envelope).isEqualTo(3);
                assertThat(same.get("msg").textValue()).as(envelope).isEqualTo(text(message));
                assertThat(same.get("salt").textValue()).as(envelope).isEqualTo(text(salt));
                assertThat(same.get("hmac").textValue()).as(envelope).isEqualTo(text(hmac));
            }
        }
        assertThat(read).as("of " + MUTANTS).isBetween(MUTANTS / 4, MUTANTS - 1000);
    }
}
