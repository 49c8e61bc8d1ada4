package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.sim.Simulator;

/**
 * Nodes that call each other in simulated networks, with all faults there are: see {@link Simulator.Traffic#CALLS}. {@code
 * -Dmsgr2.rpc.schedules=N} runs more than a build by hand does, {@code -Dmsgr2.rpc.seed=N} begins elsewhere. A violation names
 * its seed, and {@code msgr sim --calls --seed N} shows what happens in it.
 */
@Timeout(1800)
class RpcSimulationTest {
    private static final long SCHEDULES = Long.getLong("msgr2.rpc.schedules", 500);
    private static final long FIRST_SEED = Long.getLong("msgr2.rpc.seed", 1);
    private static final long ENOUGH_FOR_FAULTS = 10_000;

    private static Simulator.Report report;
    private static List<String> errors;

    @BeforeAll
    static void simulate() {
        System.out.println("calls in simulated networks, from seed " + FIRST_SEED);
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        try (LogCapture log = LogCapture.ofErrors("org.msgr2")) {
            report = new Simulator(FIRST_SEED, threads, Simulator.Traffic.CALLS).run(SCHEDULES);
            errors = log.lines();
        }
    }

    @AfterAll
    static void print() {
        System.out.println(report.text());
    }

    @Test
    void noScheduleBreaksAPromise() {
        // Otherwise the simulator has thrown; here is that it has done what was asked for.
        assertThat(report.schedules()).isEqualTo(SCHEDULES);
        assertThat(errors).isEmpty();
    }

    @Test
    void callsEndInEveryWayThatTheyCan() {
        assertThat(report.calls())
                .containsOnlyKeys(
                        "OK",
                        "FAILED",
                        "CANCELLED",
                        "DEADLINE_EXCEEDED",
                        "NOT_SENT",
                        "OUTCOME_UNKNOWN",
                        "OVERLOADED",
                        "BACK_PRESSURED",
                        "RESUMED",
                        "RESYNC");
        assertThat(report.calls().get("OK")).isGreaterThan(10 * SCHEDULES);
        assertThat(report.calls().get("RESUMED")).isGreaterThan(SCHEDULES / 4);
        assertThat(report.calls().get("OUTCOME_UNKNOWN")).isGreaterThan(SCHEDULES);
    }

    @Test
    void aScheduleIsWorthItsName() {
        assertThat(report.medianReconnects()).isGreaterThanOrEqualTo(2);
        assertThat(report.medianFaults()).isGreaterThanOrEqualTo(3);
        assertThat(report.medianMessages()).isGreaterThanOrEqualTo(50);
    }

    @Test
    void everyKindOfFaultHappens() {
        List<String> missing = report.faults().entrySet().stream()
                .filter(fault -> fault.getValue() == 0)
                .map(Map.Entry::getKey)
                .toList();
        assertThat(missing).hasSizeLessThanOrEqualTo(SCHEDULES >= ENOUGH_FOR_FAULTS ? 0 : 4);
    }

    @Test
    void theSameSeedTellsTheSameStory() {
        List<String> first = Simulator.trace(FIRST_SEED, Simulator.Traffic.CALLS);
        assertThat(first).hasSizeGreaterThan(20);
        assertThat(first.get(first.size() - 1)).isEqualTo("no violation");
        assertThat(Simulator.trace(FIRST_SEED, Simulator.Traffic.CALLS)).isEqualTo(first);
    }
}
