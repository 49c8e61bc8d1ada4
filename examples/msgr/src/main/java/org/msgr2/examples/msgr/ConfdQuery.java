package org.msgr2.examples.msgr;

import java.util.concurrent.Callable;
import org.msgr2.confd.client.Question;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A subcommand of {@code msgr confd} that asks one question. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
abstract class ConfdQuery implements Callable<Integer> {
    private final Terminal terminal;

    @Mixin
    private ConfdClientOptions confd;

    @Mixin
    private CephOptions ceph;

    @Option(names = "--json", description = "Print one JSON object, with the answer as confd gives it.")
    private boolean json;

    ConfdQuery(Terminal terminal) {
        this.terminal = terminal;
    }

    abstract Question question();

    @Override
    public Integer call() throws Failure, InterruptedException {
        try (ConfdPeer peer = confd.connect(ceph)) {
            ConfdAnswer answer = peer.ask(question());
            if (json) {
                terminal.json(answer.json());
            } else {
                ConfdTables.print(answer, terminal);
            }
            if (answer.doubt() != null) {
                terminal.err().println("msgr: " + answer.doubt());
            }
        }
        return Msgr.DONE;
    }
}
