package org.msgr2.examples.msgr;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code msgr confd}: a client of Ganeti's confd. */
@Command(
        name = "confd",
        synopsisSubcommandLabel = "COMMAND",
        description = "Asks Ganeti's confd, or ours, about a cluster.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr confd cluster-master --peer 192.0.2.1 --peer 192.0.2.2 --key /var/lib/ganeti/hmac.key",
            "  msgr confd node-role-by-name node1 --peer 192.0.2.1 --key hmac.key",
            "  msgr confd config-query /cluster/master_ip --peer [2001:db8::1]:1814 --key hmac.key --json",
            "  msgr confd cluster-master --node v2:192.0.2.1:3400 --keyring admin.keyring",
            "  msgr confd watch /nodes --node v2:192.0.2.1:3400 --keyring admin.keyring"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class ConfdCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    static CommandLine commandLine(Terminal terminal) {
        CommandLine confd = new CommandLine(new ConfdCommand());
        ConfdQueries.addTo(confd, terminal);
        confd.addSubcommand(new ConfdWatch(terminal));
        return confd;
    }

    @Override
    public void run() {
        throw Msgr.missingSubcommand(spec);
    }
}
