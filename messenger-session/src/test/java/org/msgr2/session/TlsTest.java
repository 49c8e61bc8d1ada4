package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.tls.ClientAuth;
import org.msgr2.crypto.tls.SelfSigned;
import org.msgr2.crypto.tls.TlsConfig;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsIdentity;
import org.msgr2.crypto.tls.TlsProvider;
import org.msgr2.crypto.tls.TlsTrust;
import org.msgr2.crypto.tls.TlsVersion;
import org.msgr2.session.inproc.InProcNetwork;
import org.msgr2.session.inproc.InProcTransport;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.TestCertificates;
import org.msgr2.session.testing.TestNetwork;

/** Who talks with whom inside TLS, and what those learn who do not. Over real sockets, with either provider. */
class TlsTest extends NetworkTestBase<TestNetwork> {
    private static final String IP = "127.0.0.1";
    private static final Duration DAY = Duration.ofDays(1);

    /** Retries rarely: each test looks at the first attempt. */
    private static final Limits PATIENT = Limits.defaults()
            .withTimeouts(Limits.defaults().timeouts().withBackoff(Duration.ofSeconds(15), Duration.ofSeconds(15)));

    private final TestCertificates authority = new TestCertificates("authority");
    private final TestCertificates stranger = new TestCertificates("stranger");
    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();
    private LogCapture log;

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.best());
    }

    @BeforeEach
    void capture() {
        log = LogCapture.of("org.msgr2.session");
    }

    @AfterEach
    void release() {
        log.close();
    }

    static Stream<Arguments> pairsOfProviders() {
        return Stream.of(TlsProvider.values())
                .flatMap(server -> Stream.of(TlsProvider.values()).map(client -> Arguments.of(server, client)));
    }

    // --- Those who talk

    @ParameterizedTest
    @MethodSource("pairsOfProviders")
    void carriesMessages(TlsProvider serverBy, TlsProvider clientBy) {
        Messenger server = server();
        EntityAddr addr = bindTls(server, config(authority.issue("node", IP), serverBy));
        Connection connection = client().connect(EntityType.OSD, addr, trusting(authority, clientBy));
        ConnectionInfo info = network.get("ready", connection.ready());
        assertThat(info.tls().protocol()).isEqualTo("TLSv1.3");
        assertThat(info.tls().cipherSuite()).startsWith("TLS_");
        assertThat(info.tls().peerSubject()).isEqualTo("CN=node");
        assertThat(info.tls().toString()).startsWith("TLSv1.3 TLS_").contains(", peer: CN=node (sha256:");
        assertThat(connection.info()).isEqualTo(info);
        assertEchoes(connection, 100_000);
        assertThat(accepted().tls().peerCertificate()).isNull();
        assertThat(accepted().tls().peerSubject()).isNull();
        assertThat(log.lines())
                .anySatisfy(line -> assertThat(line)
                        .startsWith(addr + " is inside TLS: ")
                        .contains(serverBy.description(), "CN=node (sha256:"));
    }

    @ParameterizedTest
    @EnumSource
    void speaksTls12IfOneEndWantsNoOther(TlsProvider provider) {
        EntityAddr addr = bindTls(server(), config(authority.issue("node", IP), provider));
        TlsContext old = TestCertificates.context(TlsConfig.client(authority.trust())
                .withProvider(provider)
                .withVersions(EnumSet.of(TlsVersion.TLS_1_2)));
        Connection connection = client().connect(EntityType.OSD, addr, old);
        assertThat(network.get("ready", connection.ready()).tls().protocol()).isEqualTo("TLSv1.2");
        assertEchoes(connection, 1000);
    }

    @Test
    void listensWithAndWithoutAtOnce() {
        Messenger server = server();
        EntityAddr plain = bind(server);
        EntityAddr tls = bindTls(server, config(authority.issue("node", IP), TlsProvider.best()));
        assertThat(server.addresses()).isEqualTo(EntityAddrVec.of(plain, tls));
        Messenger client = client();

        Connection open = client.connect(EntityType.OSD, plain);
        ConnectionInfo openInfo = network.get("ready", open.ready());
        assertThat(openInfo.tls()).isNull();
        assertThat(openInfo.peerAddrs()).as("what Ceph would be told").isEqualTo(EntityAddrVec.of(plain));

        Connection closed = client.connect(EntityType.OSD, tls, trusting(authority, TlsProvider.best()));
        ConnectionInfo closedInfo = network.get("ready", closed.ready());
        assertThat(closedInfo.tls()).isNotNull();
        assertThat(closedInfo.peerAddrs()).isEqualTo(EntityAddrVec.of(tls));
        assertEchoes(open, 1000);
        assertEchoes(closed, 1000);
    }

    @Test
    void dialsEverybodyWithTlsIfItsBuilderSaysSo() {
        EntityAddr addr = bindTls(server(), config(authority.issue("node", IP), TlsProvider.best()));
        Messenger client =
                start(messenger("client.7").dispatcher(atClient).tls(trusting(authority, TlsProvider.best())));
        Connection connection = client.connect(EntityType.OSD, addr);
        assertThat(network.get("ready", connection.ready()).tls()).isNotNull();
        assertThat(client.connect(EntityType.OSD, addr)).isSameAs(connection);
    }

    @Test
    void neverPassesOffOneConnectionForAnother() {
        EntityAddr addr = bind(server());
        Messenger client = client();
        Connection plain = client.connect(EntityType.OSD, addr);
        TlsContext tls = trusting(authority, TlsProvider.best());
        assertThatThrownBy(() -> client.connect(EntityType.OSD, addr, tls))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(addr + " already, with other TLS settings");
        plain.markDown();
        Connection secured = client.connect(EntityType.OSD, addr, tls);
        assertThat(client.connect(EntityType.OSD, addr, tls)).isSameAs(secured);
        assertThatThrownBy(() -> client.connect(EntityType.OSD, addr)).isInstanceOf(IllegalStateException.class);
    }

    // --- Whom the dialling end believes

    @ParameterizedTest
    @EnumSource
    void refusesACertificateOfAnUnknownAuthority(TlsProvider provider) {
        EntityAddr addr = bindTls(server(), config(stranger.issue("node", IP), provider));
        assertRefused(addr, TlsConfig.client(authority.trust()), provider, "untrusted certificate of CN=node (sha256:");
        assertThat(failure().getMessage()).contains("no trusted authority has signed it", addr.toString());
        awaitLog("refused: ", "the peer does not accept our certificate (TLS alert ");
    }

    @ParameterizedTest
    @EnumSource
    void refusesACertificateOutsideOfItsTime(TlsProvider provider) {
        Instant now = Instant.now();
        TlsIdentity expired = authority.issue("old", now.minus(DAY), now.minusSeconds(60), IP);
        EntityAddr addr = bindTls(server(), config(expired, provider));
        assertRefused(addr, TlsConfig.client(authority.trust()), provider, "CN=old", "expired on ");
        TlsIdentity early = authority.issue("young", now.plusSeconds(3600), now.plus(DAY), IP);
        addr = bindTls(server(), config(early, provider));
        assertRefused(addr, TlsConfig.client(authority.trust()), provider, "CN=young", "not valid before ");
    }

    /** The JDK by itself asks a certificate that is trusted by name for nothing else, not even its dates. */
    @ParameterizedTest
    @EnumSource
    void refusesAnExpiredCertificateThatIsItselfTrusted(TlsProvider provider) {
        TlsIdentity expired =
                SelfSigned.make(SelfSigned.LOCAL_NAMES, Instant.now().minus(DAY), Duration.ofHours(1));
        for (TlsTrust trust : List.of(TlsTrust.authorities(expired.chain()), TlsTrust.pinned(expired.fingerprint()))) {
            EntityAddr addr = bindTls(server(), config(expired, provider));
            assertRefused(addr, TlsConfig.client(trust), provider, "expired on ");
        }
    }

    @ParameterizedTest
    @EnumSource
    void refusesTheCertificateOfAnotherHost(TlsProvider provider) {
        EntityAddr addr = bindTls(server(), config(authority.issue("other", "127.0.0.2", "localhost"), provider));
        assertRefused(addr, TlsConfig.client(authority.trust()), provider, "wrong host: it is not for 127.0.0.1");
        addr = bindTls(server(), config(authority.issue("127.0.0.1"), provider));
        assertRefused(addr, TlsConfig.client(authority.trust()), provider, "wrong host: it is not for 127.0.0.1");
    }

    @ParameterizedTest
    @EnumSource
    void looksForTheNameThatItIsGiven(TlsProvider provider) {
        EntityAddr addr = bindTls(server(), config(authority.issue("node", "node.example"), provider));
        TlsConfig trusting = TlsConfig.client(authority.trust());
        assertTalks(addr, trusting.withServerName("node.example"), provider);
        addr = bindTls(server(), config(authority.issue("node", "node.example", IP), provider));
        assertRefused(
                addr, trusting.withServerName("other.example"), provider, "wrong host: it is not for other.example");
    }

    @ParameterizedTest
    @EnumSource
    void believesAPinnedCertificateAndNoOther(TlsProvider provider) {
        TlsIdentity pinned = stranger.issue("anything");
        TlsConfig trusting = TlsConfig.client(TlsTrust.pinned(pinned.fingerprint()));
        assertTalks(bindTls(server(), config(pinned, provider)), trusting, provider);
        EntityAddr addr = bindTls(server(), config(stranger.issue("anything"), provider));
        assertRefused(addr, trusting, provider, "CN=anything", "it is not one pinned certificate");
    }

    @ParameterizedTest
    @EnumSource
    void believesEverybodyIfItIsToldTo(TlsProvider provider) {
        Instant now = Instant.now();
        TlsIdentity bad = stranger.issue("bad", now.minus(DAY), now.minusSeconds(60));
        assertTalks(bindTls(server(), config(bad, provider)), TlsConfig.client(TlsTrust.insecure()), provider);
        assertThat(log.lines()).anyMatch(line -> line.startsWith("INSECURE: "));
    }

    // --- Whom the listening end believes

    @ParameterizedTest
    @EnumSource
    void knowsAPeerByItsCertificate(TlsProvider provider) {
        EntityAddr addr = bindTls(server(), asking(ClientAuth.REQUIRED, provider));
        assertTalks(addr, TlsConfig.client(authority.trust()).withIdentity(authority.issue("alice")), provider);
        assertThat(accepted().tls().peerSubject()).isEqualTo("CN=alice");
        assertThat(accepted().identity().authenticated())
                .as("the messenger's own authentication is another matter")
                .isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void refusesAPeerWithoutTheCertificateThatIsRequired(TlsProvider provider) {
        EntityAddr addr = bindTls(server(), asking(ClientAuth.REQUIRED, provider));
        for (TlsVersion version : TlsVersion.values()) {
            TlsConfig trusting = TlsConfig.client(authority.trust()).withVersions(EnumSet.of(version));
            Messenger client = dial(addr, trusting, provider);
            awaitFailures(version.ordinal() + 1);
            client.close();
            String named = "the peer requires a client certificate, and we have none (TLS alert ";
            if (version == TlsVersion.TLS_1_3) {
                assertThat(failure().kind()).isEqualTo(FaultKind.AUTH);
                assertThat(failure()).hasMessageContaining(named);
            } else {
                // By TLS 1.2, BoringSSL and newer JDKs say no more than that.
                String terse = "refuses the TLS handshake (TLS alert handshake_failure)";
                assertThat(failure().getMessage()).containsAnyOf(named, terse);
            }
        }
        awaitLog("refused: ", "the peer has no certificate, and one is required");
        assertThat(atServer.events()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void refusesAPeerWithACertificateThatIsNotTrusted(TlsProvider provider) {
        for (ClientAuth auth : List.of(ClientAuth.OPTIONAL, ClientAuth.REQUIRED)) {
            EntityAddr addr = bindTls(server(), asking(auth, provider));
            TlsConfig mallory = TlsConfig.client(authority.trust()).withIdentity(stranger.issue("mallory"));
            assertRefused(addr, mallory, provider, "the peer does not accept our certificate (TLS alert ");
        }
        awaitLog("refused: ", "untrusted certificate of CN=mallory (sha256:");
        awaitLog("refused: ", "no trusted authority has signed it");
        assertThat(atServer.events()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void doesWithoutACertificateThatIsOptional(TlsProvider provider) {
        EntityAddr addr = bindTls(server(), asking(ClientAuth.OPTIONAL, provider));
        assertTalks(addr, TlsConfig.client(authority.trust()), provider);
        assertThat(accepted().tls().peerCertificate()).isNull();
    }

    @ParameterizedTest
    @EnumSource
    void pinsThoseWhoMayDial(TlsProvider provider) {
        TlsIdentity friend = stranger.issue("friend");
        EntityAddr addr = bindTls(
                server(),
                config(authority.issue("node", IP), provider)
                        .withClientAuth(ClientAuth.REQUIRED, TlsTrust.pinned(friend.fingerprint())));
        assertTalks(addr, TlsConfig.client(authority.trust()).withIdentity(friend), provider);
        TlsConfig other = TlsConfig.client(authority.trust()).withIdentity(stranger.issue("friend"));
        assertRefused(addr, other, provider, "the peer does not accept our certificate");
    }

    // --- What cannot be

    @Test
    void saysWhatItTakesToListen() {
        Messenger server = server();
        assertThatThrownBy(() -> server.bindTls(network.anyPort(), trusting(authority, TlsProvider.best())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("it takes a private key and a certificate");
        assertThat(server.addresses()).isEqualTo(EntityAddrVec.EMPTY);
    }

    @Test
    void doesNotPretendWhereThereIsNoTls() {
        TlsContext tls = trusting(authority, TlsProvider.best());
        try (InProcTransport transport = new InProcTransport(new InProcNetwork(), 1, leaks.allocator());
                Messenger messenger =
                        Messenger.builder("osd.3").transport(transport).build()) {
            assertThatThrownBy(() -> messenger.bindTls(network.anyPort(), tls))
                    .isInstanceOf(UnsupportedOperationException.class)
                    .hasMessage("transport in-process has no TLS");
            assertThatThrownBy(() -> messenger.connect(EntityType.OSD, EntityAddr.parse("v2:127.0.0.1:1/0"), tls))
                    .isInstanceOf(UnsupportedOperationException.class);
        }
    }

    // --- What the tests are made of

    private Messenger server() {
        return start(messenger("osd.3").dispatcher(atServer).service(new EchoService()));
    }

    private Messenger client() {
        return start(messenger("client.7").dispatcher(atClient).limits(PATIENT));
    }

    private EntityAddr bindTls(Messenger server, TlsConfig config) {
        try {
            return server.bindTls(network.anyPort(), TestCertificates.context(config));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TlsConfig config(TlsIdentity identity, TlsProvider provider) {
        return TlsConfig.server(identity).withProvider(provider);
    }

    private TlsConfig asking(ClientAuth auth, TlsProvider provider) {
        return config(authority.issue("node", IP), provider).withClientAuth(auth, authority.trust());
    }

    private static TlsContext trusting(TestCertificates authority, TlsProvider provider) {
        return TestCertificates.context(TlsConfig.client(authority.trust()).withProvider(provider));
    }

    private Messenger dial(EntityAddr addr, TlsConfig config, TlsProvider provider) {
        Messenger client = client();
        client.connect(EntityType.OSD, addr, TestCertificates.context(config.withProvider(provider)));
        return client;
    }

    private void assertTalks(EntityAddr addr, TlsConfig config, TlsProvider provider) {
        Connection connection =
                client().connect(EntityType.OSD, addr, TestCertificates.context(config.withProvider(provider)));
        network.get("ready", connection.ready());
        assertEchoes(connection, 1000);
    }

    /** The first attempt fails, as AUTH, and says why. */
    private void assertRefused(EntityAddr addr, TlsConfig config, TlsProvider provider, String... words) {
        int before = atClient.count(SessionEvent.AttemptFailed.class);
        Messenger client = dial(addr, config, provider);
        awaitFailures(before + 1);
        client.close();
        assertThat(failure()).hasMessageContainingAll(words);
        assertThat(failure().getMessage()).hasLineCount(1).startsWith("peer " + addr + ": ");
        assertThat(failure().kind()).isEqualTo(FaultKind.AUTH);
    }

    private void awaitFailures(int count) {
        network.await("an attempt fails", () -> atClient.count(SessionEvent.AttemptFailed.class) == count);
    }

    /** The last that the client has heard of. */
    private ProtocolException failure() {
        List<SessionEvent.AttemptFailed> all = atClient.all(SessionEvent.AttemptFailed.class);
        return all.get(all.size() - 1).cause();
    }

    private ConnectionInfo accepted() {
        network.await("accepted", () -> atServer.count(SessionEvent.Accepted.class) == 1);
        return atServer.all(SessionEvent.Accepted.class).get(0).info();
    }

    private void awaitLog(String... words) {
        network.await(
                "a line in the log with " + List.of(words),
                () -> log.lines().stream().anyMatch(line -> Stream.of(words).allMatch(line::contains)));
    }

    private void assertEchoes(Connection connection, int bytes) {
        int before = atClient.count(Received.class);
        Message request =
                Message.builder(MessageType.ECHO).data(random(bytes, 5)).build();
        byte[] expected = ByteBufUtil.getBytes(request.data());
        assertThat(connection.send(request).accepted()).isTrue();
        network.await("the echo", () -> atClient.count(Received.class) == before + 1);
        assertThat(atClient.messages().get(before).data().toByteArray()).isEqualTo(expected);
    }
}
