package org.msgr2.examples.interop;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.message.Priority;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.mon.MonSubscribe;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireException;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.PeerIdentity;
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
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.mon.MonCommands;
import org.msgr2.session.mon.MonitorService;

/**
 * A node of ours that plays the only monitor of a cluster, the files that Ceph's own clients find it by, and what it saw
 * of them. Its keys are in {@code keyring} in the directory that it is given. Thread-safe.
 */
final class JavaMonitor implements AutoCloseable {

    static final EntityName ADMIN = EntityName.parse("client.admin");
    static final UUID FSID = UUID.fromString("5a1f0c3e-7b1d-4f7e-9d55-0a5c2f1e7d42");
    static final String STATUS = "one Java node, all well\n";

    private static final EntityName SELF = EntityName.parse("mon.a");
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;

    /** What the command line asks for before it sends a command: all that there are. */
    private static final String DESCRIPTIONS = """
            {"cmd000": {"sig": ["status"], "help": "", "module": "mon", "perm": "r", "flags": 0},
             "cmd001": {"sig": ["mon", "metadata", {"name": "id", "type": "CephString", "req": false}],
                        "help": "", "module": "mon", "perm": "r", "flags": 0}}
            """;

    private final Path directory;
    private final ClientLogin login;
    private final Queue<PeerIdentity> askers = new ConcurrentLinkedQueue<>();
    private final Queue<LoginListener.Reason> refusals = new ConcurrentLinkedQueue<>();
    private final SessionRecorder recorder = new SessionRecorder();
    private final RenewalLog renewals;
    private final @Nullable TicketAuthority authority;
    private final Messenger node;
    private final EntityAddr addr;
    private volatile Opaque mdsMap = Opaque.EMPTY;

