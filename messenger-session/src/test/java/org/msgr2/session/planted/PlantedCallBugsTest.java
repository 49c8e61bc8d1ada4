package org.msgr2.session.planted;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whether simulated nodes that call each other would find what could be wrong with calls. */
@Timeout(600)
class PlantedCallBugsTest {
    private static final long SCHEDULES_MAX = 2_000;
    private static final int CONTROL_SCHEDULES = 50;

    private static Search.@Nullable Quiet quiet;

    @BeforeAll
    static void beQuiet() {
        quiet = Search.quiet();
    }

    @AfterAll
    static void endQuiet() {
        if (quiet != null) {
            quiet.close();
        }
    }

    @Test
    void eachIsFound() throws Exception {
        Map<PlantedBug, Search.Result> results = PlantedBugsTest.search(
                PlantedCallBugs.all(), bug -> Search.inCalls(bug).run(SCHEDULES_MAX));
        results.forEach((bug, result) -> System.out.print(PlantedBugsTest.line(bug, result)));
        List<String> hidden = results.entrySet().stream()
                .filter(result -> !result.getValue().isFound())
                .map(result -> result.getKey().name())
                .toList();
        assertThat(hidden).as("not found within %d schedules", SCHEDULES_MAX).isEmpty();
    }

    @Test
    void withoutABugNothingIsFound() throws Exception {
        Search.Result result = Search.inCalls(null).run(CONTROL_SCHEDULES);
        assertThat(result.what()).isNull();
        assertThat(result.schedules()).isEqualTo(CONTROL_SCHEDULES);
    }

    @Test
    void eachHasItsOwnName() {
        assertThat(PlantedCallBugs.all()).extracting(PlantedBug::name).doesNotHaveDuplicates();
    }
}
