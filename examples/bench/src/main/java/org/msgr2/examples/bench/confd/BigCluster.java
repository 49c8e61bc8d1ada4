package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A cluster as large as they come: how long start and reload take, who has to wait meanwhile, and what a query takes. */
final class BigCluster {
    private static final Duration UP_LIMIT = Duration.ofMinutes(2);
    private static final Duration RELOAD_LIMIT = Duration.ofMinutes(2);
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(5);
    private static final Duration POLL = Duration.ofMillis(20);
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final int ROUND_TRIPS = 300;
    private static final int ROUND_TRIPS_GANETI = 5;
    /** The memory of the comparison, and the collector of {@code msgr serve}. */
    private static final List<String> JVM = List.of("-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=30");

    private static final String MASTER_IP = "\"master_ip\": \"192.0.2.";

    private final ConfdBenchOptions options;
    private final Path directory;
    private final PrintStream out;

    BigCluster(ConfdBenchOptions options, Path directory, PrintStream out) {
        this.options = options;
        this.directory = directory;
        this.out = out;
    }

    void run() throws IOException, InterruptedException {
        byte[] config = ClusterFiles.generate(
                directory, "big", Integer.toString(options.nodes()), Integer.toString(options.instances()));
        out.printf(
                "%,d nodes, %,d instances, %,d MB of JSON; ours with %s%n",
                options.nodes(), options.instances(), config.length / 1_000_000, String.join(" ", JVM));
        if (options.servers().contains(Servers.GANETI)) {
            measure(Servers.GANETI, config, 1, ROUND_TRIPS_GANETI);
        }
        if (options.servers().contains(Servers.OURS)) {
            measure(Servers.OURS, config, options.reloads(), ROUND_TRIPS);
        }
    }

    private void measure(Servers program, byte[] config, int reloads, int roundTrips)
            throws IOException, InterruptedException {
        ClusterFiles files = ClusterFiles.create(directory.resolve(program.name()), config);
        long start = System.nanoTime();
        try (ServerProcess server = program.start(files, JVM);
                LoadClient client = new LoadClient(server.address())) {
            Startup.await(server, client, UP_LIMIT);
            out.printf("%n%s: start %.2f s%n", server.name(), (System.nanoTime() - start) / 1e9);
            queries(client, roundTrips);
            PingProbe quiet = PingProbe.start(server.address());
            Thread.sleep(QUIET.toMillis());
            out.printf("  longest gap of the probe without reloads %.1f ms%n", quiet.stop());
            PingProbe busy = PingProbe.start(server.address());
            for (int i = 1; i <= reloads; i++) {
                out.printf("  reload %.2f s%n", reload(server, client, files, config, i));
            }
            out.printf("  longest gap of the probe during reloads %.1f ms%n", busy.stop());
            out.printf("  CPU %.1f s, memory at most %,d MB%n", server.cpuSeconds(), server.residentPeakMb());
        }
    }

    /** From the rename until the new address of the master is answered, in seconds. */
    private static double reload(ServerProcess server, LoadClient client, ClusterFiles files, byte[] config, int number)
            throws IOException {
        String address = "192.0.2." + (100 + number);
        files.prepareConfig(new String(config, StandardCharsets.US_ASCII)
                .replace(MASTER_IP + "1\"", "\"master_ip\": \"" + address + "\"")
                .getBytes(StandardCharsets.US_ASCII));
        Request masterIp = Request.of("master ip", 3, "{\"3\":[1]}", "reload" + number);
        long start = System.nanoTime();
        files.publishConfig();
        while (!client.ask(masterIp, POLL).contains(address)) {
            server.checkAlive();
            if (System.nanoTime() - start > RELOAD_LIMIT.toNanos()) {
                throw new IOException(server.name() + " has not read the new file within " + RELOAD_LIMIT);
            }
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private void queries(LoadClient client, int roundTrips) throws IOException {
        for (Request request : requests()) {
            client.roundTrips(request, roundTrips, ANSWER_LIMIT); // warm
            long[] nanos = client.roundTrips(request, roundTrips, ANSWER_LIMIT);
            long p50 = nanos[nanos.length / 2];
            String bytes =
                    "%,d bytes".formatted(client.ask(request, ANSWER_LIMIT).length());
            out.printf(
                    "  %-22s p50 %s, reply %s%n",
                    request.name(), p50 == Long.MAX_VALUE ? "no answer" : "%.3f ms".formatted(p50 / 1e6), bytes);
        }
    }

    private static List<Request> requests() {
        return List.of(
                Request.of("ping", 0, "null", "b0"),
                Request.of("node role", 1, "\"node1000.big.example\"", "b1"),
                Request.of("node role, abbreviated", 1, "\"node1000\"", "b1a"),
                Request.of("node ip by ip", 2, "{\"1\":\"172.16.0.1\"}", "b2"),
                Request.of("cluster master", 3, "null", "b3"),
                Request.of("node ips", 4, "null", "b4"),
                Request.of("candidates' ips", 5, "null", "b5"),
                Request.of("instance ips", 6, "\"no-such-link\"", "b6"),
                Request.of("node drbd", 7, "\"node1000.big.example\"", "b7"),
                Request.of("node instances", 8, "\"node1000.big.example\"", "b8"),
                Request.of("instance disks", 9, "\"inst01000.big.example\"", "b9"),
                Request.of("config query", 10, "\"/cluster/master_ip\"", "b10"),
                Request.of("data collectors", 11, "null", "b11"));
    }
}
