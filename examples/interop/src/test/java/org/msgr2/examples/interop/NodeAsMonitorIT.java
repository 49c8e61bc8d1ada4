package org.msgr2.examples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.cephx.AuthorityOptions;
import org.msgr2.crypto.auth.cephx.CephxAuth;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.cephx.CephxServer;
import org.msgr2.crypto.auth.cephx.FileStateStore;
import org.msgr2.crypto.auth.cephx.LoginListener;
import org.msgr2.crypto.auth.cephx.TicketAuthority;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.mon.MonCommands;
import org.msgr2.session.mon.MonitorService;

/** Ceph's own command, unmodified, talking to a node of ours that plays the monitor. */
@RequiresCeph
@Timeout(120)
final class NodeAsMonitorIT {
    private static final UUID FSID = UUID.fromString("5a1f0c3e-7b1d-4f7e-9d55-0a5c2f1e7d42");
    private static final EntityName ADMIN = EntityName.parse("client.admin");
    private static final EntityName MON = EntityName.parse("mon.a");
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    /** How the command and the node recognize each other. */
    enum Login {
        NONE("none", ConnectionMode.CRC),
        CEPHX_CRC("cephx", ConnectionMode.CRC),
        CEPHX_SECURE("cephx", ConnectionMode.SECURE);

        private final String method;
        private final ConnectionMode mode;

        Login(String method, ConnectionMode mode) {
            this.method = method;
            this.mode = mode;
        }
    }

    @TempDir
    private Path directory;

    private final Queue<PeerIdentity> askers = new ConcurrentLinkedQueue<>();
    private CryptoKey adminKey;

    @BeforeEach
    void makeKeyring() throws Exception {
        adminKey = CryptoKey.generate(KeyType.AES, now(), ENTROPY);
        KeyringFile.write(directory.resolve("keyring"), keyring());
    }

    @AfterEach
    void forgetKey() throws Exception {
        adminKey.destroy();
    }

    @ParameterizedTest
    @EnumSource
    void cephsCommandIsAnswered(Login login) throws Exception {
        try (Messenger node = node(login)) {
            Path conf = conf(node.bind(EntityAddr.parse("v2:127.0.0.1:0")), login);

            assertThat(ceph(conf, "ping", "mon.a")).contains("HEALTH_OK");
            assertThat(ceph(conf, "status")).isEqualTo("one Java node, all well\n");
            assertThat(ceph(conf, "mon", "metadata", "a")).contains("\"name\": \"a\"");
            assertThat(askers).isNotEmpty().allSatisfy(peer -> {
                assertThat(peer.name()).isEqualTo(ADMIN);
                assertThat(peer.method()).isEqualTo(login == Login.NONE ? AuthMethod.NONE : AuthMethod.CEPHX);
                assertThat(peer.capabilities().text("mon")).isEqualTo(login == Login.NONE ? "" : "allow *");
            });
        }
    }

    @ParameterizedTest
    @EnumSource(names = "NONE", mode = EnumSource.Mode.EXCLUDE)
    void aWrongKeyIsRefusedAndTheNextClientIsServed(Login login) throws Exception {
        try (Messenger node = node(login)) {
            Path conf = conf(node.bind(EntityAddr.parse("v2:127.0.0.1:0")), login);
            Path wrong = directory.resolve("wrong");
            KeyringFile.write(
                    wrong,
                    Keyring.EMPTY.with(
                            ADMIN, CryptoKey.generate(KeyType.AES, now(), ENTROPY), Map.of("mon", "allow *")));

            Ran refused = run(conf, "--keyring", wrong.toString(), "--connect-timeout", "5", "status");
            assertThat(refused.exitCode()).isNotZero();
            assertThat(refused.output()).containsAnyOf("EACCES", "Permission denied", "permission denied");
            assertThat(ceph(conf, "status")).isEqualTo("one Java node, all well\n");
        }
    }

    private static UTime now() {
        return new UTime(Instant.now().getEpochSecond(), 0);
    }

