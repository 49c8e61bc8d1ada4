package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonCommandAck;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;

/**
 * Secure mode of msgr2.0 with real daemons: they fall back to it, unasked, for a client whose banner does not offer
 * REVISION_1. Ours does so only if it is told to.
 */
@RequiresCeph(CephProgram.OSD)
@Timeout(120)
final class Msgr20SecureIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final EntityName ADMIN = EntityName.parse("client.admin");
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private static CephCluster ceph;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();

    @BeforeAll
    static void startCluster() {
        ceph = LocalCeph.start(CephSettings.defaults().withOsds(1));
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

    /** Frames of all sizes, both ways: an answer of more than 100 KB among them, each in one operation. */
    @Test
    void aMonitorAnswersCommands() throws Exception {
        try (Messenger messenger = messenger(client(), true)) {
            Connection monitor = messenger.connect(EntityType.MON, monitorAddr());
            assertWeakSecure(ready(monitor));
            for (int round = 0; round < 5; round++) {
                JsonNode status = JSON.readTree(ask(monitor, "{\"prefix\":\"status\",\"format\":\"json\"}"));
                assertThat(status.path("fsid").asText()).isEqualTo(ceph.fsid());
                String descriptions = ask(monitor, "{\"prefix\":\"get_command_descriptions\"}");
                assertThat(descriptions).hasSizeGreaterThan(50_000);
                assertThat(JSON.readTree(descriptions)).hasSizeGreaterThan(100);
                assertThat(monitor.ping().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS))
                        .isPositive();
            }
        }
    }

    @Test
    void anOsdTakesATicket() throws Exception {
        try (Messenger messenger = messenger(client(), true)) {
            ready(messenger.connect(EntityType.MON, monitorAddr()));
            Connection osd = messenger.connect(EntityType.OSD, osdAddr());
            ConnectionInfo info = ready(osd);
            assertWeakSecure(info);
            assertThat(info.identity().authenticated()).isTrue();
            for (int i = 0; i < 10; i++) {
                assertThat(osd.ping().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS))
                        .isPositive();
            }
        }
    }

    @Test
    void isRefusedUnlessItIsAllowed() throws Exception {
        try (Messenger messenger = messenger(client(), false)) {
            messenger.connect(EntityType.MON, monitorAddr());
            SessionEvent event = events.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
            assertThat(event).isInstanceOf(SessionEvent.AttemptFailed.class);
            assertThat(((SessionEvent.AttemptFailed) event).cause())
                    .isInstanceOfSatisfying(
                            ProtocolException.class,
                            fault -> assertThat(fault.kind()).isEqualTo(FaultKind.FEATURE))
                    .hasMessageContaining("secure mode of msgr2.0 is weak, and refused");
        }
    }

    private static void assertWeakSecure(ConnectionInfo info) {
        assertThat(info.revision()).isEqualTo(Revision.MSGR2_0);
        assertThat(info.mode()).isEqualTo(ConnectionMode.SECURE);
    }

    private String ask(Connection monitor, String command) throws Exception {
        ByteBuf front = Unpooled.buffer();
        new MonCommand(UUID.fromString(ceph.fsid()), List.of(command)).write(new WireWriter(front));
        monitor.send(Message.builder(MessageType.MON_COMMAND).front(front).build());
        String answer = answers.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(answer).as(command).isNotNull();
        return answer;
    }

    private static CephxClient client() throws Exception {
        CryptoKey key =
                KeyringFile.read(ceph.keyring()).find(ADMIN).orElseThrow().key();
        List<ConnectionMode> secure = List.of(ConnectionMode.SECURE);
        CephxConfig config = CephxConfig.of(ADMIN, key).withModes(secure, secure);
        return new CephxClient(config, InstantSource.system(), ENTROPY);
    }

    private Messenger messenger(CephxClient client, boolean allowed) {
        return Messenger.builder(ADMIN.toString())
                .auth(name -> new CephxAuth(client, new NoneAuth(name)))
                .bannerFeatures(BannerFeatures.NONE, BannerFeatures.NONE)
                .allowWeakSecureMode(allowed)
                .dispatcher(new Recorder())
                .dialPolicy(Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .allocator(allocator)
                .build();
    }

    private static EntityAddr monitorAddr() {
        return EntityAddr.parse(ceph.monAddresses().get(0));
    }

    private static EntityAddr osdAddr() throws Exception {
        JsonNode addrs =
                JSON.readTree(ceph.ceph("osd", "dump", "--format", "json")).at("/osds/0/public_addrs/addrvec");
        for (JsonNode addr : addrs) {
            if (addr.path("type").asText().equals("v2")) {
                return EntityAddr.parse("v2:" + addr.path("addr").asText() + "/"
                        + addr.path("nonce").asText());
            }
        }
        throw new AssertionError("no v2 address in " + addrs);
    }

    private static ConnectionInfo ready(Connection connection) throws Exception {
        return connection.ready().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    private final class Recorder implements Dispatcher {
        @Override
        public boolean dispatch(Connection connection, Message message) {
            if (!message.is(MessageType.MON_COMMAND_ACK)) {
                return false;
            }
            try {
                MonCommandAck ack = MonCommandAck.read(new WireReader(message.front()));
                assertThat(ack.result()).isZero();
                return answers.add(message.data().toString(StandardCharsets.UTF_8));
            } catch (ProtocolException e) {
                throw new AssertionError(e);
            }
        }

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            events.add(event);
        }
    }
}
