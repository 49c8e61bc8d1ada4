package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.mon.TestCluster.ADMIN;
import static org.msgr2.session.mon.TestCluster.FSID;
import static org.msgr2.session.mon.TestCluster.failure;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.cephx.AuthReplyMessage;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** One session with the monitors, and what comes over it, in virtual time. */
class MonClientTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final Duration TICK = Duration.ofNanos(1);

    private final TestCluster.AuthTap tap = new TestCluster.AuthTap();
    private final TestCluster.Commands commands = new TestCluster.Commands();
    private final RecordingDispatcher behind = new RecordingDispatcher();
    private TestCluster cluster;
    private LogCapture log;
    private Messenger clientMessenger;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void found() {
        log = LogCapture.of("org.msgr2");
        cluster = new TestCluster(network, Duration.ofDays(3), Duration.ofHours(1));
    }

    @AfterEach
    void releaseLog() {
        log.close();
    }

    private Messenger monitor(EntityAddr addr) {
        Messenger messenger = start(messenger("mon.a")
                .auth(name -> cluster.monitorAuth())
                .dispatcher(tap)
                .service(new MonitorService("a", FSID, commands)));
        bind(messenger, addr);
        return messenger;
    }

    /** One monitor, which listens. */
    private EntityAddr monitor() {
        EntityAddr addr = freeAddr();
        monitor(addr);
        return addr;
    }

    private MonClient client(MonClientConfig config) {
        CephxClient cephx = cluster.client(ADMIN);
        return client(config, cephx);
    }

    private MonClient client(MonClientConfig config, CephxClient cephx) {
        MonClient client = new MonClient(config, cephx);
        clientMessenger = start(messenger("client.admin")
                .auth(name -> new CephxAuth(cephx, new NoneAuth(name)))
                .dispatcher(client)
                .dispatcher(behind));
        client.start(clientMessenger);
        return client;
    }

    private static MonClientConfig config(EntityAddr... monitors) {
        return MonClientConfig.of(Arrays.asList(monitors));
    }

    private MonClient open(EntityAddr... monitors) {
        MonClient client = client(config(monitors));
        network.get("ready", client.ready());
        return client;
    }

    private void advance(Duration by) {
        network.time().advance(by);
    }

    // --- The session

    @Test
    void tellsTheMapAsSoonAsThereIsASession() {
        EntityAddr addr = monitor();
        MonClient client = client(config(addr));
        assertThat(client.session()).isEmpty();
        MonMap map = network.get("ready", client.ready());

        assertThat(map.fsid()).isEqualTo(FSID);
        assertThat(client.monMap()).contains(map);
        assertThat(client.session()).get().extracting(Connection::peerAddr).isEqualTo(addr);
        assertThat(client.stats()).isEqualTo(new MonClientStats(1, 0, 0, 0, 0));
    }

    @Test
    void worksWithoutCephx() {
        Messenger messenger = start(messenger("mon.a").service(new MonitorService("a", FSID, commands)));
        EntityAddr addr = bind(messenger);
        MonClient client = new MonClient(config(addr));
        client.start(start(messenger("client.admin").dispatcher(client)));

        assertThat(network.get("ready", client.ready()).fsid()).isEqualTo(FSID);
        assertThat(network.get("answer", client.command(List.of("status"))).text())
                .isEqualTo("ran status");
        assertThatThrownBy(client::rotatingKeys).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void triesTheNextMonitorAtOnceAndLooksForAnotherWhenItsOwnIsGone() {
        EntityAddr first = freeAddr();
        EntityAddr second = freeAddr();
        EntityAddr dead = freeAddr();
        List<Messenger> monitors = List.of(monitor(first), monitor(second));
        MonClient client = client(config(dead, first, second));
        network.settle();
        assertThat(client.session()).isPresent();
        assertThat(network.time().elapsed()).isZero();

        EntityAddr had = client.session().orElseThrow().peerAddr();
        network.close(monitors.get(had.equals(first) ? 0 : 1));
        network.settle();
        network.get("ready again", client.ready());
        assertThat(client.session().orElseThrow().peerAddr()).isEqualTo(had.equals(first) ? second : first);
        assertThat(client.stats().sessions()).isEqualTo(2);
    }

    @Test
    void waitsLongerAfterEachRoundWhileNobodyIsThere() {
        EntityAddr one = freeAddr();
        EntityAddr other = freeAddr();
        MonClient client = client(config(one, other));
        network.settle();
        long[] waitsMs = {200, 400, 800, 1600, 3200, 6400, 12_800, 15_000, 15_000};
        for (int i = 0; i < waitsMs.length; i++) {
            assertThat(client.stats().attemptsFailed()).isEqualTo(2L * (i + 1));
            advance(Duration.ofMillis(waitsMs[i]).minus(TICK));
            assertThat(client.stats().attemptsFailed()).isEqualTo(2L * (i + 1));
            advance(TICK);
        }
        assertThat(client.ready().toCompletableFuture()).isNotDone();
        monitor(other);
        advance(Duration.ofSeconds(15));
        assertThat(client.ready().toCompletableFuture()).isCompleted();
    }

    @Test
    void givesUpAMonitorThatLetsItInAndTellsNoMap() {
        EntityAddr mute = bind(start(messenger("mon.a").dispatcher(new RecordingDispatcher())));
        MonClient client = new MonClient(config(mute));
        client.start(start(messenger("client.admin").dispatcher(client)));
        advance(Duration.ofSeconds(10).minus(TICK));
        assertThat(log.lines()).noneMatch(line -> line.contains("no map"));
        advance(TICK);
        assertThat(log.lines()).anyMatch(line -> line.contains("no map within PT10S"));
        assertThat(client.session()).isEmpty();
    }

    @Test
    void saysThatThereIsNoMonitorAtThatAddress() {
        EntityAddr osd = bind(start(messenger("osd.0")));
        MonClient client = new MonClient(config(osd));
        client.start(start(messenger("client.admin").dispatcher(client)));
        CompletionStage<MonMap> ready = client.ready();
        network.settle();
        assertThat(failure(ready)).hasMessageContaining(osd.toString()).hasMessageContaining("expected mon");
        advance(Duration.ofMinutes(10));
        assertThat(client.stats().attemptsFailed()).isBetween(40L, 48L);
        assertThat(log.lines().stream().filter(line -> line.contains("refuse us")))
                .hasSize(1);
    }

    @Scenario("A07")
    @Test
    void saysThatItsKeyIsWrongAndDoesNotAskAgainAndAgain() {
        EntityAddr addr = monitor();
        CephxClient wrong = cluster.client(ADMIN, cluster.newKey());
        MonClient client = client(config(addr), wrong);
        CompletionStage<MonMap> ready = client.ready();
        network.settle();

        assertThat(failure(ready))
                .isInstanceOfSatisfying(
                        ProtocolException.class,
                        fault -> assertThat(fault.kind()).isEqualTo(FaultKind.AUTH))
                .hasMessageContaining("EACCES");
        assertThat(client.ready().toCompletableFuture()).isNotDone();
        advance(Duration.ofMinutes(10));
        // 0.2 s, doubling to 15 s: seven waits in the first 25.4 s, then four per minute.
        assertThat(client.stats().attemptsFailed()).isBetween(40L, 48L);
    }

    @Scenario("A07")
    @Test
    void comesInWhenItsKeyBecomesRight() {
        EntityAddr addr = monitor();
        var key = cluster.newKey();
        MonClient client = client(config(addr), cluster.client(ADMIN, key));
        CompletionStage<MonMap> refused = client.ready();
        advance(Duration.ofMinutes(1));
        assertThat(refused.toCompletableFuture()).isCompletedExceptionally();
        CompletionStage<MonMap> ready = client.ready();
        cluster.authority.keyring(cluster.keyring.with(ADMIN, key, Map.of("mon", "allow *")));
        advance(Duration.ofSeconds(15));
        assertThat(ready.toCompletableFuture()).isDone();
        assertThat(client.session()).isPresent();
    }

    @Test
    void staysAwayFromAnotherCluster() {
        EntityAddr ours = freeAddr();
        EntityAddr other = freeAddr();
        Messenger monitor = monitor(ours);
        MonClient client = open(ours, other);
        Messenger foreign = start(messenger("mon.a")
                .auth(name -> cluster.monitorAuth())
                .service(new MonitorService("a", UUID.randomUUID(), commands)));
        bind(foreign, other);
        network.close(monitor);
        advance(Duration.ofMinutes(5));
        assertThat(client.session()).isEmpty();
        assertThat(client.monMap().orElseThrow().fsid()).isEqualTo(FSID);
        assertThat(log.lines()).anyMatch(line -> line.contains("a monitor of cluster"));
        assertThat(client.stats().attemptsFailed()).isLessThan(40);
    }

    // --- Tickets

    @Scenario("A20")
    @Test
    void renewsTicketsOnItsSessionAfterThreeQuartersOfTheirLife() {
        MonClient client = open(monitor());
        Connection session = client.session().orElseThrow();
        // From the login, which was at the very beginning.
        advance(Duration.ofMinutes(45).minus(TICK).minus(network.time().elapsed()));
        assertThat(tap.requests).isEmpty();
        advance(TICK);
        assertThat(tap.requests).containsExactly(0x0200);
        assertThat(client.stats().renewals()).isEqualTo(1);

        advance(Duration.ofDays(1));
        assertThat(tap.requests).hasSize(33).containsOnly(0x0200);
        assertThat(client.session()).containsSame(session);
        assertThat(behind.all(SessionEvent.Reset.class)).isEmpty();
        assertThat(tap.accepted).hasSize(1);
    }

    @Scenario("A20")
    @Test
    void renewsTheLoginItselfOnItsSession() {
        cluster = new TestCluster(network, Duration.ofHours(4), Duration.ofHours(1));
        MonClient client = open(monitor());
        Connection session = client.session().orElseThrow();
        advance(Duration.ofDays(1));
        // Every three hours.
        assertThat(tap.requests.stream().filter(type -> type == 0x0100)).hasSizeBetween(7, 8);
        assertThat(client.session()).containsSame(session);
        assertThat(client.stats().sessions()).isEqualTo(1);
        assertThat(client.stats().renewals()).isEqualTo(tap.requests.size());
    }

    @Test
    void asksAgainWhileTheMonitorCannotRenewNow() {
        MonClient client = open(monitor());
        Connection session = client.session().orElseThrow();
        tap.result = -16;
        advance(Duration.ofMinutes(46));
        int asked = tap.requests.size();
        assertThat(asked).isBetween(3, 6);
        advance(Duration.ofMinutes(20));
        assertThat(tap.requests.size() - asked).isBetween(15, 25);
        assertThat(log.lines()).anyMatch(line -> line.contains("EBUSY (-16)"));

        tap.result = 0;
        advance(Duration.ofMinutes(1));
        assertThat(client.stats().renewals()).isEqualTo(1);
        assertThat(client.session()).containsSame(session);
    }

    @Test
    void logsInAnewWhenItsLoginIsNotBelievedAnyMore() {
        MonClient client = open(monitor());
        tap.result = -13;
        advance(Duration.ofMinutes(45));
        assertThat(tap.requests).hasSize(1);
        assertThat(log.lines()).anyMatch(line -> line.contains("refuses a renewal with EACCES"));
        network.get("ready again", client.ready());
        assertThat(client.stats().sessions()).isEqualTo(2);
        // The login has brought the tickets.
        advance(Duration.ofMinutes(44));
        assertThat(tap.requests).hasSize(1);
    }

    @Test
    void givesUpAMonitorThatDoesNotAnswer() {
        MonClient client = open(monitor());
        tap.result = 1;
        advance(Duration.ofMinutes(45).minus(network.time().elapsed()));
        assertThat(tap.requests).hasSize(1);
        advance(Duration.ofSeconds(10).minus(TICK));
        assertThat(client.stats().sessions()).isEqualTo(1);
        advance(TICK);
        network.get("ready again", client.ready());
        assertThat(client.stats().sessions()).isEqualTo(2);
        assertThat(tap.requests).hasSize(1);
    }

    @Test
    void endsTheSessionAfterAnAnswerThatItDidNotAskFor() {
        MonClient client = open(monitor());
        TestCluster.AuthTap.send(tap.accepted.get(0), new AuthReplyMessage(2, 0, 1, Opaque.EMPTY, ""));
        network.settle();
        assertThat(log.lines()).anyMatch(line -> line.contains("an auth_reply that nobody asked for"));
        network.get("ready again", client.ready());
        assertThat(client.stats().sessions()).isEqualTo(2);
    }

    // --- Commands

    @Test
    void hasCommandsAnswered() {
        MonClient client = client(config(monitor()));
        List<CompletionStage<MonCommandResult>> answers = new ArrayList<>();
        answers.add(client.command(List.of("status"))); // before there is a session
        network.get("ready", client.ready());
        answers.add(client.command(List.of("echo"), Opaque.copyOf("hello".getBytes(StandardCharsets.UTF_8))));
        answers.add(client.command(List.of("fail")));

        assertThat(network.get("status", answers.get(0)).text()).isEqualTo("ran status");
        assertThat(network.get("echo", answers.get(1)).text()).isEqualTo("hello");
        MonCommandResult failed = network.get("fail", answers.get(2));
        assertThat(failed.succeeded()).isFalse();
        assertThat(failed.result()).isEqualTo(-22);
        assertThat(failed.status()).isEqualTo("no such thing");
        assertThat(commands.ran).containsExactly("status", "echo", "fail");
        assertThat(client.stats().commands()).isZero();
    }

    @Test
    void saysThatACommandMayHaveRunIfTheSessionEndsBeforeItsAnswer() {
        MonClient client = open(monitor());
        tap.accepted.get(0).markDown();
        // It is on its way when the end comes.
        CompletionStage<MonCommandResult> answer = client.command(List.of("rm"));
        network.settle();
        assertThat(failure(answer))
                .isInstanceOfSatisfying(
                        MonCommandException.class,
                        failure -> assertThat(failure.mayHaveRun()).isTrue())
                .hasMessageStartingWith("the session ended before the answer: ");
        advance(Duration.ofMinutes(2));
        assertThat(commands.ran).isEmpty(); // nor is it sent again
        assertThat(client.stats().sessions()).isEqualTo(2);
    }

    @Test
    void givesACommandUpAfterItsTime() {
        EntityAddr addr = freeAddr();
        MonClient client = client(config(addr).withCommandTimeout(Duration.ofSeconds(5)));
        CompletionStage<MonCommandResult> answer = client.command(List.of("status"));
        advance(Duration.ofSeconds(5).minus(TICK));
        assertThat(answer.toCompletableFuture()).isNotDone();
        advance(TICK);
        assertThat(failure(answer))
                .hasMessage("no answer within PT5S")
                .isInstanceOfSatisfying(
                        MonCommandException.class,
                        failure -> assertThat(failure.mayHaveRun()).isFalse());
        monitor(addr);
        advance(Duration.ofMinutes(1));
        assertThat(client.session()).isPresent();
        assertThat(commands.ran).isEmpty();
    }

    @Test
    void takesSoManyCommandsAtOnceAndNoMore() {
        MonClient client = client(config(freeAddr()).withCommands(2, 100));
        client.command(List.of("one"));
        assertThat(failure(client.command(List.of("two"), Opaque.zeros(100))))
                .hasMessage("too many commands wait for their answers");
        client.command(List.of("two"));
        assertThat(failure(client.command(List.of("three")))).isInstanceOf(MonCommandException.class);
        assertThat(client.stats().commands()).isEqualTo(2);
        assertThatThrownBy(() -> client.command(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    // --- Others

    @Test
    void leavesToOthersWhatItDidNotAskFor() {
        EntityAddr addr = monitor();
        MonClient client = open(addr);
        Connection atMonitor = tap.accepted.get(0);
        atMonitor.send(Message.builder(MessageType.OSD_MAP).build());
        atMonitor.send(Message.builder(MessageType.MON_COMMAND_ACK).tid(77).build());
        atMonitor.send(Message.builder(MessageType.MON_SUBSCRIBE_ACK).build());
        network.settle();
        assertThat(behind.messages())
                .extracting(RecordingDispatcher.Received::type)
                .containsExactly(
                        MessageType.OSD_MAP.code(),
                        MessageType.MON_COMMAND_ACK.code(),
                        MessageType.MON_SUBSCRIBE_ACK.code());
        assertThat(client.stats().sessions()).isEqualTo(1);
    }

    @Test
    void endsTheSessionAfterAMapThatIsNone() {
        MonClient client = open(monitor());
        tap.accepted.get(0).send(Message.builder(MessageType.MON_MAP).build());
        network.settle();
        network.get("ready again", client.ready());
        assertThat(client.stats().sessions()).isEqualTo(2);
        assertThat(behind.messages()).isEmpty();
    }

    // --- The end

    @Test
    void closesItsSessionAndWhatWaits() {
        EntityAddr addr = monitor();
        MonClient client = open(addr);
        Connection session = client.session().orElseThrow();
        CompletionStage<MonCommandResult> waiting = client.command(List.of("status"));
        CompletableFuture<Void> ended = client.close().toCompletableFuture();
        network.get("closed", ended);
        assertThat(session.closed().toCompletableFuture()).isDone();
        assertThat(failure(waiting)).hasMessage("the client of the monitors is closed");
        assertThat(failure(client.command(List.of("status")))).isInstanceOf(MonCommandException.class);
        assertThat(failure(client.ready())).isInstanceOf(IllegalStateException.class);
        assertThat(client.close().toCompletableFuture()).isDone();
        advance(Duration.ofHours(1));
        assertThat(tap.accepted).hasSize(1);
        assertThat(behind.all(SessionEvent.Reset.class)).isEmpty();
    }

    @Test
    void endsWithItsMessenger() {
        MonClient client = open(monitor());
        network.close(clientMessenger);
        advance(Duration.ofMinutes(1));
        assertThat(failure(client.ready())).hasMessage("the messenger is closed");
        assertThat(client).hasToString("client of the monitors, CLOSED");
    }

    @Test
    void isStartedOnce() {
        MonClient client = new MonClient(config(freeAddr()));
        assertThat(failure(client.command(List.of("status")))).hasMessage("the client of the monitors is not started");
        Messenger messenger = start(messenger("client.admin").dispatcher(client));
        client.start(messenger);
        assertThatThrownBy(() -> client.start(messenger)).hasMessage("started already");
    }

    @Test
    void refusesAddressesThatCannotBeDialled() {
        assertThatThrownBy(() -> MonClientConfig.of(List.of())).hasMessageContaining("1 to 256 monitors");
        assertThatThrownBy(() -> config(EntityAddr.parse("v2:127.0.0.1:0/0")))
                .hasMessageContaining("not a v2 address with IP and port");
    }
}
