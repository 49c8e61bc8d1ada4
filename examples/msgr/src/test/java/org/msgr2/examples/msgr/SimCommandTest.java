package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code msgr sim}. That the simulator finds what it should is tested where it lives. */
class SimCommandTest {

    @Test
    void schedulesRunUntilTheTimeIsOver() {
        Run run = Run.of("sim", "--for", "300ms", "--seed", "40", "--cores", "2");
        assertThat(run.exitCode()).as(run.toString()).isEqualTo(Msgr.DONE);
        assertThat(run.outLines().get(0)).startsWith("from seed 40: ").contains(" schedules, ");
        assertThat(run.out()).contains("RESTART_SAME_NONCE").contains("RECONNECT_OK");
        assertThat(run.outLines()).endsWith("no violation");
        assertThat(run.err()).isEmpty();
    }

    @Test
    void aProgramReadsJson() {
        JsonNode json =
                Run.of("sim", "--for", "200ms", "--cores", "1", "--json").json();
        assertThat(json.get("firstSeed").asLong()).isEqualTo(1);
        assertThat(json.get("schedules").asLong()).isPositive();
        assertThat(json.get("messages").asLong()).isPositive();
        assertThat(json.at("/faults").size()).isGreaterThan(20);
        assertThat(json.at("/decisions/IDENT_NEW").asLong()).isPositive();
    }

    @Test
    void nodesCallEachOther() {
        JsonNode json = Run.of("sim", "--calls", "--for", "200ms", "--cores", "1", "--json")
                .json();
        assertThat(json.at("/calls/OK").asLong()).isPositive();
        List<String> lines = Run.of("sim", "--calls", "--seed", "3").outLines();
        assertThat(lines).hasSizeGreaterThan(20).endsWith("no violation");
        assertThat(lines).anyMatch(line -> line.contains("handles SimCall"));
    }

    @Test
    void oneScheduleIsToldLineByLine() {
        List<String> lines = Run.of("sim", "--seed", "7").outLines();
        assertThat(lines.get(0)).contains("seed 7: ");
        assertThat(lines).hasSizeGreaterThan(20).endsWith("no violation");
        assertThat(Run.of("sim", "--seed", "7").outLines()).as("the same story").isEqualTo(lines);
        JsonNode json = Run.of("sim", "--seed", "7", "--json").json();
        assertThat(json.get("trace")).hasSize(lines.size() - 1);
        assertThat(json.get("end").asText()).isEqualTo("no violation");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --cores=0 | --cores must be within 1..1024: 0
            --for=0s  | --for must be longer than nothing
            --for=x   | 'x' is no duration
            --seed=x  | 'x' is not a long
            """)
    void nonsenseIsRefused(String argument, String why) {
        Run run = Run.of("sim", argument);
        assertThat(run.exitCode()).isEqualTo(Msgr.WRONG_USAGE);
        assertThat(run.error()).contains(why);
    }
}
