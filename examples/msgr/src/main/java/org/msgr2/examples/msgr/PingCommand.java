package org.msgr2.examples.msgr;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code msgr ping}: what a handshake negotiates, and how long round trips take. */
@Command(
        name = "ping",
        description = {
            "Connects to a peer, shows what was negotiated, and measures keepalive round trips.",
            "With cephx a monitor is shown the key, and every other peer a ticket: --mon or --conf says who gives it."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  msgr ping v2:127.0.0.1:3400 --auth none",
            "  msgr ping v2:127.0.0.1:3400 --auth none --count 0        until Ctrl-C",
            "  msgr ping --type mon v2:10.0.0.1:3300 --keyring admin.keyring",
            "  msgr ping --type osd v2:10.0.0.2:6800/4711 --mon v2:10.0.0.1:3300 \\",
            "      --keyring admin.keyring                 an OSD, with a monitor's ticket",
            "  msgr ping v2:127.0.0.1:3401 --auth none --tls-ca ca.pem"
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
            names = "--type",
            paramLabel = "TYPE",
            defaultValue = "any",
            description = "What the peer has to be: any, mon, osd, mgr, mds, client. Default: ${DEFAULT-VALUE}.")
    private EntityType type;

    @Option(names = "--msgr2.0", description = "Speak msgr2.0, as before Ceph 14.2.11 and 15.2.5.")
    private boolean msgr20;

    @Option(names = "--json", description = "Print one JSON object at the end.")
    private boolean json;

    @Mixin
    private CephOptions ceph;

    PingCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws Failure, InterruptedException {
        if (count < 0) {
            throw Failure.usage("--count must not be negative: " + count + " (0 is until Ctrl-C)");
        }
        Client.checkDialable(addr);
        ClusterAccess access = ceph.access();
        if (type != EntityType.MON) {
            ceph.fetchTickets(access);
        }
        Messenger.Builder builder = access.builder()
                // A real Ceph daemon refuses clients that know much less than itself.
                .dialPolicy(Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .bannerFeatures(msgr20 ? BannerFeatures.NONE : BannerFeatures.REVISION_1, BannerFeatures.NONE);
        try (Client client = access.connect(builder, type, addr)) {
            PingReport report = new PingReport(access.name(), client.info(), client.transportName());
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