    private Keyring keyring() {
        return Keyring.EMPTY
                .with(ADMIN, adminKey, Map.of("mon", "allow *", "mgr", "allow *"))
                .with(MON, CryptoKey.generate(KeyType.AES, now(), ENTROPY), Map.of("mon", "allow *"));
    }

    private Messenger node(Login login) throws Exception {
        AuthProvider auth = login == Login.NONE ? new NoneAuth(MON) : cephx(login.mode);
        return Messenger.builder(MON.toString())
                .auth(name -> auth)
                .acceptPolicy(Policy.statelessServer().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .service(new MonitorService("a", FSID, new Commands()))
                .build();
    }

    private AuthProvider cephx(ConnectionMode mode) throws Exception {
        Keyring keyring = KeyringFile.read(directory.resolve("keyring"));
        TicketAuthority authority = TicketAuthority.open(
                keyring,
                AuthorityOptions.DEFAULTS,
                new FileStateStore(directory.resolve("authority")),
                InstantSource.system(),
                ENTROPY,
                LoginListener.NONE);
        CephxClient self = new CephxClient(
                CephxConfig.of(MON, keyring.find(MON).orElseThrow().key()), InstantSource.system(), ENTROPY);
        return new CephxAuth(self, CephxServer.monitor(authority).withModes(List.of(mode)));
    }

    private final class Commands implements MonCommands {
        @Override
        public Answer run(Connection from, MonCommand command, ByteBuf input) {
            askers.add(from.info().identity());
            String words = String.join(" ", command.words());
            if (words.contains("get_command_descriptions")) {
                return Answer.done(
                        "{\"cmd000\": {\"sig\": [\"status\"], \"help\": \"\", \"module\": \"mon\", \"perm\": \"r\","
                                + " \"flags\": 0}, \"cmd001\": {\"sig\": [\"mon\", \"metadata\", {\"name\": \"id\", \"type\":"
                                + " \"CephString\", \"req\": false}], \"help\": \"\", \"module\": \"mon\", \"perm\": \"r\", \"flags\": 0}}");
            }
            if (words.contains("metadata")) {
                return Answer.done("{\"name\": \"a\"}");
            }
            return words.contains("status")
                    ? Answer.done("one Java node, all well\n")
                    : Answer.failed(22, "no such command");
        }

        @Override
        public String ping() {
            return "{\"health\": {\"status\": \"HEALTH_OK\"}}";
        }
    }

    private Path conf(EntityAddr addr, Login login) throws Exception {
        Path conf = directory.resolve("ceph.conf");
        String modes = login.mode.toString();
        Files.writeString(
                conf,
                String.join(
                        "\n",
                        "[global]",
                        "fsid = " + FSID,
                        "mon host = [v2:127.0.0.1:" + addr.port() + "]",
                        "keyring = " + directory.resolve("keyring"),
                        "auth client required = " + login.method,
                        "auth cluster required = " + login.method,
                        "auth service required = " + login.method,
                        "ms mon client mode = " + modes,
                        "ms client mode = " + modes,
                        "log file =",
                        ""));
        return conf;
    }

    private String ceph(Path conf, String... args) throws Exception {
        Ran ran = run(conf, args);
        assertThat(ran.exitCode()).as(ran.output()).isZero();
        return ran.output();
    }

    private record Ran(int exitCode, String output) {}

    private Ran run(Path conf, String... args) throws Exception {
        Path out = Files.createTempFile(directory, "ceph", ".out");
        ProcessBuilder builder = new ProcessBuilder();
        builder.command().addAll(List.of("ceph", "--conf", conf.toString()));
        builder.command().addAll(List.of(args));
        Process process =
                builder.redirectErrorStream(true).redirectOutput(out.toFile()).start();
        try {
            boolean ended = process.waitFor(30, TimeUnit.SECONDS);
            assertThat(ended).as("ceph did not end: " + Files.readString(out)).isTrue();
            return new Ran(process.exitValue(), Files.readString(out));
        } finally {
            process.destroyForcibly();
        }
    }
}
