package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.mon.MonClient;
import org.msgr2.session.mon.MonClientConfig;
import org.msgr2.session.mon.MonCommandException;
import org.msgr2.session.mon.MonCommandResult;

/** Three real monitors, of which one stops answering and one is killed, and a client of ours that goes on with the others. */
@RequiresCeph
@Timeout(180)
final class MonHuntIT {
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Duration PING_TIMEOUT = Duration.ofSeconds(3);
    private static final List<String> FSID = List.of("{\"prefix\": \"fsid\"}");

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);

    private static LocalCeph start(ClientLogin login) {
        return LocalCeph.start(CephSettings.defaults()
                .withAuth(login.auth())
                .withModes(
                        login.auth() == CephSettings.Auth.NONE
                                ? new CephSettings.Mode[] {CephSettings.Mode.CRC}
                                : CephSettings.Mode.values())
                .withMonitors(3)
                // Those that are left notice sooner that one is missing.
                .withExtraConf("mon lease = 2", "mon election timeout = 2"));
    }

    private static List<EntityAddr> addrs(LocalCeph ceph) {
        return ceph.monAddresses().stream().map(EntityAddr::parse).toList();
    }

    /** A program of ours in the cluster. */
    private final class Client implements AutoCloseable, Dispatcher {
        final AtomicInteger configs = new AtomicInteger();
        final CephxClient cephx;
        final MonClient monitors;
        final Messenger messenger;

        Client(LocalCeph ceph, ClientLogin login, List<EntityAddr> addrs) throws Exception {
            boolean proves = login.auth() == CephSettings.Auth.CEPHX;
            cephx = new CephxClient(
                    InteropClient.config(ceph, InteropClient.key(ceph), List.of(login.mode())),
                    InstantSource.system(),
                    InteropClient.ENTROPY);
            MonClientConfig config = MonClientConfig.of(addrs).withPing(Duration.ofSeconds(1), PING_TIMEOUT);
            monitors = proves ? new MonClient(config, cephx) : new MonClient(config);
            Messenger.Builder builder = Messenger.builder(ceph.user().toString())
                    .dispatcher(monitors)
                    .dispatcher(this)
                    .dialPolicy(Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                    .allocator(allocator);
            messenger = (proves ? builder.auth(self -> new CephxAuth(cephx, new NoneAuth(self))) : builder).build();
            monitors.start(messenger);
        }

        @Override
        public boolean dispatch(Connection connection, Message message) {
            return message.is(MessageType.CONFIG) && configs.incrementAndGet() > 0;
        }

        EntityAddr at() throws Exception {
            get(monitors.ready());
            return monitors.session().orElseThrow().peerAddr();
        }

        /** The daemon that the session is with. */
        Daemon monitor(LocalCeph ceph) throws Exception {
            EntityAddr addr = at();
            MonInfo info = monitors.monMap().orElseThrow().monitors().stream()
                    .filter(monitor -> monitor.publicAddrs().contains(addr))
                    .findFirst()
                    .orElseThrow();
            return ceph.daemons().stream()
                    .filter(daemon -> daemon.name().equals("mon." + info.name()))
                    .findFirst()
                    .orElseThrow();
        }

        /** Asks until an answer comes: whatever fails meanwhile says that it may have run, or that nobody was there. */
        void runACommand(LocalCeph ceph) throws Exception {
            long deadlineNs = System.nanoTime() + WAIT.toNanos();
            while (true) {
                try {
                    MonCommandResult answer = get(monitors.command(FSID));
                    assertThat(answer.text().strip()).isEqualTo(ceph.fsid());
                    return;
                } catch (ExecutionException e) {
                    assertThat(e.getCause()).isInstanceOf(MonCommandException.class);
                    assertThat(System.nanoTime() - deadlineNs).isNegative();
                }
            }
        }

        /** Changes the monitors' map, and hears of it without asking for it. */
        void seeAChange(String monitor, int weight) {
            List<String> change = List.of(
                    "{\"prefix\": \"mon set-weight\", \"name\": \"" + monitor + "\", \"weight\": " + weight + "}");
            long before = monitors.monMap().orElseThrow().epoch();
            // A monitor answers before the others agree, and an election forgets it (observed on 16.2.15): asked again.
            Awaitility.await("a newer map")
                    .atMost(WAIT)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofSeconds(1))
                    .until(() -> shows(monitor, weight) || monitors.command(change) == null);
            assertThat(monitors.monMap().orElseThrow().epoch()).isGreaterThan(before);
        }

        private boolean shows(String monitor, int weight) {
            return monitors.monMap().orElseThrow().monitors().stream()
                    .anyMatch(info -> info.name().equals(monitor) && info.weight() == weight);
        }

        void hasConfig(int atLeast) {
            Awaitility.await("a configuration").atMost(WAIT).until(() -> configs.get() >= atLeast);
        }

        @Override
        public void close() {
            messenger.close();
            Awaitility.await()
                    .atMost(WAIT)
                    .until(() -> allocator.metric().usedHeapMemory()
                                    + allocator.metric().usedDirectMemory()
                            == 0);
        }
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static void signal(String name, Daemon daemon) throws Exception {
        Process kill = new ProcessBuilder(
                        "kill", "-" + name, Long.toString(daemon.process().pid()))
                .inheritIO()
                .start();
        assertThat(kill.waitFor()).isZero();
    }

    private static double seconds(long sinceNs) {
        return (System.nanoTime() - sinceNs) / 1e9;
    }

    @ParameterizedTest
    @EnumSource
    void theClientGoesOnWithTheMonitorsThatAreLeft(ClientLogin login) throws Exception {
        try (LocalCeph ceph = start(login);
                Client client = new Client(ceph, login, addrs(ceph))) {
            client.monitors.subscribe("config", 0);
            client.runACommand(ceph);
            assertThat(client.monitors.session().orElseThrow().info().mode()).isEqualTo(login.mode());
            long id = client.cephx.globalId();
            client.seeAChange("a", 10);
            client.hasConfig(1);

            Daemon frozen = client.monitor(ceph);
            EntityAddr had = client.at();
            int configs = client.configs.get();
            long sessions = client.monitors.stats().sessions();
            long sinceNs = System.nanoTime();
            signal("STOP", frozen);
            try {
                Awaitility.await("another monitor")
                        .atMost(WAIT)
                        .until(() -> client.monitors.stats().sessions() > sessions);
                double found = seconds(sinceNs);
                client.runACommand(ceph);
                System.out.printf(
                        "%s: %s does not answer (keepalive timeout %s): another one after %.2f s, command answered after %.2f s%n",
                        login, frozen.name(), PING_TIMEOUT, found, seconds(sinceNs));
                assertThat(client.at()).isNotEqualTo(had);
                client.hasConfig(configs + 1);
                client.seeAChange("a", 20);
            } finally {
                signal("CONT", frozen);
            }
            Awaitility.await("all are back").atMost(WAIT).until(() -> quorum(client) == 3);

            Daemon killed = client.monitor(ceph);
            had = client.at();
            configs = client.configs.get();
            long before = client.monitors.stats().sessions();
            CompletionStage<MonCommandResult> underWay = client.monitors.command(FSID);
            sinceNs = System.nanoTime();
            assertThat(killed.process().destroyForcibly().waitFor(10, TimeUnit.SECONDS))
                    .isTrue();
            Awaitility.await("another monitor")
                    .atMost(WAIT)
                    .until(() -> client.monitors.stats().sessions() > before);
            double found = seconds(sinceNs);
            client.runACommand(ceph);
            System.out.printf(
                    "%s: %s killed: another one after %.2f s, command answered after %.2f s%n",
                    login, killed.name(), found, seconds(sinceNs));
            assertThat(underWay.toCompletableFuture()).isDone();
            assertThat(client.at()).isNotEqualTo(had);
            client.hasConfig(configs + 1);
            client.seeAChange("a", 30);
            assertThat(client.cephx.globalId()).isEqualTo(id);
        }
    }

    private static int quorum(Client client) throws Exception {
        try {
            String status = get(client.monitors.command(
                            List.of("{\"prefix\": \"quorum_status\", \"format\": \"json\"}")))
                    .text();
            return status.isEmpty()
                    ? 0
                    : new ObjectMapper().readTree(status).path("quorum").size();
        } catch (ExecutionException e) {
            return 0;
        }
    }

    /** As behind a firewall, or a machine that hangs. */
    @ParameterizedTest
    @EnumSource
    void anAddressThatNeverAnswersDelaysNobody(ClientLogin login) throws Exception {
        try (LocalCeph ceph = start(login);
                ServerSocket hole = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            List<EntityAddr> addrs = new ArrayList<>(addrs(ceph).subList(0, 2));
            addrs.add(EntityAddr.parse("v2:127.0.0.1:" + hole.getLocalPort() + "/0"));
            for (int i = 0; i < 5; i++) {
                long sinceNs = System.nanoTime();
                try (Client client = new Client(ceph, login, addrs)) {
                    assertThat(client.at()).isNotEqualTo(addrs.get(2));
                    double ready = seconds(sinceNs);
                    System.out.printf("%s: one of three addresses never answers: ready after %.3f s%n", login, ready);
                    assertThat(ready).isLessThan(2.5); // far less than any timeout, of 3 s or 10 s
                    wasDialledAndHungUpOn(hole);
                    client.runACommand(ceph);
                }
            }
        }
    }

    private static void wasDialledAndHungUpOn(ServerSocket hole) throws IOException {
        hole.setSoTimeout((int) WAIT.toMillis());
        try (Socket dialled = hole.accept()) {
            dialled.setSoTimeout((int) WAIT.toMillis());
            byte[] banner = dialled.getInputStream().readAllBytes(); // ends when the client hangs up
            assertThat(banner).startsWith("ceph v2\n".getBytes(StandardCharsets.US_ASCII));
        }
    }
}
