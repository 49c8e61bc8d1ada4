package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.mon.TestCluster.ADMIN;
import static org.msgr2.session.mon.TestCluster.failure;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.mon.MonInfo;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.mon.MonSubscribe;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;

/** A client among several monitors, some of which are slow, silent, or not who they should be. In virtual time. */
class MonHuntTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final Duration TICK = Duration.ofNanos(1);

    private final List<TestMonitor> monitors = new ArrayList<>();
    private final List<Messenger> messengers = new ArrayList<>();
    private final TestCluster.AuthTap tap = new TestCluster.AuthTap();
    private TestCluster cluster;
    private CephxClient cephx;
    private LogCapture log;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void found() {
        log = LogCapture.of("org.msgr2");
        cluster = new TestCluster(network, Duration.ofHours(4), Duration.ofHours(1));
        cephx = cluster.client(ADMIN);
    }

    @AfterEach
    void releaseLog() {
        log.close();
    }

    private void monitors(int count) {
        for (int i = 0; i < count; i++) {
            monitor(i, freeAddr());
        }
        tellAll(map(1));
    }

    private TestMonitor monitor(int rank, EntityAddr addr) {
        TestMonitor monitor = new TestMonitor(network, "m" + rank, addr);
        Messenger messenger = start(network.messenger(
                        "mon." + rank, leaks.allocator(), monitor.transport(network.transport(leaks.allocator())))
                .auth(name -> monitor.slow(cluster.monitorAuth()))
                .limits(limits())
                .dispatcher(monitor)
                .dispatcher(tap)
                .service(new MonitorService("unused", TestCluster.FSID, new TestCluster.Commands())));
        bind(messenger, addr);
        monitors.add(monitor);
        messengers.add(messenger);
        return monitor;
    }

    private MonMap map(long epoch) {
        return TestMonitor.map(epoch, infos());
    }

    /** The others keep their ranks. */
    private MonMap mapWithout(TestMonitor removed) {
        List<MonInfo> rest = infos().stream()
                .filter(info -> !info.name().equals(removed.name))
                .toList();
        return TestMonitor.map(
                2, rest, monitors.stream().map(monitor -> monitor.name).toList());
    }

    private List<MonInfo> infos() {
        return monitors.stream()
                .map(monitor -> TestMonitor.info(monitor.name, monitor.addr, 0, 0))
                .toList();
    }

    private void tellAll(MonMap map) {
        monitors.forEach(monitor -> monitor.tell(map));
    }

    private MonClientConfig config() {
        return MonClientConfig.of(monitors.stream().map(monitor -> monitor.addr).toList());
    }

    private MonClient client(MonClientConfig config) {
        MonClient client = new MonClient(config, cephx);
        client.start(start(messenger("client.admin")
                .auth(name -> new CephxAuth(cephx, new NoneAuth(name)))
                .limits(limits())
                .entropy(TestCluster.seeded(49))
                .dispatcher(client)));
        return client;
    }

    /** A silent peer is the hunt's business alone. */
    private static Limits limits() {
        Limits defaults = Limits.defaults();
        return defaults.withTimeouts(defaults.timeouts().withReady(Duration.ofMinutes(5)));
    }

    private MonClient open() {
        MonClient client = client(config());
        network.get("ready", client.ready());
        return client;
    }

    private TestMonitor monitorOf(MonClient client) {
        return at(client.session().orElseThrow().peerAddr());
    }

    private TestMonitor at(EntityAddr addr) {
        return monitors.stream()
                .filter(monitor -> monitor.addr.equals(addr))
                .findFirst()
                .orElseThrow();
    }

    private void kill(TestMonitor monitor) {
        network.close(messengers.get(monitors.indexOf(monitor)));
    }

    private void advance(Duration by) {
        network.time().advance(by);
    }

    private long dials() {
        return monitors.stream().mapToLong(monitor -> monitor.dialled.size()).sum();
    }

    private List<Connection> connections() {
        return messengers.stream()
                .flatMap(messenger -> messenger.connections().stream())
                .toList();
    }

    // --- P49

    @Scenario("P49")
    @Test
    void dialsThreeAtATimeKeepsTheFirstThatLetsItInAndClosesTheOthers() {
        monitors(5);
        for (int i = 0; i < 5; i++) {
            monitors.get(i).loginTakes = Duration.ofMillis(100 + 10L * i);
        }
        MonClient client = client(config());
        advance(Duration.ofMillis(99));
        List<TestMonitor> dialled =
                monitors.stream().filter(monitor -> !monitor.dialled.isEmpty()).toList();
        assertThat(dialled).hasSize(3);
        assertThat(client.session()).isEmpty();
        advance(Duration.ofMillis(60));

        assertThat(monitorOf(client)).isSameAs(dialled.get(0));
        assertThat(dials()).isEqualTo(3);
        assertThat(connections()).hasSize(1);
        assertThat(client.stats()).isEqualTo(new MonClientStats(1, 0, 0, 0, 0));
        advance(Duration.ofMinutes(1));
        assertThat(dials()).isEqualTo(3);
    }

    @Scenario("P49")
    @Test
    void huntsAgainAfterThreeSecondsAndHalfAsLongMoreEachTime() {
        monitors(3);
        monitors.forEach(monitor -> monitor.deaf = true);
        MonClient client = client(config());
        advance(Duration.ofSeconds(160));
        double[] at = {0, 3, 7.5, 14.25, 24.375, 39.5625, 62.34375, 92.34375, 122.34375, 152.34375};
        for (TestMonitor monitor : monitors) {
            assertThat(monitor.dialled).hasSize(at.length);
            for (int i = 0; i < at.length; i++) {
                assertThat(monitor.dialled.get(i)).isEqualTo(Duration.ofNanos((long) (at[i] * 1e9)));
            }
        }
        assertThat(client.stats().attemptsFailed()).isEqualTo(3L * (at.length - 1));
        assertThat(connections()).isEmpty();

        monitors.get(1).deaf = false;
        advance(Duration.ofSeconds(30));
        assertThat(monitorOf(client)).isSameAs(monitors.get(1));
    }

    @Scenario("P49")
    @Test
    void doesNotWaitForASilentMonitor() {
        monitors(3);
        monitors.get(0).deaf = true;
        monitors.get(2).deaf = true;
        MonClient client = client(config());
        network.settle();
        assertThat(monitorOf(client)).isSameAs(monitors.get(1));
        assertThat(network.time().elapsed()).isZero();
    }

    @Scenario("P49")
    @Test
    void goesOnWithTheMonitorsThatAreLeftAndTellsThemWhatItWants() {
        monitors(3);
        MonClient client = open();
        client.subscribe("config", 0);
        client.subscribe("osdmap", 5);
        client.subscribeOnce("mgrmap", 1);
        client.subscribe("mdsmap", 0);
        network.settle();
        long id = cephx.globalId();
        TestMonitor first = monitorOf(client);
        assertThat(first.subscriptions.stream().flatMap(List::stream))
                .containsExactly(
                        item("monmap", 2, false),
                        item("config", 0, false),
                        item("osdmap", 5, false),
                        item("mgrmap", 1, true),
                        item("mdsmap", 0, false));
        tellAll(map(4));
        client.received("osdmap", 7);
        client.received("mgrmap", 3);
        client.unsubscribe("mdsmap");
        network.settle();
        assertThat(client.monMap().orElseThrow().epoch()).isEqualTo(4);

        // Of what was sent nobody knows whether it was done; what was not sent is.
        first.obedient = false;
        CompletionStage<MonCommandResult> sent = client.command(List.of("rm"));
        network.settle();
        assertThat(first.commands).containsExactly("rm");
        kill(first);
        CompletionStage<MonCommandResult> waiting = client.command(List.of("status"));
        network.settle();
        assertThat(failure(sent))
                .isInstanceOfSatisfying(
                        MonCommandException.class,
                        failure -> assertThat(failure.mayHaveRun()).isTrue());
        TestMonitor second = monitorOf(client);
        assertThat(second).isNotSameAs(first);
        assertThat(network.get("answer", waiting).status()).isEqualTo(second.name);
        assertThat(second.commands).containsExactly("status");
        assertThat(second.subscriptions)
                .singleElement()
                .satisfies(items -> assertThat(items)
                        .containsExactly(item("monmap", 5, false), item("config", 0, false), item("osdmap", 8, false)));
        assertThat(cephx.globalId()).isEqualTo(id);
        assertThat(client.stats().sessions()).isEqualTo(2);
    }

    private static MonSubscribe.Item item(String what, long start, boolean oneTime) {
        return new MonSubscribe.Item(what, start, oneTime);
    }

    @Scenario({"P49", "A21"})
    @Test
    void aLoserThatLetsItInTooDoesNoHarm() {
        monitors(3);
        MonClient client = open();
        long id = cephx.globalId();
        for (int i = 0; i < 8; i++) {
            advance(Duration.ofSeconds(20));
            monitors.forEach(monitor -> monitor.loginTakes = Duration.ofMillis(100));
            TestMonitor had = monitorOf(client);
            had.hangUp();
            // All of them say at the same moment that it may come in.
            advance(Duration.ofMillis(100));
            assertThat(client.session()).isPresent();
            assertThat(connections()).hasSize(1);
        }
        assertThat(dials()).isEqualTo(9 * 3);
        assertThat(cephx.globalId()).isEqualTo(id);
        assertThat(client.stats().sessions()).isEqualTo(9);

        // The login itself is renewed with the challenge of the session that was kept.
        Connection session = client.session().orElseThrow();
        advance(Duration.ofDays(1));
        assertThat(tap.requests.stream().filter(type -> type == 0x0100)).hasSizeBetween(7, 8);
        assertThat(client.stats().renewals()).isEqualTo(tap.requests.size());
        assertThat(client.session()).containsSame(session);
    }

    @Scenario("P49")
    @Test
    void keepsTheIdOfTheFirstLoginWhenSeveralAreGivenAtOnce() {
        monitors(3);
        monitors.forEach(monitor -> monitor.loginTakes = Duration.ofMillis(100));
        MonClient client = client(config());
        advance(Duration.ofMillis(100));
        TestMonitor winner = monitorOf(client);
        assertThat(winner.accepted)
                .singleElement()
                .satisfies(connection ->
                        assertThat(connection.info().identity().globalId()).isEqualTo(cephx.globalId()));
        assertThat(connections()).hasSize(1);
        assertThat(client.stats().sessions()).isEqualTo(1);
    }

    @Test
    void claimsItsIdWhereverItComesIn() {
        monitors(3);
        MonClient client = open();
        long id = cephx.globalId();
        for (int i = 0; i < 10; i++) {
            monitorOf(client).hangUp();
            network.get("ready again", client.ready());
            advance(Duration.ofSeconds(i));
            assertThat(monitorOf(client).accepted.get(0).info().identity().globalId())
                    .isEqualTo(id);
        }
    }

    @Scenario("P49")
    @Test
    void leavesAMonitorWhoseLastAnswerToAKeepaliveIsThirtySecondsOld() {
        monitors(2);
        MonClient client = open();
        advance(Duration.ofMinutes(5));
        TestMonitor first = monitorOf(client);
        Duration begin = network.time().elapsed();
        first.deaf = true;
        advance(Duration.ofSeconds(30).minus(TICK));
        assertThat(monitorOf(client)).isSameAs(first);
        advance(TICK);
        assertThat(log.lines()).anyMatch(line -> line.contains("no sign of life within PT30S"));
        assertThat(monitorOf(client)).isNotSameAs(first);
        assertThat(network.time().elapsed().minus(begin)).isEqualTo(Duration.ofSeconds(30));
    }

    @Test
    void hangsUpOnEverybodyWhenItIsClosed() {
        monitors(3);
        monitors.forEach(monitor -> monitor.deaf = true);
        MonClient client = client(config());
        network.settle();
        assertThat(dials()).isEqualTo(3);
        network.get("closed", client.close());
        advance(Duration.ofMinutes(10));
        assertThat(dials()).isEqualTo(3);
        assertThatThrownBy(() -> client.subscribe("config", 0)).hasMessage("the client of the monitors is closed");
    }

    @Test
    void boundsWhatCanBeSubscribedTo() {
        monitors(1);
        MonClient client = client(config());
        assertThatThrownBy(() -> client.subscribe("monmap", 0)).isInstanceOf(IllegalArgumentException.class);
        for (int i = 1; i < Subscriptions.MAX; i++) {
            client.subscribe("map" + i, 0);
        }
        assertThatThrownBy(() -> client.subscribe("one more", 0)).hasMessageContaining("more than 64 subscriptions");
    }

    // --- P50

    @Scenario("P50")
    @Test
    void leavesAMonitorThatIsNotInItsOwnMap() {
        monitors(1);
        TestMonitor moved = monitors.get(0);
        EntityAddr elsewhere = freeAddr();
        moved.map = TestMonitor.map(3, List.of(TestMonitor.info("m0", elsewhere, 0, 0)));
        MonClient client = client(config());
        CompletionStage<MonMap> ready = client.ready();
        network.settle();
        assertThat(client.session()).isEmpty();
        assertThat(failure(ready))
                .hasMessageContaining(moved.addr.toString())
                .hasMessageContaining("not in the monitors' map of epoch 3: it has moved, or was removed");

        // The map says where it is to be found.
        TestMonitor there = monitor(0, elsewhere);
        there.map = moved.map;
        advance(Duration.ofSeconds(15));
        assertThat(monitorOf(client)).isSameAs(there);
        assertThat(connections()).hasSize(1);
    }

    @Scenario("P50")
    @Test
    void leavesAMonitorThatCallsItselfByTheRankOfAnother() {
        monitors(3);
        // Ranks are places in the map: now the first two have changed theirs, and do not know it.
        List<MonInfo> infos = infos();
        tellAll(TestMonitor.map(2, List.of(infos.get(1), infos.get(0), infos.get(2))));
        MonClient client = client(config());
        advance(Duration.ofMinutes(1));
        assertThat(monitorOf(client)).isSameAs(monitors.get(2));
        assertThat(log.lines())
                .filteredOn(line -> line.contains("no session with a monitor any more"))
                .allMatch(line -> line.contains("calls itself mon."))
                .hasSizeLessThan(10);
        for (int i = 0; i < 2; i++) {
            assertThat(monitors.get(i).accepted).isEmpty();
        }
    }

    @Scenario("P50")
    @Test
    void leavesAMonitorThatANewMapGivesAnotherName() {
        monitors(3);
        MonClient client = open();
        TestMonitor first = monitorOf(client);
        List<MonInfo> renamed = infos().stream()
                .map(info -> info.name().equals(first.name) ? TestMonitor.info("other", first.addr, 0, 0) : info)
                .toList();
        tellAll(TestMonitor.map(2, renamed));
        network.settle();
        assertThat(log.lines())
                .anyMatch(line -> line.contains("was monitor " + first.name
                        + ", in the monitors' map of epoch 2 that address is of monitor other"));
        assertThat(client.session()).isPresent();
        assertThat(client.stats().sessions()).isEqualTo(2);
    }

    @Scenario("P50")
    @Test
    void leavesAMonitorThatWasRemovedAndDoesNotComeBackToIt() {
        monitors(3);
        MonClient client = open();
        TestMonitor first = monitorOf(client);
        tellAll(mapWithout(first));
        network.settle();
        assertThat(monitorOf(client)).isNotSameAs(first);
        assertThat(first.accepted).isEmpty();
        assertThat(client.monMap().orElseThrow().monitors()).hasSize(2);
    }

    @Scenario("P50")
    @Test
    void leavesAMonitorThatStillBelievesInAnOldMap() {
        monitors(3);
        MonClient client = open();
        TestMonitor first = monitorOf(client);
        MonMap without = mapWithout(first);
        MonMap old = first.map;
        monitors.stream().filter(monitor -> !monitor.equals(first)).forEach(monitor -> monitor.map = without);
        first.tell(without);
        network.settle();
        TestMonitor second = monitorOf(client);
        first.map = old;
        kill(second);
        advance(Duration.ofMinutes(1));
        assertThat(client.monMap().orElseThrow().epoch()).isEqualTo(2);
        assertThat(monitorOf(client)).isNotIn(first, second);
    }
}
