package org.msgr2.examples.bench.confd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The command {@code bench confd}. */
public final class ConfdBench {
    private static final String USAGE = """
            usage: bench confd [--answers N] [--in-flight N] [--only ganeti|ours]
                   bench confd --big [--nodes N] [--instances N] [--reloads N] [--only ganeti|ours]""";

    private ConfdBench() {}

    /** Runs it; what is measured goes to standard output. */
    public static void main(String[] args) throws Exception {
        ConfdBenchOptions options;
        try {
            options = ConfdBenchOptions.parse(List.of(args));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(2);
            return;
        }
        Path directory = Files.createTempDirectory("confd-bench");
        try {
            if (options.big()) {
                new BigCluster(options, directory, System.out).run();
            } else {
                new AnswerRate(options, directory, System.out).run();
            }
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        List<Path> paths = new ArrayList<>();
        try (Stream<Path> walk = Files.walk(directory)) {
            walk.sorted(Comparator.reverseOrder()).forEach(paths::add);
        }
        for (Path path : paths) {
            Files.deleteIfExists(path);
        }
    }
}
