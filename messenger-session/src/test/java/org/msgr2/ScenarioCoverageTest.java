package org.msgr2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * That every conformance scenario which is due has a test that carries its id, in whichever module. Read from the sources, since no
 * module has the tests of all others on its class path.
 */
class ScenarioCoverageTest {
    private static final Path ROOT = Path.of(System.getProperty("basedir", "")).resolve("..");
    private static final Pattern SCENARIO = Pattern.compile("(?m)^ *@Scenario\\((?:\\{([^}]*)}|(\"[^\"]*\"))\\)");
    private static final Pattern ID = Pattern.compile("\"([A-Z]\\d\\d)\"");

    @Test
    void everyScenarioThatIsDueHasATest() throws IOException {
        Set<String> due = Stream.of(
                        ids("F", 1, 31),
                        ids("B", 1, 14),
                        ids("A", 1, 30),
                        ids("S", 1, 44),
                        ids("P", 1, 45),
                        ids("P", 49, 50))
                .flatMap(s -> s)
                .collect(Collectors.toCollection(TreeSet::new));
        due.remove("S42"); // of msgr1

        assertThat(due).hasSize(165);
        assertThat(carried()).containsAll(due);
    }

    private static Stream<String> ids(String letter, int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(number -> String.format("%s%02d", letter, number));
    }

    private static Set<String> carried() throws IOException {
        Set<String> ids = new TreeSet<>();
        for (String module : new String[] {"messenger-core", "messenger-crypto", "messenger-session"}) {
            try (Stream<Path> sources = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
                sources.filter(path -> path.toString().endsWith("Test.java")).forEach(path -> collect(path, ids));
            }
        }
        return ids;
    }

    private static void collect(Path source, Set<String> ids) {
        try {
            Matcher scenarios = SCENARIO.matcher(Files.readString(source));
            while (scenarios.find()) {
                Matcher id = ID.matcher(scenarios.group());
                while (id.find()) {
                    ids.add(id.group(1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