    private JavaMonitor(Path directory, ClientLogin login, AuthorityOptions options) throws Exception {
        this.directory = directory;
        this.login = login;
        Keyring keyring = Keyring.EMPTY
                .with(ADMIN, newKey(), Map.of("mon", "allow *", "mgr", "allow *", "mds", "allow *"))
                .with(SELF, newKey(), Map.of("mon", "allow *"));
        KeyringFile.write(keyring(), keyring);
        if (login.auth() == CephSettings.Auth.NONE) {
            authority = null;
            renewals = new RenewalLog(new NoneAuth(SELF));
        } else {
            authority = TicketAuthority.open(
                    keyring,
                    options,
                    new FileStateStore(directory.resolve("authority")),
                    InstantSource.system(),
                    ENTROPY,
                    (claimed, reason) -> refusals.add(reason));
            renewals = new RenewalLog(cephx(keyring, authority));
        }
        node = Messenger.builder(SELF.toString())
                .auth(name -> renewals)
                .acceptPolicy(Policy.statelessServer().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE))
                .dispatcher(recorder)
                .dispatcher(new MdsMaps())
                .service(new MonitorService("a", FSID, new Commands()))
                .build();
        addr = node.bind(EntityAddr.parse("v2:127.0.0.1:0"));
    }

    /** One that clients come to in this way, and in no other. */
    static JavaMonitor start(Path directory, ClientLogin login) throws Exception {
        return start(directory, login, AuthorityOptions.DEFAULTS);
    }

    /** The same, with tickets of this kind. */
    static JavaMonitor start(Path directory, ClientLogin login, AuthorityOptions options) throws Exception {
        return new JavaMonitor(directory, login, options);
    }

    private AuthProvider cephx(Keyring keyring, TicketAuthority tickets) {
        CephxClient self = new CephxClient(
                CephxConfig.of(SELF, keyring.find(SELF).orElseThrow().key()), InstantSource.system(), ENTROPY);
        return new CephxAuth(self, CephxServer.monitor(tickets).withModes(List.of(login.mode())));
    }

    /**
     * What a daemon of this cluster, in this process, believes its peers by: with cephx their tickets, which it opens with the
     * keys that this monitor gives it. It dials nobody.
     */
    AuthProvider daemonAuth(EntityType type) {
        EntityName name = EntityName.of(type, 0);
        if (authority == null) {
            return new NoneAuth(name);
        }
        AuthorizerVerifier verifier = new AuthorizerVerifier(
                type,
                RotatingKeys.EMPTY,
                delay -> CompletableFuture.completedFuture(authority.rotatingSecrets(type)),
                TicketChecks.ALL,
                InstantSource.system(),
                ENTROPY,
                (claimed, reason) -> refusals.add(reason));
        CephxClient nobody = new CephxClient(CephxConfig.of(name, newKey()), InstantSource.system(), ENTROPY);
        return new CephxAuth(nobody, CephxServer.service(verifier).withModes(List.of(login.mode())));
    }

    /**
     * There is a file system from now on; clients that ask are told.
     *
     * @param front of the MDS_MAP; ownership passes
     */
    void publishMdsMap(ByteBuf front) {
        mdsMap = Opaque.copyOf(ByteBufUtil.getBytes(front));
        front.release();
    }

    /** A key such as clients have. */
    static CryptoKey newKey() {
        return CryptoKey.generate(KeyType.AES, new UTime(Instant.now().getEpochSecond(), 0), ENTROPY);
    }

    Path keyring() {
        return directory.resolve("keyring");
    }

    /** A keyring in which the administrator has a key that this node does not know. */
    Path wrongKeyring() throws IOException {
        Path wrong = directory.resolve("wrong-keyring");
        KeyringFile.write(wrong, Keyring.EMPTY.with(ADMIN, newKey(), Map.of("mon", "allow *")));
        return wrong;
    }

    /** The configuration of a client that comes in the way that this node wants. */
    Path conf() throws IOException {
        return conf(login);
    }

    /**
     * The configuration of a client that comes in some way.
     *
     * @param lines at the end, in {@code [global]}
     */
    Path conf(ClientLogin way, String... lines) throws IOException {
        return conf(way.method().toString(), way.mode().toString(), lines);
    }

    /**
     * The configuration of a client.
     *
     * @param methods that it allows, as the file spells them
     * @param modes that it allows, as the file spells them
     */
    Path conf(String methods, String modes, String... lines) throws IOException {
        List<String> text = new ArrayList<>(List.of(
                "[global]",
                "fsid = " + FSID,
                "mon host = [v2:127.0.0.1:" + addr.port() + "]",
                "keyring = " + keyring(),
                "auth client required = " + methods,
                "auth cluster required = " + methods,
                "auth service required = " + methods,
                "ms mon client mode = " + modes,
                "ms client mode = " + modes,
                "log file ="));
        text.addAll(List.of(lines));
        return Files.write(directory.resolve("ceph.conf"), text);
    }

    /** Where it listens. */
    EntityAddr addr() {
        return addr;
    }

    /** Who sent commands, by the order in which they came. */
    List<PeerIdentity> askers() {
        return List.copyOf(askers);
    }

    /** Why logins were refused. */
    List<LoginListener.Reason> refusals() {
        return List.copyOf(refusals);
    }

    /** What was asked for within sessions, and given. */
    RenewalLog renewals() {
        return renewals;
    }

    SessionRecorder recorder() {
        return recorder;
    }

    /** Sockets that were accepted so far. */
    long accepted() {
        return node.stats().accepted();
    }

    /** What a node does about once per second: see {@link TicketAuthority#maintain}. */
    void maintain() throws IOException {
        if (authority != null) {
            authority.maintain();
        }
    }

    @Override
    public void close() {
        node.close();
        recorder.close();
    }

    /** Tells the map of the file system's servers to those who subscribe to it, and leaves the other wishes to the service. */
    private final class MdsMaps implements Dispatcher {
        @Override
        public boolean dispatch(Connection client, Message message) {
            if (message.is(MessageType.MON_SUBSCRIBE) && mdsMap.length() > 0) {
                try {
                    MonSubscribe wishes = MonSubscribe.read(
                            new WireReader(message.front().duplicate()),
                            message.header().version());
                    if (wishes.items().stream().anyMatch(item -> item.what().equals("mdsmap"))) {
                        send(client);
                    }
                } catch (WireException e) {
                    throw new AssertionError("cannot read " + message, e);
                }
            }
            return false;
        }

        private void send(Connection client) {
            Message map = Message.builder(MessageType.MDS_MAP)
                    .version(RecordedMds.MAP_VERSION, 1)
                    .priority(Priority.HIGH)
                    .front(Unpooled.wrappedBuffer(mdsMap.toByteArray()))
                    .build();
            if (!client.send(map).accepted()) {
                map.release();
            }
        }
    }

    private final class Commands implements MonCommands {
        @Override
        public Answer run(Connection from, MonCommand command, ByteBuf input) {
            askers.add(from.info().identity());
            String words = String.join(" ", command.words());
            if (words.contains("get_command_descriptions")) {
                return Answer.done(DESCRIPTIONS);
            }
            if (words.contains("metadata")) {
                return Answer.done("{\"name\": \"a\"}");
            }
            return words.contains("status") ? Answer.done(STATUS) : Answer.failed(22, "no such command");
        }

        @Override
        public String ping() {
            return "{\"health\": {\"status\": \"HEALTH_OK\"}}";
        }
    }
}
