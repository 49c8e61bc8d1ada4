package org.msgr2.session.mon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.mon.TestCluster.ADMIN;
import static org.msgr2.session.mon.TestCluster.FSID;
import static org.msgr2.session.mon.TestCluster.OSD;
import static org.msgr2.session.mon.TestCluster.failure;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.cephx.AuthorizerVerifier;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.RotatingSecrets;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** A service that fetches its rotating keys from the monitors, and clients that come with tickets, in virtual time. */
class MonClientServiceTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final Duration TICKET = Duration.ofMinutes(10);

    private final TestCluster.AuthTap tap = new TestCluster.AuthTap();
    private final RecordingDispatcher atClient = new RecordingDispatcher();
    private TestCluster cluster;
    private EntityAddr monitor;
    private MonClient clientMonitors;
    private CephxClient clientCephx;
    private LogCapture log;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void found() {
        log = LogCapture.of("org.msgr2.session");
        cluster = new TestCluster(network, Duration.ofDays(3), TICKET);
        monitor = bind(start(messenger("mon.a")
                .auth(name -> cluster.monitorAuth())
                .dispatcher(tap)
                .service(new MonitorService("a", FSID, new TestCluster.Commands()))));
    }

    @AfterEach
    void releaseLog() {
        log.close();
    }

    private MonClient monitors(CephxClient cephx) {
        return new MonClient(MonClientConfig.of(List.of(monitor)), cephx);
    }

    /** A daemon of ours: its verifier's keys come from the monitor. */
    private final class Osd {
        final CephxClient cephx = cluster.client(OSD);
        final MonClient monitors = monitors(cephx);
        final AuthorizerVerifier verifier = cluster.verifier(monitors.rotatingKeys());
        final Messenger messenger = start(messenger("osd.0")
                .auth(name -> new CephxAuth(cephx, CephxServer.service(verifier)))
                .dispatcher(monitors)
                .service(new EchoService()));
        final EntityAddr addr = bind(messenger);

        Osd() {
            monitors.keepFresh(verifier);
            monitors.start(messenger);
        }
    }

    private Messenger client() {
        clientCephx = cluster.client(ADMIN);
        clientMonitors = monitors(clientCephx);
        Messenger client = start(messenger("client.admin")
                .auth(name -> new CephxAuth(clientCephx, new NoneAuth(name)))
                .dispatcher(clientMonitors)
                .dispatcher(atClient));
        clientMonitors.start(client);
        network.get("ready", clientMonitors.ready());
        return client;
    }

    private void advance(Duration by) {
        network.time().advance(by);
    }

    @Test
    void fetchesItsKeysAndKnowsWhoComes() {
        Osd osd = new Osd();
        Messenger client = client();
        advance(Duration.ofSeconds(1));
        assertThat(osd.verifier.keys().secrets()).isEqualTo(cluster.authority.rotatingSecrets(EntityType.OSD));
        Connection connection = client.connect(EntityType.OSD, osd.addr);
        network.get("session with the service", connection.ready());
        Connection accepted = osd.messenger.connections().stream()
                .filter(one -> one.peerType() == EntityType.CLIENT)
                .findFirst()
                .orElseThrow();
        assertThat(accepted.info().identity().name()).isEqualTo(ADMIN);
        assertThat(accepted.info().identity().capabilities().text("osd")).isEqualTo("allow *");
    }

    @Test
    void keepsItsKeysFreshAndDoesNotAskMoreOftenThanNeeded() {
        Osd osd = new Osd();
        advance(TICKET.multipliedBy(24));
        assertThat(osd.monitors.stats().sessions()).isEqualTo(1);
        // The keys change once in a ticket's life.
        assertThat(osd.monitors.stats().keyFetches()).isBetween(22L, 26L);
        Messenger client = client();
        network.get(
                "session with the service",
                client.connect(EntityType.OSD, osd.addr).ready());
    }

    @Scenario("A20")
    @Test
    void comesInAgainLongAfterItsFirstTicketHasExpired() {
        Osd osd = new Osd();
        Messenger client = client();
        for (int day = 0; day < 2; day++) {
            Connection connection = client.connect(EntityType.OSD, osd.addr);
            network.get("session with the service", connection.ready());
            connection.markDown();
            advance(TICKET.multipliedBy(25));
        }
        assertThat(clientMonitors.stats().sessions()).isEqualTo(1);
        assertThat(atClient.count(SessionEvent.AttemptFailed.class)).isZero();
    }

    @Scenario("A18")
    @Test
    void renewsATicketThatTheServiceRefusesAndComesInWithTheNextTry() {
        Osd osd = new Osd();
        Messenger client = client();
        // The monitor cannot renew until the key of the client's ticket is forgotten.
        tap.result = -16;
        advance(TICKET.multipliedBy(5));
        tap.result = 0;
        assertThat(clientMonitors.stats().renewals()).isZero();
        Connection connection = client.connect(EntityType.OSD, osd.addr);
        network.settle();
        assertThat(atClient.all(SessionEvent.AttemptFailed.class))
                .singleElement()
                .satisfies(failed -> assertThat(failed.cause()).hasMessageContaining("EACCES"));

        // Its next request comes within the minute, and brings what all attempts until then have missed.
        advance(Duration.ofMinutes(1));
        network.get("session with the service", connection.ready());
        assertThat(clientMonitors.stats().renewals()).isEqualTo(1);
        assertThat(clientMonitors.stats().sessions()).isEqualTo(1);
        assertThat(atClient.count(SessionEvent.AttemptFailed.class)).isLessThan(12);
    }

    @Scenario("A18")
    @Test
    void renewsAtOnceAndRetriesOnceWhenTheServicesKeysAreNewOnes() {
        Osd osd = new Osd();
        Messenger client = client();
        advance(Duration.ofMinutes(1));
        Connection before = client.connect(EntityType.OSD, osd.addr);
        network.get("session with the service", before.ready());
        before.markDown();
        network.settle();

        // The ids of all keys are known, and none of them fits.
        advance(Duration.ofMinutes(1));
        int asked = tap.requests.size();
        RotatingSecrets own = osd.verifier.keys().secrets();
        osd.verifier.update(otherKeys());
        Connection connection = client.connect(EntityType.OSD, osd.addr);
        network.settle();
        assertThat(atClient.count(SessionEvent.AttemptFailed.class)).isEqualTo(1);
        assertThat(tap.requests.subList(asked, tap.requests.size())).containsExactly(0x0200);
        // Meanwhile the service is well again.
        osd.verifier.update(own);
        advance(Duration.ofMillis(200));
        assertThat(connection.ready().toCompletableFuture()).isCompleted();
        assertThat(atClient.count(SessionEvent.AttemptFailed.class)).isEqualTo(1);
        assertThat(clientMonitors.stats().sessions()).isEqualTo(1);
    }

    @Scenario("A18")
    @Test
    void doesNotAskForTicketsAgainAndAgainForAServiceThatRefusesThemAll() {
        Osd osd = new Osd();
        Messenger client = client();
        advance(Duration.ofMinutes(1));
        osd.verifier.update(otherKeys());
        int asked = tap.requests.size();
        Connection connection = client.connect(EntityType.OSD, osd.addr);
        advance(Duration.ofMinutes(10));
        // Attempts: 0.2 s doubling to 15 s. Requests: every 10 s at most.
        assertThat(atClient.count(SessionEvent.AttemptFailed.class)).isBetween(40, 48);
        assertThat(tap.requests.size() - asked).isBetween(30, 48);
        assertThat(clientMonitors.stats().sessions()).isEqualTo(1);
        connection.markDown();
    }

    /** The ids that the tickets are for, and other keys: what is sealed with ours cannot be opened. */
    private RotatingSecrets otherKeys() {
        return new TestCluster(network, Duration.ofDays(3), TICKET, 7).authority.rotatingSecrets(EntityType.OSD);
    }

    @Test
    void failsAFetchThatTheMonitorRefuses() {
        EntityName name = ADMIN;
        CephxClient cephx = cluster.client(name);
        MonClient monitors = monitors(cephx);
        monitors.start(start(messenger("client.admin")
                .auth(self -> new CephxAuth(cephx, new NoneAuth(self)))
                .dispatcher(monitors)));
        network.get("ready", monitors.ready());
        CompletionStage<RotatingSecrets> keys = monitors.rotatingKeys().fetch(Duration.ZERO);
        network.settle();
        assertThat(failure(keys)).hasMessageContaining("the monitor refuses rotating keys with EACCES (-13)");
        assertThat(monitors.stats().sessions()).isEqualTo(1);
        assertThat(monitors.session()).isPresent();
    }

    @Test
    void asksWhenToldToAndGivesUpAfter10Seconds() {
        CephxClient cephx = cluster.client(OSD);
        MonClient monitors = monitors(cephx);
        CompletionStage<RotatingSecrets> early = monitors.rotatingKeys().fetch(Duration.ZERO);
        assertThat(failure(early)).hasMessage("the client of the monitors is not started");
        monitors.start(start(messenger("osd.0")
                .auth(self -> new CephxAuth(cephx, new NoneAuth(self)))
                .dispatcher(monitors)));
        network.get("ready", monitors.ready());
        CompletionStage<RotatingSecrets> keys = monitors.rotatingKeys().fetch(Duration.ofMillis(700));
        advance(Duration.ofMillis(699));
        assertThat(tap.requests).isEmpty();
        advance(Duration.ofMillis(1));
        assertThat(tap.requests).containsExactly(0x0400);
        assertThat(network.get("keys", keys)).isEqualTo(cluster.authority.rotatingSecrets(EntityType.OSD));

        tap.victim = OSD;
        tap.result = 1;
        CompletionStage<RotatingSecrets> lost = monitors.rotatingKeys().fetch(Duration.ZERO);
        advance(Duration.ofSeconds(10).minusNanos(1));
        assertThat(lost.toCompletableFuture()).isNotDone();
        advance(Duration.ofNanos(1));
        assertThat(failure(lost)).hasMessage("no answer to a request for rotating keys");
    }

    @Test
    void asksTheNextSessionForKeysThatTheFirstDidNotBring() {
        CephxClient cephx = cluster.client(OSD);
        MonClient monitors = monitors(cephx);
        monitors.start(start(messenger("osd.0")
                .auth(self -> new CephxAuth(cephx, new NoneAuth(self)))
                .dispatcher(monitors)));
        network.get("ready", monitors.ready());
        tap.victim = OSD;
        tap.result = 1;
        CompletionStage<RotatingSecrets> keys = monitors.rotatingKeys().fetch(Duration.ZERO);
        network.settle();
        tap.result = 0;
        tap.accepted.get(0).markDown();
        assertThat(network.get("keys", keys)).isEqualTo(cluster.authority.rotatingSecrets(EntityType.OSD));
        assertThat(tap.requests).containsExactly(0x0400, 0x0400);
        assertThat(monitors.stats().sessions()).isEqualTo(2);
    }
}
