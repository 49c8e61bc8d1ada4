package org.msgr2.session.testing.sim;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Runs simulations, one seed after the other, on as many threads as asked for. A violation ends it; its seed, run alone,
 * brings it about again.
 *
 * <p>Seed {@code n} is the same schedule whenever and wherever it is run with the same code. One in a thousand runs twice, and
 * has to come to the same end by the same events.
 */
public final class Simulator {
    private static final int TWICE_EVERY = 1_000;
    private static final int MEDIAN_OF_MAX = 1 << 20;

    private final long firstSeed;
    private final int threads;
    private final Traffic traffic;

    /** What nodes have to do with each other. */
    public enum Traffic {
        /** They send messages. */
        MESSAGES,
        /** They call each other: one answer, streams, subscriptions. */
        CALLS
    }

    /** With messages. */
    public Simulator(long firstSeed, int threads) {
        this(firstSeed, threads, Traffic.MESSAGES);
    }

    /**
     * @param firstSeed the first of the seeds, which follow one another
     * @param threads how many runs at once
     * @param traffic a seed stands for another schedule with each
     */
    public Simulator(long firstSeed, int threads, Traffic traffic) {
        this.firstSeed = firstSeed;
        this.threads = threads;
        this.traffic = traffic;
    }

    /**
     * What many runs came to.
     *
     * @param schedules how many runs there were; those that were run twice count once
     * @param repeated how many were run twice
     * @param events that happened in all
     * @param messages that arrived
     * @param replayed messages that were sent again
     * @param reconnects sessions that became ready once more
     * @param medianReconnects of a run
     * @param medianFaults of a run
     * @param medianMessages of a run
     * @param faults by kind
     * @param rules how often each rule for connections that come in has decided
     * @param calls how many have ended how, by the name of their status; how often subscriptions were RESUMED, and told to RESYNC.
     *     Empty where nobody calls
     */
    public record Report(
            long schedules,
            long repeated,
            long events,
            long messages,
            long replayed,
            long reconnects,
            int medianReconnects,
            int medianFaults,
            int medianMessages,
            Map<String, Long> faults,
            Map<String, Long> rules,
            Map<String, Long> calls) {

        /** For people, one fact on a line. */
        public String text() {
            StringBuilder text = new StringBuilder(String.format(
                    Locale.ROOT,
                    "%,d schedules, %,d of them twice: %,d messages, %,d sent again, %,d reconnects, %,d events%n"
                            + "median of a schedule: %d messages, %d faults, %d reconnects%n",
                    schedules,
                    repeated,
                    messages,
                    replayed,
                    reconnects,
                    events,
                    medianMessages,
                    medianFaults,
                    medianReconnects));
            text.append("faults\n");
            faults.forEach((name, count) -> text.append(String.format(Locale.ROOT, "  %-32s %,14d%n", name, count)));
            text.append("decisions on connections that came in\n");
            rules.forEach((name, count) -> text.append(String.format(Locale.ROOT, "  %-32s %,14d%n", name, count)));
            if (!calls.isEmpty()) {
                text.append("calls\n");
                calls.forEach((name, count) -> text.append(String.format(Locale.ROOT, "  %-32s %,14d%n", name, count)));
            }
            return text.toString();
        }
    }

    /** Told of progress, now and then, on any of the threads. */
    @FunctionalInterface
    public interface Progress {
        void schedules(long done);
    }

    /**
     * Runs so many schedules.
     *
     * @throws SimViolation the first that is found
     */
    public Report run(long schedules) {
        return run(schedules, null, done -> {});
    }

    /**
     * Runs schedules until the time is over.
     *
     * @throws SimViolation the first that is found
     */
    public Report run(Duration time, Progress progress) {
        return run(Long.MAX_VALUE, time, progress);
    }

