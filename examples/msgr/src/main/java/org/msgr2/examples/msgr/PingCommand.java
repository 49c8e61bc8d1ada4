package org.msgr2.examples.msgr;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code msgr ping}: what a handshake negotiates, and how long round trips take. */
@Command(
        name = "ping",
        description = "Connects to a peer, shows what was negotiated, and measures keepalive round trips.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr ping v2:127.0.0.1:3400",
            "  msgr ping --type mon v2:10.0.0.1:3300     a Ceph monitor that allows it",
            "  msgr ping --count 0 v2:127.0.0.1:3400     until Ctrl-C",
            "  msgr ping --json v2:127.0.0.1:3400"
        })
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class PingCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "ADDR", description = "The peer: v2:HOST:PORT[/NONCE], an IPv6 HOST in brackets.")
    private EntityAddr addr;

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "5",
            description = "Round trips; 0 is until Ctrl-C. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--interval",
            paramLabel = "TIME",
            defaultValue = "200ms",
            description = "Pause between round trips. Default: ${DEFAULT-VALUE}.")
    private Duration interval;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Longest wait for the connection and for each answer. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Option(
            names = "--name",
            paramLabel = "TYPE.ID",
            defaultValue = "client.ping",
            description = "Our own name. Default: ${DEFAULT-VALUE}.")
    private EntityName name;

    @Option(
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "any",
            description = "What the peer has to be: any, mon, osd, mgr, mds, client. Default: ${DEFAULT-VALUE}.")
    private EntityType type;

    @Option(names = "--msgr2.0", description = "Speak msgr2.0, as before Ceph 14.2.11 and 15.2.5.")
    private boolean msgr20;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    PingCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        if (count < 0) {
            throw Failure.usage("--count must not be negative: " + count + " (0 is until Ctrl-C)");
        }
        if (timeout.isZero()) {
            throw Failure.usage("--timeout must be longer than 0");
        }
        Messenger.Builder builder = Messenger.builder(name.toString())
                // A real Ceph daemon refuses clients that know much less than itself.
                .dialPolicy(Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .bannerFeatures(msgr20 ? BannerFeatures.NONE : BannerFeatures.REVISION_1, BannerFeatures.NONE);
        try (Client client = Client.connect(builder, type, addr, timeout)) {
            PingReport report = new PingReport(name, client.info(), client.transportName());
            if (!json) {
                report.printNegotiated(terminal);
            }
            measure(client, report);
            if (report.isEmpty()) {
                return Msgr.DONE; // nobody is there to read it
            }
            if (json) {
                terminal.json(report.json());
            } else {
                report.printSummary(terminal);
            }
            return Msgr.DONE;
        }
    }

    private void measure(Client client, PingReport report) throws Failure, InterruptedException {
        try {
            for (int n = 1; (count == 0 || n <= count) && !terminal.isGone(); n++) {
                if (n > 1) {
                    TimeUnit.NANOSECONDS.sleep(interval.toNanos());
                }
                Duration roundTrip =
                        client.await(client.connection().ping(), "lost " + addr + " after " + (n - 1) + " round trips");
                report.add(roundTrip);
                if (!json) {
                    terminal.line("%-4d %s", n, PingReport.millis(roundTrip));
                }
            }
        } catch (InterruptedException e) {
            // Ctrl-C is how an endless measurement ends; what was measured is worth a summary.
            if (report.isEmpty()) {
                throw e;
            }
        }
    }
}
