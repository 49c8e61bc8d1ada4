package org.msgr2.examples.msgr;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.msgr2.crypto.tls.Fingerprint;
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
            "  msgr serve --data /var/lib/node",
            "  msgr serve --data DIR --name mon.a --listen v2:192.0.2.7:3300",
            "  msgr serve --data DIR --tls 127.0.0.1:3443 --tls-dev",
            "  msgr serve --auth none --listen v2:127.0.0.1:0 --listen v2:[::1]:0",
            "  msgr serve --data DIR --metrics 127.0.0.1:9283",
            "  msgr serve --data DIR --confd 192.0.2.7:1814 --confd-key /var/lib/ganeti/hmac.key \\",
            "      --confd-config /var/lib/ganeti/config.data --luxi /run/ganeti/socket/ganeti-query",
            "  msgr serve --auth none --insecure-expose --listen v2:0.0.0.0:3400",
            "  msgr serve --config node.yaml, which may say:",
            "    data: /var/lib/node",
            "    modes: secure",
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
            for (Endpoint endpoint : node.endpoints()) {
                listening(endpoint);
            }
            node.frontEnds().forEach(this::listening);
            clientCommand(node);
            ready();
            new CountDownLatch(1).await();
        } catch (InterruptedException e) {
            // The way in which a node ends; it has drained by now.
        }
        return Msgr.DONE;
    }

    private void listening(Endpoint endpoint) {
        Fingerprint fingerprint = endpoint.fingerprint();
        if (json) {
            ObjectNode event = JsonNodeFactory.instance
                    .objectNode()
                    .put("event", "listening")
                    .put("what", endpoint.what())
                    .put("address", endpoint.addr().toString());
            terminal.json(fingerprint == null ? event : event.put("fingerprint", fingerprint.toString()));
        } else {
            terminal.line("listening " + endpoint.what() + " " + endpoint.addr());
            if (fingerprint != null) {
                terminal.line("certificate " + fingerprint);
            }
        }
    }

    private void listening(FrontEnd frontEnd) {
        if (json) {
            terminal.json(JsonNodeFactory.instance
                    .objectNode()
                    .put("event", "listening")
                    .put("what", frontEnd.what())
                    .put("address", frontEnd.address()));
        } else {
            terminal.line("listening " + frontEnd.what() + " " + frontEnd.address());
        }
    }

    private void clientCommand(Node node) {
        ClientHint.of(node).forEach(command -> {
            if (json) {
                terminal.json(JsonNodeFactory.instance
                        .objectNode()
                        .put("event", "client")
                        .put("command", command));
            } else {
                terminal.line("client " + command);
            }
        });
    }

    private void ready() {
        if (json) {
            terminal.json(JsonNodeFactory.instance.objectNode().put("event", "ready"));
        } else {
            terminal.line("ready");
        }
    }
}
