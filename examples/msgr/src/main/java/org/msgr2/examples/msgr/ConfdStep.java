package org.msgr2.examples.msgr;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.msgr2.confd.KeyFile;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.wire.Era;

/** The confd of a small cluster is asked as Ganeti's clients ask, over signed UDP; then the master fails over. */
final class ConfdStep implements DemoStep {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String INSTANCE_IP = "203.0.113.1";
    private static final String NEXT_MASTER = "node2.example.net";

    @Override
    public String name() {
        return "confd";
    }

    @Override
    public void run(Demo demo) throws Failure, InterruptedException {
        DemoCluster cluster = demo.cluster();
        String address = demo.node().frontEnds().stream()
                .filter(frontEnd -> frontEnd.what().equals("confd-udp"))
                .map(FrontEnd::address)
                .findFirst()
                .orElseThrow();
        try (ConfdPeer confd = open(cluster, address)) {
            String master = ask(confd, Question.clusterMaster());
            String pip = ask(confd, Question.nodePipByInstanceIp(null, INSTANCE_IP));
            long startNs = System.nanoTime();
            cluster.failOver(NEXT_MASTER);
            double noticedMs = awaitMaster(confd, startNs) / 1e6;
            String text = String.format(
                    Locale.ROOT,
                    "over UDP on %s: the master is %s, %s runs on %s%n"
                            + "the configuration changes: %.1f ms later the master is %s",
                    address,
                    master,
                    INSTANCE_IP,
                    pip,
                    noticedMs,
                    NEXT_MASTER);
            demo.report(this, text)
                    .put("udp", address)
                    .put("master", master)
                    .put("master_after", NEXT_MASTER)
                    .put("noticed_us", noticedMs * 1e3);
        }
    }

    private static ConfdPeer open(DemoCluster cluster, String address) throws Failure {
        try {
            return ConfdUdp.open(
                    KeyFile.read(cluster.key()), List.of(HostPort.parse(address).resolve(0)), Era.V3_0, TIMEOUT);
        } catch (IOException e) {
            throw Failure.of(Faults.oneLine(e.getMessage()), e);
        }
    }

    private static String ask(ConfdPeer confd, Question question) throws Failure, InterruptedException {
        return confd.ask(question).value().asText();
    }

    private static long awaitMaster(ConfdPeer confd, long startNs) throws Failure, InterruptedException {
        while (!ask(confd, Question.clusterMaster()).equals(NEXT_MASTER)) {
            if (System.nanoTime() - startNs > TIMEOUT.toNanos()) {
                throw Failure.of("confd has not noticed a new master within " + Converters.toString(TIMEOUT));
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return System.nanoTime() - startNs;
    }
}
