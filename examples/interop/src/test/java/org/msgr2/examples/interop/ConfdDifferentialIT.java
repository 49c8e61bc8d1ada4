package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same random questions about the same random cluster, to ganeti-confd and to ours. {@code -Dmsgr.confd.seed=N} asks those
 * of an earlier run again; {@code -Dmsgr.confd.questions=N} asks more.
 */
@RequiresGaneti
final class ConfdDifferentialIT {

    private static final int TYPES = 12;
    private static final int QUESTIONS_OF_EACH_TYPE = 450;
    private static final int REPORTED_MAX = 20;
    private static final int NODES = 40;
    private static final int INSTANCES = 200;

    private final long seed = Long.getLong("msgr.confd.seed", System.nanoTime() & 0xFFFF_FFFFL);
    private final int questionsOfEachType =
            Integer.getInteger("msgr.confd.questions", TYPES * QUESTIONS_OF_EACH_TYPE) / TYPES;

    @Test
    void bothAnswerTheSameButForTheDifferencesThatHaveReasons(@TempDir Path directory) throws Exception {
        System.out.println("differential test of confd: -Dmsgr.confd.seed=" + seed);
        byte[] config = GanetiConfig.random(seed, NODES, INSTANCES);
        List<ConfdQuestion> questions = questions(new ObjectMapper().readTree(config));

        Map<String, ConfdAnswer> real;
        try (ConfdDaemon confd = GanetiConfd.start(GanetiInstalled.here(), host(directory.resolve("real"), config))) {
            real = answers(confd, questions);
        }
        Map<String, ConfdAnswer> ours;
        try (ConfdDaemon confd = OurConfd.start(host(directory.resolve("ours"), config))) {
            ours = answers(confd, questions);
        }

        assertThat(real.size()).as("answers at all").isGreaterThan(questions.size() / 2);
        Map<ConfdDifference, Integer> known = new EnumMap<>(ConfdDifference.class);
        List<ConfdComparison> unknown = new ArrayList<>();
        for (ConfdQuestion question : questions) {
            ConfdComparison comparison =
                    new ConfdComparison(question, real.get(question.rsalt()), ours.get(question.rsalt()));
            if (!comparison.agree()) {
                Optional<ConfdDifference> difference = ConfdDifference.of(comparison);
                difference.ifPresentOrElse(name -> known.merge(name, 1, Integer::sum), () -> unknown.add(comparison));
            }
        }
        System.out.printf(
                "%d questions, %d answered by ganeti-confd, %d by ours; differences with a reason: %s%n",
                questions.size(), real.size(), ours.size(), known);
        assertThat(unknown.stream().limit(REPORTED_MAX))
                .as("the first of %d differences without a reason; -Dmsgr.confd.seed=%d", unknown.size(), seed)
                .isEmpty();
    }

    private List<ConfdQuestion> questions(JsonNode config) {
        ConfdQuestions source = new ConfdQuestions(seed, config);
        List<ConfdQuestion> questions = new ArrayList<>();
        for (int round = 0; round < questionsOfEachType; round++) {
            for (int type = 0; type < TYPES; type++) {
                questions.add(source.next(type));
            }
        }
        return questions;
    }

    private static ConfdHost host(Path directory, byte[] config) throws IOException {
        ConfdHost host = ConfdHost.create(directory);
        host.replaceConfig(config);
        return host;
    }

    private static Map<String, ConfdAnswer> answers(ConfdDaemon confd, List<ConfdQuestion> questions)
            throws IOException {
        try (ConfdAsker asker = new ConfdAsker(confd.address())) {
            Map<String, ConfdAnswer> answers = asker.ask(questions);
            answers.keySet()
                    .retainAll(questions.stream().map(ConfdQuestion::rsalt).collect(Collectors.toSet()));
            return answers;
        }
    }
}
