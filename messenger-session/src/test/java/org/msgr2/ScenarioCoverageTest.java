package org.msgr2;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.msgr2.core.testing.Scenario;

/** That every conformance scenario which is due has a test that carries its id. */
class ScenarioCoverageTest {
    @Test
    void everyScenarioThatIsDueHasATest() {
        Set<String> due = Stream.of(ids("F", 1, 15), ids("F", 21, 31), ids("B", 1, 14))
                .flatMap(s -> s)
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(due).hasSize(40);
        assertThat(carried()).containsAll(due);
    }

    private static Stream<String> ids(String letter, int first, int last) {
        return IntStream.rangeClosed(first, last).mapToObj(number -> String.format("%s%02d", letter, number));
    }

    private static Set<String> carried() {
        Set<String> ids = new TreeSet<>();
        for (JavaClass type : new ClassFileImporter().importPackages("org.msgr2")) {
            for (JavaMethod method : type.getMethods()) {
                if (method.isAnnotatedWith(Scenario.class)) {
                    ids.addAll(Arrays.asList(
                            method.getAnnotationOfType(Scenario.class).value()));
                }
            }
        }
        return ids;
    }
}