    private Report run(long schedules, @Nullable Duration time, Progress progress) {
        AtomicLong next = new AtomicLong();
        long endNs = time == null ? 0 : System.nanoTime() + time.toNanos();
        List<Worker> workers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            workers.add(new Worker(next, schedules, time == null ? null : endNs, progress));
        }
        workers.forEach(Thread::start);
        for (Worker worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                next.set(Long.MAX_VALUE / 2);
                Thread.currentThread().interrupt();
            }
        }
        for (Worker worker : workers) {
            if (worker.failure != null) {
                throw worker.failure;
            }
        }
        return report(workers);
    }

    private final class Worker extends Thread {
        private final AtomicLong next;
        private final long schedules;
        private final @Nullable Long endNs;
        private final Progress progress;
        private final SimTotals totals = new SimTotals();
        private final Sample reconnects = new Sample();
        private final Sample faults = new Sample();
        private final Sample messages = new Sample();
        private long repeated;
        private @Nullable RuntimeException failure;

        Worker(AtomicLong next, long schedules, @Nullable Long endNs, Progress progress) {
            super("msgr2-simulator");
            setDaemon(true);
            this.next = next;
            this.schedules = schedules;
            this.endNs = endNs;
            this.progress = progress;
        }

        @Override
        public void run() {
            try {
                for (long number = next.getAndIncrement(); number < schedules; number = next.getAndIncrement()) {
                    one(firstSeed + number);
                    if (number % 100 == 0) {
                        progress.schedules(number);
                    }
                    if (endNs != null && System.nanoTime() - endNs >= 0) {
                        return;
                    }
                }
            } catch (RuntimeException e) {
                failure = e;
                next.set(Long.MAX_VALUE / 2); // the others stop too
            }
        }

        private void one(long seed) {
            Simulation simulation = simulation(seed, false, traffic);
            SimTotals of = go(simulation, seed);
            totals.add(of);
            reconnects.add(of.reconnects());
            faults.add(of.faults());
            messages.add(of.messages());
            if (seed % TWICE_EVERY == 0) {
                repeated++;
                Simulation again = simulation(seed, false, traffic);
                go(again, seed);
                if (again.hash() != simulation.hash()) {
                    throw new SimViolation(seed, "did not run alike when it was run again");
                }
            }
        }
    }

    private static Simulation simulation(long seed, boolean traced, Traffic traffic) {
        return new Simulation(seed, traced, traffic == Traffic.CALLS);
    }

    private static SimTotals go(Simulation simulation, long seed) {
        try {
            return simulation.run();
        } catch (SimViolation e) {
            throw e;
        } catch (RuntimeException | AssertionError e) {
            SimViolation violation = new SimViolation(seed, "failed with " + e);
            violation.initCause(e);
            throw violation;
        }
    }

    /** Of numbers, as many as matter for a median. */
    private static final class Sample {
        private int[] values = new int[1024];
        private int size;

        void add(long value) {
            if (size < MEDIAN_OF_MAX) {
                if (size == values.length) {
                    values = Arrays.copyOf(values, size * 2);
                }
                values[size++] = (int) Math.min(Integer.MAX_VALUE, value);
            }
        }
    }

    private static int median(List<Sample> samples) {
        int[] all = samples.stream()
                .flatMapToInt(sample -> Arrays.stream(sample.values, 0, sample.size))
                .sorted()
                .toArray();
        return all.length == 0 ? 0 : all[all.length / 2];
    }

    private static Report report(List<Worker> workers) {
        SimTotals sum = new SimTotals();
        workers.forEach(worker -> sum.add(worker.totals));
        Map<String, Long> faults = new TreeMap<>();
        sum.byFault().forEach((fault, count) -> faults.put(fault.name(), count));
        Map<String, Long> rules = new TreeMap<>();
        sum.byRule().forEach((rule, count) -> rules.put(rule.name(), count));
        return new Report(
                sum.schedules(),
                workers.stream().mapToLong(worker -> worker.repeated).sum(),
                sum.events(),
                sum.messages(),
                sum.replayedMessages(),
                sum.reconnects(),
                median(workers.stream().map(worker -> worker.reconnects).toList()),
                median(workers.stream().map(worker -> worker.faults).toList()),
                median(workers.stream().map(worker -> worker.messages).toList()),
                faults,
                rules,
                sum.calls());
    }

    /**
     * What happens in one run, line by line, with the violation if there is one.
     *
     * @return the lines; the last says how it ended
     */
    public static List<String> trace(long seed) {
        return trace(seed, Traffic.MESSAGES);
    }

    /** The same with other traffic. */
    public static List<String> trace(long seed, Traffic traffic) {
        Simulation simulation = simulation(seed, true, traffic);
        String end = "no violation";
        try {
            go(simulation, seed);
        } catch (SimViolation e) {
            end = "VIOLATION: " + e.getMessage();
        }
        List<String> lines = new ArrayList<>(simulation.trace().lines());
        lines.add(end);
        return lines;
    }
}
