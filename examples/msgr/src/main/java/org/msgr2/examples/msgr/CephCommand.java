package org.msgr2.examples.msgr;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code msgr ceph}: a Ceph client. */
@Command(
        name = "ceph",
        synopsisSubcommandLabel = "COMMAND",
        description = "Talks to a Ceph cluster.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr ceph status --conf /etc/ceph/ceph.conf",
            "  msgr ceph mon-map --mon v2:10.0.0.1:3300 --keyring admin.keyring",
            "  msgr ceph command '{\"prefix\":\"mon stat\"}' --conf /etc/ceph/ceph.conf"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CephCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    static CommandLine commandLine(Terminal terminal) {
        CommandLine mon = new CommandLine(new Mon());
        mon.addSubcommand("dump", MonMapCommand.named("dump", terminal));
        return new CommandLine(new CephCommand())
                .addSubcommand("mon-map", MonMapCommand.named("mon-map", terminal))
                .addSubcommand("mon", mon)
                .addSubcommand(new CephStatusCommand(terminal))
                .addSubcommand(new CephRunCommand(terminal));
    }

    @Override
    public void run() {
        throw Msgr.missingSubcommand(spec);
    }

    /** {@code msgr ceph mon}: so that what people type after {@code ceph} works here too. */
    @Command(
            name = "mon",
            synopsisSubcommandLabel = "COMMAND",
            description = "The same commands under the names that ceph gives them.",
            footerHeading = "%nExamples:%n",
            footer = "  msgr ceph mon dump --conf /etc/ceph/ceph.conf")
    @SuppressWarnings("NullAway.Init") // picocli sets the fields
    static final class Mon implements Runnable {
        @Spec
        private CommandSpec spec;

        @Override
        public void run() {
            throw Msgr.missingSubcommand(spec);
        }
    }
}
