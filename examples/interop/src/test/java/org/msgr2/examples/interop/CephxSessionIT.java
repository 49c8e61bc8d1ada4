package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.Entropy;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;

/** Logging in to a real cluster with a real keyring: every kind of daemon, in crc and in secure mode. */
@RequiresCeph({CephProgram.OSD, CephProgram.MGR, CephProgram.MDS})
@Timeout(180)
final class CephxSessionIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final EntityName ADMIN = EntityName.parse("client.admin");
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    private static CephCluster ceph;

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(false, true);
    private final BlockingQueue<MonMap> maps = new LinkedBlockingQueue<>();
    private final BlockingQueue<SessionEvent> events = new LinkedBlockingQueue<>();

    @BeforeAll
    static void startCluster() {
        ceph = LocalCeph.start(CephSettings.defaults().withOsds(1).withMgr(true).withMds(true));
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

    @ParameterizedTest
    @EnumSource(names = {"CRC", "SECURE"})
    void theMonitorTellsItsMapToAClientThatProvesItself(ConnectionMode mode) throws Exception {
        try (Messenger messenger = messenger(client(adminKey(), mode))) {
            Connection monitor = messenger.connect(EntityType.MON, monitorAddr());
            ConnectionInfo info = ready(monitor);
            monitor.send(Message.builder(MessageType.MON_GET_MAP).build());
            MonMap map = maps.poll(WAIT.toSeconds(), TimeUnit.SECONDS);

            assertThat(info.mode()).isEqualTo(mode);
            assertThat(info.identity().method()).isEqualTo(AuthMethod.CEPHX);
            assertThat(info.identity().authenticated()).isTrue();
            assertThat(map).isNotNull();
            assertThat(map.fsid()).isEqualTo(UUID.fromString(ceph.fsid()));
        }
    }

    @ParameterizedTest
    @CsvSource({"OSD, CRC", "OSD, SECURE", "MGR, CRC", "MGR, SECURE", "MDS, CRC", "MDS, SECURE"})
    void aDaemonTakesTheTicketThatTheMonitorGave(EntityType type, ConnectionMode mode) throws Exception {
        CephxClient client = client(adminKey(), mode);
        try (Messenger messenger = messenger(client)) {
            ready(messenger.connect(EntityType.MON, monitorAddr()));
            assertThat(client.hasTicket(type)).isTrue();
            Connection daemon = messenger.connect(type, daemonAddr(type));
            ConnectionInfo info = ready(daemon);

            assertThat(info.mode()).isEqualTo(mode);
            assertThat(info.peerName().type()).isEqualTo(type);
            assertThat(info.identity().authenticated()).isTrue();
            assertThat(daemon.ping().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS))
                    .isPositive();
        }
    }

    @Test
    void aWrongKeyIsRefusedAndNamed() {
        CryptoKey wrong = CryptoKey.generate(KeyType.AES, UTime.ZERO, ENTROPY);
        try (Messenger messenger = messenger(client(wrong, ConnectionMode.SECURE))) {
            messenger.connect(EntityType.MON, monitorAddr());
            assertThat(firstFault())
                    .hasMessageContaining("EACCES")
                    .satisfies(fault ->
                            assertThat(((ProtocolException) fault).kind()).isEqualTo(FaultKind.AUTH));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aDaemonIsNotAskedWithoutATicket() throws Exception {
        try (Messenger messenger = messenger(client(adminKey(), ConnectionMode.CRC))) {
            messenger.connect(EntityType.OSD, daemonAddr(EntityType.OSD));
            assertThat(firstFault()).hasMessageContaining("ticket");
        }
    }

    private Throwable firstFault() throws InterruptedException {
        SessionEvent event = events.poll(WAIT.toSeconds(), TimeUnit.SECONDS);
        assertThat(event).isInstanceOf(SessionEvent.AttemptFailed.class);
        return ((SessionEvent.AttemptFailed) event).cause();
    }

    private static CryptoKey adminKey() throws Exception {
        return KeyringFile.read(ceph.keyring()).find(ADMIN).orElseThrow().key();
    }

    private static CephxClient client(CryptoKey key, ConnectionMode mode) {
        CephxConfig config = CephxConfig.of(ADMIN, key).withModes(List.of(mode), List.of(mode));
        return new CephxClient(config, InstantSource.system(), ENTROPY);
    }

    private Messenger messenger(CephxClient client) {
        return Messenger.builder(ADMIN.toString())
                .auth(name -> new CephxAuth(client, new NoneAuth(name)))
                .dispatcher(new Recorder())
                .dialPolicy(Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .allocator(allocator)
                .build();
    }

    private static EntityAddr monitorAddr() {
        return EntityAddr.parse(ceph.monAddresses().get(0));
    }

    private static EntityAddr daemonAddr(EntityType type) throws Exception {
        JsonNode addrvec = switch (type) {
            case OSD -> json("osd", "dump").at("/osds/0/public_addrs/addrvec");
            case MGR -> json("mgr", "dump").at("/active_addrs/addrvec");
            default -> json("mds", "metadata", "--format", "json").at("/0/addr");
        };
        if (addrvec.isTextual()) {
            return EntityAddrVec.parse(addrvec.asText()).msgr2();
        }
        for (JsonNode addr : addrvec) {
            if (addr.path("type").asText().equals("v2")) {
                return EntityAddr.parse("v2:" + addr.path("addr").asText() + "/"
                        + addr.path("nonce").asText());
            }
        }
        throw new AssertionError("no v2 address of " + type + " in " + addrvec);
    }

    private static JsonNode json(String... command) throws Exception {
        String[] all = Arrays.copyOf(command, command.length + 2);
        all[command.length] = "--format";
        all[command.length + 1] = "json";
        return JSON.readTree(ceph.ceph(all));
    }

    private static ConnectionInfo ready(Connection connection) throws Exception {
        return connection.ready().toCompletableFuture().get(WAIT.toSeconds(), TimeUnit.SECONDS);
    }

    private final class Recorder implements Dispatcher {
        @Override
        public boolean dispatch(Connection connection, Message message) {
            if (!message.is(MessageType.MON_MAP)) {
                return false;
            }
            try {
                return maps.add(MonMap.of(message, Limits.defaults()));
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
