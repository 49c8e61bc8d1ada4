package org.msgr2.examples.msgr;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code msgr demo}: everything at once, with nothing to set up. */
@Command(
        name = "demo",
        description =
                "Starts a node in a temporary directory, talks to it encrypted, shows who is not let in, and that nothing is"
                        + " lost though connections break; asks its confd about a sample cluster.",
        footerHeading = "%nExamples:%n",
        footer = {"  msgr demo", "  msgr demo --messages 1000000 --size 4096", "  msgr demo --json"})
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class DemoCommand implements Callable<Integer> {
    private static final int SIZE_BYTES_MAX = 1 << 20;

    private final Terminal terminal;

    @Option(
            names = "--messages",
            paramLabel = "N",
            defaultValue = "20000",
            description = "How many to stream through the node. Default: ${DEFAULT-VALUE}.")
    private int messages;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "128",
            description = "Payload of each, up to 1 MiB. Default: ${DEFAULT-VALUE}.")
    private int sizeBytes;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    DemoCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private List<DemoStep> steps() {
        return List.of(
                new StartNodeStep(),
                new PingStep(),
                new RefuseStep(),
                new EchoStep(messages, sizeBytes),
                new ConfdStep());
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        if (messages < 1) {
            throw Failure.usage("--messages must be at least 1: " + messages);
        }
        if (sizeBytes < 0 || sizeBytes > SIZE_BYTES_MAX) {
            throw Failure.usage("--size must be within 0.." + SIZE_BYTES_MAX + ": " + sizeBytes);
        }
        long startNs = System.nanoTime();
        try (Demo demo = new Demo(terminal, json)) {
            for (DemoStep step : steps()) {
                demo.run(step);
            }
            double seconds = (System.nanoTime() - startNs) / (double) TimeUnit.SECONDS.toNanos(1);
            if (json) {
                terminal.json(demo.results().put("seconds", seconds));
            } else {
                terminal.line(String.format(Locale.ROOT, "All %d parts worked, in %.1f s.", steps().size(), seconds));
            }
        }
        return Msgr.DONE;
    }
}
