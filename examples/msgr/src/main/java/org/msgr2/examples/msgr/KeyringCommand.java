package org.msgr2.examples.msgr;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code msgr keyring}: files with cephx keys, as {@code ceph-authtool} reads and writes them. */
@Command(
        name = "keyring",
        synopsisSubcommandLabel = "COMMAND",
        description = "Makes and shows keyrings: files with the keys of cephx, the same as Ceph's.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr keyring create my.keyring --name client.me --cap mon 'allow r'",
            "  msgr keyring print my.keyring",
            "  msgr keyring import all.keyring my.keyring"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class KeyringCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new KeyringCommand())
                .addSubcommand(new KeyringCreateCommand(terminal))
                .addSubcommand(new KeyringPrintCommand(terminal))
                .addSubcommand(new KeyringImportCommand(terminal));
    }

    @Override
    public void run() {
        throw Msgr.missingSubcommand(spec);
    }
}
