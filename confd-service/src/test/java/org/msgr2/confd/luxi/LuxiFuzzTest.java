package org.msgr2.confd.luxi;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Hostile bytes and filters get errors, and never an exception or a reply that is no JSON. */
class LuxiFuzzTest {
    private static final long SEED = 7;
    private static final int ROUNDS = 5_000;

    private final Random random = new Random(SEED);
    private final LuxiEngine engine = Fixtures.small();

    @Test
    void survivesDamagedCalls() {
        JsonNode vectors = Fixtures.vectors("luxi.json").path("vectors");
        int closed = 0;
        for (int round = 0; round < ROUNDS; round++) {
            JsonNode vector = vectors.path(random.nextInt(vectors.size()));
            byte[] text = ("{\"method\":" + vector.path("method") + ",\"args\":" + vector.path("args") + "}\3")
                    .getBytes(UTF_8);
            for (int damage = random.nextInt(4); damage >= 0; damage--) {
                text[random.nextInt(text.length)] = (byte) random.nextInt(256);
            }
            LuxiSession session = new LuxiSession(engine);
            for (String reply : Fixtures.exchange(session, text)) {
                assertThat(Fixtures.json(reply).path("success").isBoolean())
                        .as("seed %d, round %d", SEED, round)
                        .isTrue();
            }
            closed += session.isClosed() ? 1 : 0;
        }
        assertThat(closed).as("damage is noticed").isGreaterThan(ROUNDS / 4);
    }

    @Test
    void survivesRandomFilters() {
        int answered = 0;
        for (int round = 0; round < ROUNDS; round++) {
            String filter = filter(0);
            JsonNode reply = Fixtures.call(engine, "Query", "[\"node\",[\"name\"]," + filter + "]");
            assertThat(reply.path("success").isBoolean())
                    .as("seed %d, round %d: %s", SEED, round, filter)
                    .isTrue();
            answered += reply.path("success").asBoolean() ? 1 : 0;
        }
        assertThat(answered).as("some filters are sound").isBetween(ROUNDS / 20, ROUNDS - ROUNDS / 20);
    }

    private String filter(int depth) {
        int kind = random.nextInt(depth > 6 ? 6 : 9);
        return switch (kind) {
            case 0 -> "[\"?\"," + field() + "]";
            case 1 ->
                "[\"=~\"," + field() + "," + oneOf("\"^n\"", "\"(\"", "\"a{9}{9}{9}{9}\"", "\"(a*)*$\"", "5") + "]";
            case 2 -> "[\"=[]\"," + field() + "," + value() + "]";
            case 3, 4, 5 ->
                "[" + oneOf("\"=\"", "\"!=\"", "\"<\"", "\">=\"", "\"zz\"") + "," + field() + "," + value() + "]";
            case 6 -> "[\"!\"," + filter(depth + 1) + "]";
            default -> "[" + oneOf("\"&\"", "\"|\"") + "," + filter(depth + 1) + "," + filter(depth + 1) + "]";
        };
    }

    private String field() {
        return oneOf(
                "\"name\"",
                "\"offline\"",
                "\"serial_no\"",
                "\"tags\"",
                "\"mfree\"",
                "\"ndparams\"",
                "\"name\"",
                "\"serial_no\"");
    }

    private String value() {
        return oneOf("\"node1\"", "12", "12.0", "-1e400", "\"\"", "\"node2.test.example\"", "null");
    }

    private String oneOf(String... choices) {
        return List.of(choices).get(random.nextInt(choices.length));
    }
}
