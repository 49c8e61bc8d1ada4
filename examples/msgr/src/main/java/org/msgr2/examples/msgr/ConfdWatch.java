package org.msgr2.examples.msgr;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.Subscription;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code msgr confd watch}: what changes in a cluster's configuration, as it changes. */
@Command(
        name = "watch",
        description = {
            "What is below a place in the configuration, and each change of it.",
            "When the connection is lost it goes on by itself, and misses nothing."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr confd watch /cluster/master_node --node v2:192.0.2.1:3400 --keyring admin.keyring",
            "  msgr confd watch /nodes --node v2:192.0.2.1:3400 --keyring admin.keyring --json",
            "  msgr confd watch '' --node v2:127.0.0.1:3400 --auth none --count 1        all of it, once"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConfdWatch implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "PATH", description = "A JSON pointer, as /nodes; '' is all.")
    private String path;

    @Option(
            names = "--node",
            required = true,
            paramLabel = "ADDR",
            description = "A node with a confd: v2:HOST:PORT[/NONCE].")
    private EntityAddr node;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "0",
            description = "End after so many updates, the first of which is what there is; 0 is until Ctrl-C."
                    + " Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(names = "--json", description = "Print one JSON object for each update.")
    private boolean json;

    @Mixin
    private CephOptions ceph;

    ConfdWatch(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        if (count < 0) {
            throw Failure.usage("--count must not be negative: " + count + " (0 is until Ctrl-C)");
        }
        if (!path.isEmpty() && !path.startsWith("/")) {
            throw Failure.usage("PATH is a JSON pointer and begins with /: " + path);
        }
        ConfdUpdates updates = new ConfdUpdates(terminal, json, count);
        try (ConfdMsgr2 confd = ConfdMsgr2.open(ceph, node)) {
            Subscription watch = confd.watch(path, updates);
            try {
                updates.await();
            } finally {
                updates.stop();
                watch.close();
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CallException why
                    ? ConfdErrors.ofCall(node, why)
                    : Failure.of("the watch broke: " + Faults.root(e), e);
        }
        return Msgr.DONE;
    }
}
