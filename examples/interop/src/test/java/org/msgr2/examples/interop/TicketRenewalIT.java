package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthServerProvider;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.cephx.AuthorizerVerifier;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.RotatingKeys;
import org.msgr2.crypto.auth.cephx.TicketChecks;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.mon.MonClient;
import org.msgr2.session.mon.MonClientConfig;
import org.msgr2.session.mon.MonCommandResult;
import org.msgr2.session.service.EchoService;

/** A real monitor whose tickets and keys live for seconds, and programs of ours that outlive them. */
@RequiresCeph(CephProgram.OSD)
@Timeout(180)
final class TicketRenewalIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WAIT = Duration.ofSeconds(60);
    private static final Duration SERVICE_TICKET = Duration.ofSeconds(6);
    private static final Duration LOGIN_TICKET = Duration.ofSeconds(12);
    private static final EntityName ADMIN = EntityName.parse("client.admin");
    private static final EntityName DAEMON = EntityName.parse("mds.java");
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private static CephCluster ceph;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final Queue<SessionEvent> events = new ConcurrentLinkedQueue<>();

    @BeforeAll
    static void startCluster() {
        ceph = LocalCeph.start(CephSettings.defaults()
                .withOsds(1)
                .withExtraConf(
                        "auth mon ticket ttl = " + LOGIN_TICKET.toSeconds(),
                        "auth service ticket ttl = " + SERVICE_TICKET.toSeconds(),
                        // The OSD looks after its own tickets and keys that often.
                        "mon client ping interval = 1"));
    }

    @AfterAll
    static void stopCluster() {
        if (ceph != null) {
            ceph.close();
        }
    }

    @AfterEach
    void nothingLeaks() {
        Awaitility.await()
                .atMost(WAIT)
                .until(() ->
                        allocator.metric().usedHeapMemory() + allocator.metric().usedDirectMemory() == 0);
    }

    /** A program of ours in the cluster. */
    private final class Member implements AutoCloseable {
        final CephxClient cephx;
        final MonClient monitors;
        final Messenger messenger;

        Member(EntityName name, CryptoKey key) {
            cephx = new CephxClient(CephxConfig.of(name, key), InstantSource.system(), ENTROPY);
            monitors = monitors(cephx);
            messenger = messenger(name, cephx, monitors, new NoneAuth(name));
            monitors.start(messenger);
        }

        Connection session() throws Exception {
            get(monitors.ready());
            return monitors.session().orElseThrow();
        }

        @Override
        public void close() {
            messenger.close();
        }
    }

    private static MonClient monitors(CephxClient cephx) {
        List<EntityAddr> addrs =
                ceph.monAddresses().stream().map(EntityAddr::parse).toList();
        return new MonClient(MonClientConfig.of(addrs), cephx);
    }

    private Messenger messenger(EntityName name, CephxClient cephx, MonClient monitors, AuthServerProvider server) {
        return Messenger.builder(name.toString())
                .auth(self -> new CephxAuth(cephx, server))
                .dispatcher(monitors)
                .dispatcher(new Recorder())
                .dialPolicy(Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .service(new EchoService())
                .allocator(allocator)
                .build();
    }

    @Test
    void ticketsAreRenewedOnOneSessionAndOpenNewOnes() throws Exception {
        try (Member client = new Member(ADMIN, adminKey())) {
            long start = System.nanoTime();
            Connection session = client.session();
            long globalId = client.cephx.globalId();
            EntityAddr osd = osdAddr();
            Awaitility.await("tickets of several lives")
                    .atMost(WAIT)
                    .until(() -> client.monitors.stats().renewals() >= 5
                            && System.nanoTime() - start
                                    > LOGIN_TICKET.plus(SERVICE_TICKET).toNanos());

            assertThat(client.monitors.session()).containsSame(session);
            assertThat(client.monitors.stats().sessions()).isEqualTo(1);
            assertThat(client.cephx.globalId()).isEqualTo(globalId);
            assertThat(events).noneMatch(SessionEvent.Reset.class::isInstance);
            assertThat(events).noneMatch(SessionEvent.AttemptFailed.class::isInstance);
            Connection fresh = client.messenger.connect(EntityType.OSD, osd);
            ConnectionInfo info = get(fresh.ready());
            assertThat(info.identity().authenticated()).isTrue();
            assertThat(get(fresh.ping())).isPositive();
        }
    }

    @Test
    void aDaemonOfOursOpensTicketsOfTheMonitorsWithKeysThatTheMonitorsGive() throws Exception {
        CephxClient cephx = new CephxClient(CephxConfig.of(DAEMON, daemonKey()), InstantSource.system(), ENTROPY);
        MonClient monitors = monitors(cephx);
        AuthorizerVerifier verifier = new AuthorizerVerifier(
                EntityType.MDS,
                RotatingKeys.EMPTY,
                monitors.rotatingKeys(),
                TicketChecks.ALL,
                InstantSource.system(),
                ENTROPY,
                LoginListener.NONE);
        monitors.keepFresh(verifier);
        try (Messenger daemon = messenger(DAEMON, cephx, monitors, CephxServer.service(verifier));
                Member client = new Member(ADMIN, adminKey())) {
            EntityAddr addr = daemon.bind(EntityAddr.parse("v2:127.0.0.1:0"));
            monitors.start(daemon);
            get(monitors.ready());
            client.session();
            assertThat(opened(client, daemon, addr).name()).isEqualTo(ADMIN);

            RotatingKeys first = verifier.keys();
            assertThat(first.isEmpty()).isFalse();
            Awaitility.await("all keys have changed")
                    .atMost(WAIT)
                    .until(() -> verifier.keys().secrets().keys().firstKey()
                            > first.secrets().keys().lastKey());
            PeerIdentity peer = opened(client, daemon, addr);
            assertThat(peer.name()).isEqualTo(ADMIN);
            assertThat(peer.globalId()).isEqualTo(client.cephx.globalId());
            assertThat(peer.capabilities().text("mds")).isEqualTo("allow *");
            assertThat(monitors.stats().sessions()).isEqualTo(1);
        }
    }

    /** Dials the daemon anew; as whom the daemon knows the client then. */
    private static PeerIdentity opened(Member client, Messenger daemon, EntityAddr addr) throws Exception {
        Connection connection = client.messenger.connect(EntityType.MDS, addr);
        get(connection.ready());
        PeerIdentity peer = daemon.connections().stream()
                .filter(one -> one.peerType() == EntityType.CLIENT)
                .findFirst()
                .orElseThrow()
                .info()
                .identity();
        get(connection.close());
        Awaitility.await()
                .atMost(WAIT)
                .until(() -> daemon.connections().stream().noneMatch(one -> one.peerType() == EntityType.CLIENT));
        return peer;
    }

    @Test
    void commandsAreAnswered() throws Exception {
        try (Member client = new Member(ADMIN, adminKey())) {
            MonCommandResult fsid = get(client.monitors.command(List.of("{\"prefix\": \"fsid\"}")));
            assertThat(fsid.succeeded()).isTrue();
            assertThat(fsid.text().strip()).isEqualTo(ceph.fsid());
            MonCommandResult nonsense = get(client.monitors.command(List.of("{\"prefix\": \"no such\"}")));
            assertThat(nonsense.result()).isEqualTo(-22);
            assertThat(nonsense.status()).isNotEmpty();
        }
    }

    @Test
    void aWrongKeyIsToldAndNotTriedInALoop() throws Exception {
        try (Member stranger = new Member(ADMIN, CryptoKey.generate(KeyType.AES, UTime.ZERO, ENTROPY))) {
            assertThatThrownBy(() -> get(stranger.monitors.ready()))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("EACCES");
            Awaitility.await()
                    .atMost(WAIT)
                    .until(() -> stranger.monitors.stats().attemptsFailed() >= 3);
            assertThat(stranger.monitors.session()).isEmpty();
        }
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static CryptoKey adminKey() throws Exception {
        return KeyringFile.read(ceph.keyring()).find(ADMIN).orElseThrow().key();
    }

    /** Of an entity that the monitors know, and no daemon of Ceph's is. */
    private static CryptoKey daemonKey() throws Exception {
        String text = ceph.ceph("auth", "get-or-create", DAEMON.toString(), "mon", "allow profile mds");
        return Keyring.parse(text, "what ceph auth printed")
                .find(DAEMON)
                .orElseThrow()
                .key();
    }

    private static EntityAddr osdAddr() throws Exception {
        JsonNode dump = JSON.readTree(ceph.ceph("osd", "dump", "--format", "json"));
        for (JsonNode addr : dump.at("/osds/0/public_addrs/addrvec")) {
            if (addr.path("type").asText().equals("v2")) {
                return EntityAddr.parse("v2:" + addr.path("addr").asText() + "/"
                        + addr.path("nonce").asText());
            }
        }
        throw new AssertionError("no v2 address of osd.0 in " + dump);
    }

    private final class Recorder implements Dispatcher {
        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            events.add(event);
        }
    }
}
