package org.msgr2.examples.msgr;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.msgr2.core.Entropy;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.mon.MonCommand;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthServerProvider;
import org.msgr2.crypto.auth.ConnectionMode;
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
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.Keyring;
import org.msgr2.crypto.key.KeyringFile;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.mon.MonCommands;
import org.msgr2.session.mon.MonitorService;
import org.msgr2.session.service.EchoService;

/** A monitor and an OSD in this JVM that know each other, and cephx; with the keyring of its administrator. */
final class TestCluster implements AutoCloseable {
    static final UUID FSID = UUID.fromString("5a1f0c3e-7b1d-4f7e-9d55-0a5c2f1e7d42");
    private static final Entropy ENTROPY = new SecureRandom()::nextBytes;
    private static final InstantSource CLOCK = InstantSource.system();

    private final List<Messenger> nodes = new ArrayList<>();
    private final Path keyring;
    private final EntityAddr monitor;
    private final EntityAddr osd;

    private TestCluster(Path directory, List<ConnectionMode> modes) throws IOException {
        keyring = directory.resolve("admin.keyring");
        Keyring all = keyring();
        KeyringFile.write(keyring, all.without(name("mon.")).without(name("osd.3")));
        TicketAuthority authority = TicketAuthority.open(
                all,
                AuthorityOptions.DEFAULTS,
                new FileStateStore(directory.resolve("authority")),
                CLOCK,
                ENTROPY,
                LoginListener.NONE);
        AuthorizerVerifier verifier = new AuthorizerVerifier(
                EntityType.OSD,
                RotatingKeys.EMPTY,
                delay -> CompletableFuture.completedFuture(authority.rotatingSecrets(EntityType.OSD)),
                TicketChecks.ALL,
                CLOCK,
                ENTROPY,
                LoginListener.NONE);
        monitor = start(
                messenger("mon.0", all, "mon.", CephxServer.monitor(authority).withModes(modes))
                        .service(new MonitorService("a", FSID, new Commands())));
        osd = start(
                messenger("osd.3", all, "osd.3", CephxServer.service(verifier).withModes(modes))
                        .service(new EchoService()));
    }

    static TestCluster start(Path directory, ConnectionMode... modes) throws IOException {
        return new TestCluster(directory, List.of(modes));
    }

    private static Keyring keyring() {
        return Keyring.EMPTY
                .with(name("mon."), newKey(), Map.of("mon", "allow *"))
                .with(name("osd.3"), newKey(), Map.of("mon", "allow profile osd"))
                .with(name("client.admin"), newKey(), Map.of("mon", "allow *", "osd", "allow *"))
                .with(name("client.weak"), newKey(), Map.of("mon", "allow r"));
    }

    static CryptoKey newKey() {
        return CryptoKey.generate(KeyType.AES, UTime.ofEpochNanos(1_800_000_000_123_456_789L), ENTROPY);
    }

    private static EntityName name(String text) {
        return EntityName.parse(text);
    }

    private static Messenger.Builder messenger(String self, Keyring all, String key, AuthServerProvider server) {
        CryptoKey own = all.find(name(key)).orElseThrow().key();
        return Messenger.builder(self)
                .auth(name -> new CephxAuth(new CephxClient(CephxConfig.of(name, own), CLOCK, ENTROPY), server));
    }

    private EntityAddr start(Messenger.Builder builder) throws IOException {
        Messenger node = builder.build();
        nodes.add(node);
        return node.bind(EntityAddr.parse("v2:127.0.0.1:0"));
    }

    String monitor() {
        return monitor.toString();
    }

    String osd() {
        return osd.toString();
    }

    /** Of client.admin, and of client.weak. */
    Path adminKeyring() {
        return keyring;
    }

    @Override
    public void close() {
        nodes.forEach(Messenger::close);
    }

    /** Answers so that a test can see what arrived. */
    private static final class Commands implements MonCommands {
        @Override
        public Answer run(Connection from, MonCommand command, ByteBuf input) {
            String json = String.join(" ", command.words());
            return switch (json) {
                case "{\"prefix\":\"status\"}" -> Answer.done("  cluster: all well\n\n");
                case "{\"prefix\":\"status\",\"format\":\"json\"}" -> Answer.done("\n{\"fsid\":\"" + FSID + "\"}\n");
                case "{\"prefix\":\"noted\"}" -> new Answer(0, "noted it", "");
                case "{\"prefix\":\"who\"}" ->
                    Answer.done(
                            from.info().identity().name() + " " + from.info().mode());
                case "{\"prefix\":\"length\"}" -> Answer.done(Integer.toString(input.readableBytes()));
                default -> Answer.failed(json.contains("unknown") ? 22 : 4242, "no such\ncommand");
            };
        }

        @Override
        public String ping() {
            return "{}";
        }
    }
}
