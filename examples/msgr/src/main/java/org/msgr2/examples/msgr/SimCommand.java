package org.msgr2.examples.msgr;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.msgr2.session.testing.sim.SimViolation;
import org.msgr2.session.testing.sim.Simulator;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code msgr sim}: the session layer in simulated networks that fail in every way, as long as wanted. */
@Command(
        name = "sim",
        description = {
            "Runs the session layer in simulated networks that fail in every way, and checks that it keeps its promises.",
            "Each schedule is made of its seed: with --seed alone, one schedule is run and told line by line.",
            "With --calls nodes call each other instead of sending messages; a seed is another schedule then."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr sim --for 2m",
            "  msgr sim --for 10m --seed 1000000 --cores 4",
            "  msgr sim --seed 4711",
            "  msgr sim --calls --for 1m",
            "",
            "Exit code 1: a promise was broken; the message names the seed."
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class SimCommand implements Callable<Integer> {
    private static final Duration USUAL = Duration.ofSeconds(10);
    private static final int CORES_MAX = 1024;

    private final Terminal terminal;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            description = "How long to run schedules, one after the other. Default: 10s, unless there is a --seed.")
    private @Nullable Duration time;

    @Option(
            names = "--seed",
            paramLabel = "N",
            description = "Begin with this seed; without --for, run this one alone and show what happens in it.")
    private @Nullable Long seed;

    @Option(names = "--cores", paramLabel = "N", description = "Schedules to run at once. Default: one for each core.")
    private @Nullable Integer cores;

    @Option(
            names = "--calls",
            description =
                    "Nodes call each other: calls with one answer, streams, subscriptions. Checks what calls promise.")
    private boolean calls;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    SimCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure {
        int threads = cores == null ? Runtime.getRuntime().availableProcessors() : cores;
        if (threads < 1 || threads > CORES_MAX) {
            throw Failure.usage("--cores must be within 1.." + CORES_MAX + ": " + threads);
        }
        Duration limit = time == null ? USUAL : time;
        if (limit.isZero()) {
            throw Failure.usage("--for must be longer than nothing");
        }
        quiet();
        if (seed != null && time == null) {
            return trace(seed);
        }
        return run(seed == null ? 1 : seed, threads, limit);
    }

    private Simulator.Traffic traffic() {
        return calls ? Simulator.Traffic.CALLS : Simulator.Traffic.MESSAGES;
    }

    /** Messengers that are made to fail have much to tell. */
    private static void quiet() {
        ((Logger) LoggerFactory.getLogger("org.msgr2.session")).setLevel(Level.ERROR);
    }

    private Integer trace(long of) {
        List<String> lines = Simulator.trace(of, traffic());
        String end = lines.get(lines.size() - 1);
        if (json) {
            ObjectNode object =
                    JsonNodeFactory.instance.objectNode().put("seed", of).put("end", end);
            lines.subList(0, lines.size() - 1).forEach(object.putArray("trace")::add);
            terminal.json(object);
        } else {
            lines.forEach(terminal::line);
        }
        return end.startsWith("VIOLATION") ? Msgr.FAILED : Msgr.DONE;
    }

    private Integer run(long first, int threads, Duration limit) throws Failure {
        try {
            print(first, simulate(first, threads, limit));
            return Msgr.DONE;
        } catch (SimViolation e) {
            throw Failure.of(
                    e.getMessage() + "; 'msgr sim " + (calls ? "--calls " : "") + "--seed " + e.seed()
                            + "' shows how it comes to that",
                    e);
        }
    }

    private Simulator.Report simulate(long first, int threads, Duration limit) {
        long startNs = System.nanoTime();
        try (Progress progress = new Progress(terminal, "ms", limit.toMillis())) {
            return new Simulator(first, threads, traffic()).run(limit, done -> {
                long passedMs = (System.nanoTime() - startNs) / 1_000_000;
                progress.show(Math.min(limit.toMillis(), passedMs));
            });
        }
    }

    private void print(long first, Simulator.Report report) {
        if (!json) {
            terminal.line("from seed " + first + ": " + report.text().stripTrailing());
            terminal.line("no violation");
            return;
        }
        ObjectNode object = JsonNodeFactory.instance
                .objectNode()
                .put("firstSeed", first)
                .put("schedules", report.schedules())
                .put("repeated", report.repeated())
                .put("messages", report.messages())
                .put("replayed", report.replayed())
                .put("reconnects", report.reconnects())
                .put("events", report.events());
        object.putObject("median")
                .put("messages", report.medianMessages())
                .put("faults", report.medianFaults())
                .put("reconnects", report.medianReconnects());
        ObjectNode faults = object.putObject("faults");
        report.faults().forEach(faults::put);
        ObjectNode rules = object.putObject("decisions");
        report.rules().forEach(rules::put);
        if (calls) {
            ObjectNode ends = object.putObject("calls");
            report.calls().forEach(ends::put);
        }
        terminal.json(object);
    }
}
