package org.msgr2.examples.msgr;

import java.util.List;
import java.util.concurrent.Callable;
import org.msgr2.core.address.EntityAddr;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code msgr ceph status}: what {@code ceph -s} prints. */
@Command(
        name = "status",
        description = "Asks a monitor for the state of the cluster and prints it as 'ceph -s' does.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr ceph status --mon v2:10.0.0.1:3300 --keyring admin.keyring",
            "  msgr ceph status --conf /etc/ceph/ceph.conf --json"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CephStatusCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CephOptions ceph;

    @Option(names = "--json", description = "Print the JSON object of 'ceph status -f json'.")
    private boolean json;

    CephStatusCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        List<EntityAddr> monitors = ceph.monitors();
        try (MonSession session = MonSession.connect(ceph.access(), monitors)) {
            String answer = session.command(MonCommandJson.of(List.of("status"), json), new byte[0])
                    .orFailure()
                    .text();
            if (json && !MonCommandJson.isJson(answer)) {
                throw Failure.of("the monitor answers, but not in JSON; leave --json out to see what");
            }
            terminal.out().println(json ? answer.strip() : answer);
        }
        return Msgr.DONE;
    }
}
