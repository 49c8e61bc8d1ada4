package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code msgr serve}: a node in the foreground, until it is told to stop. */
@Command(
        name = "serve",
        description = "Runs a node in the foreground; SIGTERM or Ctrl-C drains it and ends it with exit code 0.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr serve --auth none",
            "  msgr serve --auth none --listen v2:127.0.0.1:0 --listen v2:[::1]:0",
            "  msgr serve --auth none --insecure-expose --listen v2:0.0.0.0:3400",
            "  msgr serve --config node.yaml, which may say:",
            "    auth: none",
            "    listen: [v2:127.0.0.1:3400, 'v2:[::1]:3400']"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ServeCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ServeOptions options;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML file with the options below by their names; the command line wins.")
    private @Nullable Path config;

    @Option(names = "--json", description = "Print one JSON object per line.")
    private boolean json;

    ServeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure {
        if (config != null) {
            ServeConfig.read(config).applyTo(spec);
        }
        try (Node node = Node.start(options.setup())) {
            for (EntityAddr addr : node.addresses()) {
                listening(addr);
            }
            ready();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // The way in which a node ends; it has drained by now.
        }
        return Msgr.DONE;
    }

    private void listening(EntityAddr addr) {
        if (json) {
            terminal.json(JsonNodeFactory.instance
                    .objectNode()
                    .put("event", "listening")
                    .put("what", "msgr2")
                    .put("address", addr.toString()));
        } else {
            terminal.line("listening msgr2 " + addr);
        }
    }

    private void ready() {
        if (json) {
            terminal.json(JsonNodeFactory.instance.objectNode().put("event", "ready"));
        } else {
            terminal.line("ready");
        }
    }
}
