package org.msgr2.examples.msgr;

import java.util.List;
import java.util.concurrent.Callable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.mon.MonMap;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code msgr ceph mon-map}: prints the monitor map, as {@code ceph mon dump} does. */
@Command(
        description = "Asks a monitor for the monitor map and prints it as 'ceph mon dump' does.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr ceph mon-map --mon v2:10.0.0.1:3300 --keyring admin.keyring",
            "  msgr ceph mon-map --mon v2:10.0.0.1:3300 --mon v2:10.0.0.2:3300 --auth none",
            "  msgr ceph mon dump --conf /etc/ceph/ceph.conf --mode secure --json"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class MonMapCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private CephOptions ceph;

    @Option(names = "--json", description = "Print one JSON object with the field names of 'ceph mon dump -f json'.")
    private boolean json;

    private MonMapCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** The command has two names. */
    static CommandLine named(String name, Terminal terminal) {
        CommandLine command = new CommandLine(new MonMapCommand(terminal));
        command.getCommandSpec().name(name);
        return command;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        List<EntityAddr> monitors = ceph.monitors();
        try (MonSession session = MonSession.connect(ceph.access(), monitors)) {
            MonMap map = session.monMap();
            if (json) {
                terminal.json(MonMapFormat.json(map));
            } else {
                MonMapFormat.print(map, terminal);
            }
        }
        return Msgr.DONE;
    }
}
