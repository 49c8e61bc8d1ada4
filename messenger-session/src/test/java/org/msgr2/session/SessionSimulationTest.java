package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.session.accept.AcceptRule;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.sim.Simulator;

/**
 * The session layer in simulated networks: see {@link Simulator}. {@code -Dmsgr2.simulation.schedules=N} runs more than a build
 * by hand does, {@code -Dmsgr2.simulation.seed=N} begins elsewhere. A violation names its seed, and {@code msgr sim --seed N}
 * shows what happens in it.
 */
@Timeout(900)
class SessionSimulationTest {
    private static final long SCHEDULES = Long.getLong("msgr2.simulation.schedules", 4_000);
    private static final long FIRST_SEED = Long.getLong("msgr2.simulation.seed", 1);
    private static final long ENOUGH_FOR_FAULTS = 10_000;
    /** With so many, whatever can happen has happened. */
    private static final long ENOUGH_FOR_ALL = 100_000;

    /**
     * Sessions go over to another connection in one step and leave their place when they close, so nobody meets them in between; and
     * one that never dials is never found dialling. The rules are there since the function is total.
     */
    private static final Set<AcceptRule> NEVER_MET = EnumSet.of(
            AcceptRule.IDENT_AFTER_CLOSED,
            AcceptRule.IDENT_WHILE_REPLACING,
            AcceptRule.IDENT_RACE_SERVER,
            AcceptRule.RECONNECT_CLOSED,
            AcceptRule.RECONNECT_WHILE_REPLACING);

    private static Simulator.Report report;
    private static List<String> errors;

    @BeforeAll
    static void simulate() {
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        try (LogCapture log = LogCapture.ofErrors("org.msgr2")) {
            report = new Simulator(FIRST_SEED, threads).run(SCHEDULES);
            errors = log.lines();
        }
    }

    @AfterAll
    static void print() {
        if (report != null) { // else a schedule has failed, which says its seed itself
            System.out.println(report.text());
        }
    }

    @Test
    void noScheduleBreaksAPromise() {
        // Otherwise the simulator has thrown; here is that it has done what was asked for.
        assertThat(report.schedules()).isEqualTo(SCHEDULES);
        assertThat(report.repeated()).isGreaterThanOrEqualTo(SCHEDULES / 1_000);
    }

    @Test
    void nothingGoesWrongWithin() {
        assertThat(errors).isEmpty();
    }

    @Test
    void aScheduleIsWorthItsName() {
        assertThat(report.medianReconnects()).isGreaterThanOrEqualTo(2);
        assertThat(report.medianFaults()).isGreaterThanOrEqualTo(3);
        assertThat(report.medianMessages()).isGreaterThanOrEqualTo(50);
    }

    @Test
    void everyKindOfFaultHappens() {
        assertThat(missing(report.faults())).hasSizeLessThanOrEqualTo(SCHEDULES >= ENOUGH_FOR_FAULTS ? 0 : 4);
    }

    @Test
    void everyRuleThatCanDecideDoes() {
        Set<String> never = NEVER_MET.stream().map(AcceptRule::name).collect(Collectors.toCollection(TreeSet::new));
        Set<String> missing = new TreeSet<>(missing(report.rules()));
        assertThat(missing).containsAll(never);
        if (SCHEDULES >= ENOUGH_FOR_ALL) {
            assertThat(missing).isEqualTo(never);
        } else {
            missing.removeAll(never);
            assertThat(missing).as("rules that did not decide").hasSizeLessThan(8);
        }
    }

    @Test
    void theSameSeedTellsTheSameStory() {
        List<String> first = Simulator.trace(FIRST_SEED);
        assertThat(first).hasSizeGreaterThan(20);
        assertThat(first.get(first.size() - 1)).isEqualTo("no violation");
        assertThat(Simulator.trace(FIRST_SEED)).isEqualTo(first);
        assertThat(Simulator.trace(FIRST_SEED + 1)).isNotEqualTo(first);
    }

    private static List<String> missing(Map<String, Long> counts) {
        return counts.entrySet().stream()
                .filter(count -> count.getValue() == 0)
                .map(Map.Entry::getKey)
                .toList();
    }
}
