package org.msgr2.examples.msgr;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.msgr2.confd.KeyFile;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.client.WatchListener;
import org.msgr2.confd.client.WatchUpdate;
import org.msgr2.confd.watch.WatchEvent;
import org.msgr2.confd.wire.Era;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallStatus;
import org.msgr2.session.rpc.Subscription;

/**
 * The confd of a small cluster is asked as Ganeti's clients ask, over signed UDP, and over msgr2, where it is watched too; then the
 * master fails over.
 */
final class ConfdStep implements DemoStep {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final String INSTANCE_IP = "203.0.113.1";
    private static final String MASTER_PATH = "/cluster/master_node";
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
        EntityAddr node = demo.node().addresses().get(0);
        MasterWatch watch = new MasterWatch();
        try (ConfdPeer confd = open(cluster, address);
                ConfdMsgr2 msgr2 =
                        new ConfdMsgr2(Client.connect(demo.client(), EntityType.ANY, node, TIMEOUT), node, TIMEOUT);
                Subscription watching = msgr2.watch(MASTER_PATH, watch)) {
            await(watch.began, node);
            String master = ask(confd, Question.clusterMaster());
            String masterByCall = ask(msgr2, Question.clusterMaster());
            if (!masterByCall.equals(master)) {
                throw Failure.of("over UDP the master is " + master + ", over msgr2 " + masterByCall);
            }
            String pip = ask(confd, Question.nodePipByInstanceIp(null, INSTANCE_IP));
            long startNs = System.nanoTime();
            cluster.failOver(NEXT_MASTER);
            double noticedMs = awaitMaster(confd, startNs) / 1e6;
            double toldMs = (await(watch.changed, node) - startNs) / 1e6;
            String text = String.format(
                    Locale.ROOT,
                    "over UDP on %s: the master is %s, %s runs on %s%n"
                            + "over msgr2, as %s: the master is %s%n"
                            + "the configuration changes: a watch hears of it %.1f ms later; %.1f ms later the master is %s",
                    address,
                    master,
                    INSTANCE_IP,
                    pip,
                    NodeKeyring.ADMIN,
                    masterByCall,
                    toldMs,
                    noticedMs,
                    NEXT_MASTER);
            demo.report(this, text)
                    .put("udp", address)
                    .put("master", master)
                    .put("master_after", NEXT_MASTER)
                    .put("master_by_call", masterByCall)
                    .put("watch_resumptions", watching.resumptions())
                    .put("watch_told_us", toldMs * 1e3)
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

    private static <T> T await(CompletableFuture<T> news, EntityAddr node) throws Failure, InterruptedException {
        try {
            return news.get(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw Failure.of("a watch has heard nothing within " + Converters.toString(TIMEOUT), e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof CallException why
                    ? ConfdErrors.ofCall(node, why)
                    : Failure.of("the watch broke: " + Faults.root(e), e);
        }
    }

    /** When it is told what there is, and that it has changed. */
    private static final class MasterWatch implements WatchListener {
        final CompletableFuture<Long> began = new CompletableFuture<>();
        final CompletableFuture<Long> changed = new CompletableFuture<>();

        @Override
        public void onUpdate(WatchUpdate update) {
            (update.kind() == WatchEvent.Kind.CHANGED ? changed : began).complete(System.nanoTime());
        }

        @Override
        public void onEnd(@Nullable CallException why) {
            CallException failure = why == null ? new CallException(CallStatus.CANCELLED, "the node ended it") : why;
            began.completeExceptionally(failure);
            changed.completeExceptionally(failure);
        }
    }
}
