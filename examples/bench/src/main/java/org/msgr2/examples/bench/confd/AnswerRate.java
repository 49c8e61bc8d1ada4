package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Answers per CPU-second of the server's process, on the small cluster: the real one first, then ours, same client. */
final class AnswerRate {
    private static final Duration UP_LIMIT = Duration.ofSeconds(30);
    private static final Duration LOSS_LIMIT = Duration.ofMillis(500);

    private final ConfdBenchOptions options;
    private final Path directory;
    private final PrintStream out;

    AnswerRate(ConfdBenchOptions options, Path directory, PrintStream out) {
        this.options = options;
        this.directory = directory;
        this.out = out;
    }

    void run() throws IOException, InterruptedException {
        byte[] config = ClusterFiles.generate(directory, "small");
        out.printf(
                "small cluster, %,d answers of each kind after %,d to warm up, %d in flight%n%n",
                options.answers(), warmUp(), options.inFlight());
        out.printf("%-14s %-6s %12s %10s %16s %6s%n", "server", "", "answers/s", "CPU s", "answers/CPU-s", "lost");
        Map<Servers, Map<String, Double>> rates = new EnumMap<>(Servers.class);
        for (Servers server : Servers.values()) { // the real one comes first
            rates.put(server, options.servers().contains(server) ? measure(server, config) : Map.of());
        }
        Map<String, Double> real = rates.getOrDefault(Servers.GANETI, Map.of());
        rates.getOrDefault(Servers.OURS, Map.of()).forEach((kind, rate) -> {
            if (real.containsKey(kind)) {
                out.printf("ratio of %s answers per CPU-second: %.1f%n", kind, rate / real.get(kind));
            }
        });
    }

    /** As many again, not counted: the JVM compiles meanwhile, and the real one is treated alike. */
    private int warmUp() {
        return options.answers();
    }

    private Map<String, Double> measure(Servers program, byte[] config) throws IOException {
        ClusterFiles files = ClusterFiles.create(directory.resolve(program.name()), config);
        Map<String, Double> rates = new LinkedHashMap<>();
        try (ServerProcess server = program.start(files, List.of());
                LoadClient client = new LoadClient(server.address())) {
            Startup.await(server, client, UP_LIMIT);
            for (Map.Entry<String, List<Request>> kind : kinds().entrySet()) {
                client.load(kind.getValue(), warmUp(), options.inFlight(), LOSS_LIMIT);
                double cpuBefore = server.cpuSeconds();
                long start = System.nanoTime();
                int lost = client.load(kind.getValue(), options.answers(), options.inFlight(), LOSS_LIMIT);
                double wall = (System.nanoTime() - start) / 1e9;
                double cpu = server.cpuSeconds() - cpuBefore;
                rates.put(kind.getKey(), options.answers() / cpu);
                out.printf(
                        "%-14s %-6s %,12.0f %10.2f %,16.0f %6d%n",
                        server.name(), kind.getKey(), options.answers() / wall, cpu, options.answers() / cpu, lost);
            }
        }
        return rates;
    }

    private static Map<String, List<Request>> kinds() {
        Map<String, List<Request>> kinds = new LinkedHashMap<>();
        kinds.put("ping", List.of(Request.of("ping", 0, "null", "ping")));
        kinds.put(
                "role",
                IntStream.rangeClosed(1, 5)
                        .mapToObj(i -> Request.of("role", 1, "\"node" + i + ".test.example\"", "role" + i))
                        .toList());
        return kinds;
    }
}
