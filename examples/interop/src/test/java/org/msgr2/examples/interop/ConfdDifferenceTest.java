package org.msgr2.examples.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ConfdDifferenceTest {

    /** Set by Surefire; where an IDE does not, the working directory is the module's. */
    private static final Path MODULE = Path.of(System.getProperty("basedir", ""));

    private static final ObjectMapper JSON = new ObjectMapper();

    @Test
    void everyDifferenceHasItsReasonInTheGuideAndNoReasonIsLeftOver() throws IOException {
        String page = Files.readString(MODULE.resolve("../../docs/guide/confd.md"), UTF_8);
        List<String> rows = Pattern.compile("^\\| `([A-Z_]+)` \\|", Pattern.MULTILINE)
                .matcher(page)
                .results()
                .map(match -> match.group(1))
                .toList();

        assertThat(rows)
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(ConfdDifference.values()).map(Enum::name).toList());
    }

    @Test
    void noDifferenceExplainsAnotherAnswerToAnOrdinaryQuestion() throws IOException {
        for (int type = 0; type <= 11; type++) {
            ConfdQuestion question = ConfdQuestion.signed(
                    type,
                    "r",
                    "ordinary",
                    "{\"protocol\":1,\"type\":%d,\"query\":\"node2.test.example\",\"rsalt\":\"r\"}".formatted(type));
            ConfdAnswer real = answer(0, "[\"a\",1]", 1);

            assertThat(new ConfdComparison(question, real, answer(0, "[\"a\",1.0]", 1)).agree())
                    .as("numbers are equal by value")
                    .isTrue();
            for (ConfdAnswer ours : new ConfdAnswer[] {
                null, answer(0, "[\"b\",1]", 1), answer(0, "[\"a\",1]", 2), answer(1, "0", 0), answer(1, "\"x\"", 0)
            }) {
                ConfdComparison comparison = new ConfdComparison(question, real, ours);
                assertThat(comparison.agree()).isFalse();
                assertThat(ConfdDifference.of(comparison))
                        .as(comparison.toString())
                        .isEmpty();
            }
            assertThat(ConfdDifference.of(new ConfdComparison(question, null, real)))
                    .isEmpty();
        }
    }

    @Test
    void refusalsInWordsAgreeWhateverTheWords() throws IOException {
        ConfdQuestion question = ConfdQuestion.signed(1, "r", "ordinary", "{}");

        assertThat(new ConfdComparison(question, answer(1, "\"no\"", 0), answer(1, "\"never\"", 0)).agree())
                .isTrue();
        assertThat(new ConfdComparison(question, answer(1, "\"no\"", 0), answer(1, "2", 0)).agree())
                .isFalse();
    }

    private static ConfdAnswer answer(int status, String json, long serial) throws IOException {
        JsonNode answer = JSON.readTree(json);
        return new ConfdAnswer("r", true, status, answer, serial);
    }
}
