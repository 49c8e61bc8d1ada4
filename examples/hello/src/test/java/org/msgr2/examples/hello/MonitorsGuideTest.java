package org.msgr2.examples.hello;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.cephx.AuthorityOptions;
import org.msgr2.crypto.auth.cephx.AuthorizerVerifier;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.FileStateStore;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.RotatingKeys;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.auth.cephx.TicketChecks;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.mon.HuntConfig;
import org.msgr2.session.mon.MonClient;
import org.msgr2.session.mon.MonClientConfig;
import org.msgr2.session.mon.MonCommandResult;
import org.msgr2.session.mon.MonCommands;
import org.msgr2.session.mon.MonitorService;
import org.msgr2.session.service.EchoService;

/** The programs of docs/guide/monitors.md, which quotes them; {@link PagesTest} compares. */
class MonitorsGuideTest {
    private static final EntityName ADMIN = EntityName.parse("client.admin");
    private static final EntityName OSD = EntityName.parse("osd.7");
    private static final UUID FSID = UUID.fromString("8c2f5a3e-1a54-4a0b-8d2e-3f0f3c1b7a10");

    private final Entropy entropy = new SecureRandom()::nextBytes;
    private final Keyring keyring = Keyring.EMPTY
            .with(ADMIN, newKey(), Map.of("mon", "allow *", "osd", "allow *"))
            .with(OSD, newKey(), Map.of("mon", "allow profile osd"));

    @TempDir
    private Path directory;

    private Messenger monitor;
    private Messenger osdDaemon;
    private List<EntityAddr> addresses;

    private CryptoKey newKey() {
        return CryptoKey.generate(KeyType.AES, UTime.ZERO, entropy);
    }

    private CryptoKey key(EntityName name) {
        return keyring.find(name).orElseThrow().key();
    }

    /** A node of ours in a real monitor's place. */
    @BeforeEach
    void startMonitor() throws IOException {
        TicketAuthority authority = TicketAuthority.open(
                keyring,
                AuthorityOptions.DEFAULTS,
                new FileStateStore(directory.resolve("authority")),
                InstantSource.system(),
                entropy,
                LoginListener.NONE);
        CephxClient none = new CephxClient(CephxConfig.of(ADMIN, key(ADMIN)), InstantSource.system(), entropy);
        monitor = Messenger.builder("mon.a")
                .auth(self -> new CephxAuth(none, CephxServer.monitor(authority)))
                .acceptPolicy(Policy.statelessServer().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .service(new MonitorService("a", FSID, new Status()))
                .build();
        addresses = List.of(monitor.bind(EntityAddr.parse("v2:127.0.0.1:0")));
    }

    @AfterEach
    void stopMonitor() {
        monitor.close();
    }

    private static final class Status implements MonCommands {
        @Override
        public Answer run(Connection from, MonCommand command, ByteBuf input) {
            return Answer.done("all is well");
        }

        @Override
        public String ping() {
            return "{}";
        }
    }

    @Test
    void livesInACluster() throws ExecutionException, InterruptedException, TimeoutException {
        EntityName name = ADMIN;
        CryptoKey key = key(ADMIN);

        CephxClient cephx = new CephxClient(CephxConfig.of(name, key), InstantSource.system(), entropy);
        MonClient monitors = new MonClient(MonClientConfig.of(addresses), cephx);
        Messenger messenger = Messenger.builder(name.toString())
                .auth(self -> new CephxAuth(cephx, new NoneAuth(self)))
                .dispatcher(monitors)
                .dialPolicy(Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .build();
        monitors.start(messenger);

        MonMap map = monitors.ready().toCompletableFuture().get(10, SECONDS);

        MonCommandResult answer = monitors.command(List.of("{\"prefix\": \"status\"}"))
                .toCompletableFuture()
                .get(10, SECONDS);
        if (answer.succeeded()) {
            System.out.println(answer.text());
        } else {
            System.err.println(answer.status() + " (" + answer.result() + ")");
        }

        assertThat(map.fsid()).isEqualTo(FSID);
        assertThat(answer.text()).isEqualTo("all is well");
        EntityAddr osd = servesTickets();
        messenger.connect(EntityType.OSD, osd).ready().toCompletableFuture().get(10, SECONDS);
        monitors.close().toCompletableFuture().get(10, SECONDS);
        assertThat(monitors.session()).isEmpty();
        messenger.close();
        osdDaemon.close();
    }

    @Test
    void isToldAndLooksForMonitorsInItsOwnWay() throws ExecutionException, InterruptedException, TimeoutException {
        MonClientConfig patient = MonClientConfig.of(addresses)
                .withHunting(HuntConfig.DEFAULTS.withParallel(2).withInterval(Duration.ofSeconds(1)))
                .withPing(Duration.ofSeconds(5), Duration.ofSeconds(15));

        CephxClient cephx = new CephxClient(CephxConfig.of(ADMIN, key(ADMIN)), InstantSource.system(), entropy);
        MonClient monitors = new MonClient(patient, cephx);
        CompletableFuture<Message> told = new CompletableFuture<>();
        Dispatcher behind = new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                return message.is(MessageType.CONFIG) && told.complete(message);
            }
        };
        Messenger messenger = Messenger.builder(ADMIN.toString())
                .auth(self -> new CephxAuth(cephx, new NoneAuth(self)))
                .dispatcher(monitors)
                .dispatcher(behind)
                .build();
        monitors.start(messenger);

        monitors.subscribe("config", 0);
        monitors.subscribe("osdmap", 1);

        assertThat(told.get(10, SECONDS)).isNotNull();
        messenger.close();
    }

    private EntityAddr servesTickets() {
        CephxClient cephx = new CephxClient(CephxConfig.of(OSD, key(OSD)), InstantSource.system(), entropy);
        try {
            MonClient monitors = new MonClient(MonClientConfig.of(addresses), cephx);
            AuthorizerVerifier verifier = new AuthorizerVerifier(
                    EntityType.OSD,
                    RotatingKeys.EMPTY,
                    monitors.rotatingKeys(),
                    TicketChecks.ALL,
                    InstantSource.system(),
                    entropy,
                    LoginListener.NONE);
            monitors.keepFresh(verifier);
            Messenger daemon = Messenger.builder("osd.7")
                    .auth(self -> new CephxAuth(cephx, CephxServer.service(verifier)))
                    .dispatcher(monitors)
                    .service(new EchoService())
                    .build();
            EntityAddr address = daemon.bind(EntityAddr.parse("v2:127.0.0.1:0"));
            monitors.start(daemon);
            osdDaemon = daemon;
            return address;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
