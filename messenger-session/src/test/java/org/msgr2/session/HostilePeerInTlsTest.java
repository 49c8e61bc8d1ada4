package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Limits;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsProvider;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.TestCertificates;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;

/** Peers that meet TLS without speaking it, or do not get through with it. Over real sockets. */
class HostilePeerInTlsTest extends NetworkTestBase<TestNetwork> {
    private static final String NO_TLS = "the peer speaks msgr2 without TLS";

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();
    private LogCapture log;
    private Transport raw;

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.best());
    }

    @BeforeEach
    void begin() {
        log = LogCapture.of("org.msgr2.session");
        raw = network.transport(leaks.allocator());
    }

    @AfterEach
    void release() {
        log.close();
    }

    // --- One end has TLS, the other has not

    @ParameterizedTest
    @EnumSource
    void tellsAPlainPeerThatTlsIsSpokenHere(TlsProvider provider) throws IOException {
        Messenger server = server(Limits.defaults());
        EntityAddr addr = server.bindTls(network.anyPort(), tls(provider));
        start(messenger("client.7").dispatcher(atClient)).connect(EntityType.OSD, addr);
        assertThat(failure()).hasMessageContaining("peer " + addr + ": banner: the peer speaks TLS");
        awaitRefusal(NO_TLS);
        assertAllIsGone(server);
    }

    @ParameterizedTest
    @EnumSource
    void tellsATlsPeerThatNoneIsSpokenHere(TlsProvider provider) {
        Messenger server = server(Limits.defaults());
        EntityAddr addr = bind(server);
        start(messenger("client.7").dispatcher(atClient)).connect(EntityType.OSD, addr, tls(provider));
        assertThat(failure()).hasMessage("peer " + addr + ": " + NO_TLS);
        assertThat(failure().kind()).isEqualTo(FaultKind.TRANSPORT);
        awaitRefusal("banner: the peer speaks TLS: it sent \"\\x16\\x03");
        assertAllIsGone(server);
    }

    @Test
    void namesWhatIsNotTls() throws IOException {
        Messenger server = server(Limits.defaults());
        EntityAddr addr = server.bindTls(network.anyPort(), tls(TlsProvider.best()));
        RawPeer http =
                RawPeer.dial(network, raw, addr).send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        network.get("it is closed", http.closed());
        assertThat(http.received()).as("a TLS alert").startsWith(0x15, 3, 3, 0, 2, 2);
        awaitRefusal("the peer does not speak TLS: its first byte is 0x47");
        RawPeer letter = RawPeer.dial(network, raw, addr).send(new byte[] {'c'});
        network.get("it is closed", letter.closed());
        awaitRefusal(NO_TLS);
        RawPeer alert = RawPeer.dial(network, raw, addr).send(new byte[] {0x15, 3, 3, 0, 2, 2, 10});
        network.get("it is closed", alert.closed());
        awaitRefusal("the peer does not speak TLS: its first byte is 0x15");
        assertAllIsGone(server);
    }

    // --- Handshakes that do not end

    @ParameterizedTest
    @EnumSource
    void dropsAHandshakeThatIsNotOverInTime(TlsProvider provider) throws IOException {
        Messenger server = server(ready(Duration.ofMillis(500)));
        EntityAddr addr = server.bindTls(network.anyPort(), tls(provider));
        byte[] hello = clientHello(addr);
        RawPeer silent = RawPeer.dial(network, raw, addr);
        RawPeer half = RawPeer.dial(network, raw, addr).send(Arrays.copyOf(hello, 50));
        RawPeer mute = RawPeer.dial(network, raw, addr).send(hello);
        for (RawPeer peer : List.of(silent, half, mute)) {
            network.get("it is dropped", peer.closed());
            awaitRefusal("peer " + peer.localAddr() + ": not ready within PT0.5S: waiting for the TLS handshake");
        }
        assertAllIsGone(server);
    }

    @ParameterizedTest
    @EnumSource
    void givesUpAServerThatNeverAnswers(TlsProvider provider) {
        Queue<RawPeer> servers = new ConcurrentLinkedQueue<>();
        EntityAddr addr = RawPeer.listen(network, raw, servers::add).addr();
        Messenger client = start(messenger("client.7").dispatcher(atClient).limits(ready(Duration.ofMillis(300))));
        Connection connection = client.connect(EntityType.OSD, addr, tls(provider));
        assertThat(failure()).hasMessage("peer " + addr + ": not ready within PT0.3S: waiting for the TLS handshake");
        assertThat(failure().kind()).isEqualTo(FaultKind.TIMEOUT);
        network.get("the socket is closed", servers.element().closed());
        connection.markDown();
    }

    @Test
    void dropsTheOldestOfTooManyHandshakes() throws IOException {
        Messenger server = server(
                Limits.defaults().withHandshake(Limits.defaults().handshake().withPeersMax(3)));
        EntityAddr addr = server.bindTls(network.anyPort(), tls(TlsProvider.best()));
        List<RawPeer> peers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            int there = i;
            peers.add(RawPeer.dial(network, raw, addr));
            network.await("it counts", () -> server.stats().accepted() == there + 1);
            network.await("it is in", () -> server.stats().handshakes() == Math.min(there + 1, 3));
        }
        network.get("the oldest goes", peers.get(0).closed());
        awaitRefusal(peers.get(0).localAddr() + ": more than 3 peers are not ready");
        assertThat(peers.get(3).isClosed()).isFalse();
    }

    @Test
    void closesInTheMiddleOfHandshakes() throws IOException {
        Messenger server = server(Limits.defaults());
        EntityAddr addr = server.bindTls(network.anyPort(), tls(TlsProvider.best()));
        RawPeer silent = RawPeer.dial(network, raw, addr);
        RawPeer mute = RawPeer.dial(network, raw, addr).send(clientHello(addr));
        network.await("it is answered", () -> mute.received().length > 0);
        network.await("both are there", () -> server.stats().handshakes() == 2);
        server.close();
        network.get("it is closed", silent.closed());
        network.get("it is closed", mute.closed());
    }

    @ParameterizedTest
    @EnumSource
    void survivesPeersThatLeaveInTheMiddle(TlsProvider provider) throws IOException {
        Messenger server = server(Limits.defaults());
        EntityAddr addr = server.bindTls(network.anyPort(), tls(provider));
        for (int sent : new int[] {0, 3, 50, 10_000}) {
            byte[] hello = clientHello(addr);
            RawPeer peer = RawPeer.dial(network, raw, addr).send(Arrays.copyOf(hello, Math.min(sent, hello.length)));
            network.await("it is there", () -> server.stats().handshakes() == 1);
            peer.close();
            awaitRefusal("peer " + peer.localAddr() + ": ", " while waiting for the TLS handshake");
        }
        assertAllIsGone(server);
    }

    // --- Handshakes that are too large, or damaged

    @ParameterizedTest
    @EnumSource
    void boundsWhatAHandshakeMayBring(TlsProvider provider) throws IOException {
        Messenger server = server(Limits.defaults());
        EntityAddr addr = server.bindTls(network.anyPort(), tls(provider));
        // One record, of the most that its length can say: TLS itself would wait for all of it.
        byte[] large = new byte[70_000];
        ByteBuffer.wrap(large).put((byte) 0x16).put((byte) 3).put((byte) 1).putShort((short) 0xffff);
        RawPeer peer = RawPeer.dial(network, raw, addr).send(large);
        network.get("it is closed", peer.closed());
        awaitRefusal("peer " + peer.localAddr() + ": a TLS handshake of more than 65536 bytes");
        assertAllIsGone(server);
    }

    @ParameterizedTest
    @EnumSource
    void refusesGarbageBehindAGoodBeginning(TlsProvider provider) throws IOException {
        Messenger server = server(Limits.defaults());
        EntityAddr addr = server.bindTls(network.anyPort(), tls(provider));
        Random random = new Random(11);
        byte[] hello = clientHello(addr);
        for (int round = 0; round < 20; round++) {
            byte[] bytes = Arrays.copyOf(hello, hello.length + 200);
            for (int i = 0; i < 20; i++) {
                bytes[5 + random.nextInt(bytes.length - 5)] ^= (byte) (1 + random.nextInt(255));
            }
            RawPeer peer = RawPeer.dial(network, raw, addr).send(bytes);
            network.await(
                    "it is refused, or more is expected",
                    () -> peer.isClosed()
                            || peer.received().length > 0
                            || server.stats().handshakes() == 1);
            peer.close();
            network.await("it is gone", () -> server.stats().handshakes() == 0);
        }
        assertAllIsGone(server);
        assertThat(log.lines())
                .allSatisfy(line -> assertThat(line).hasLineCount(1).hasSizeLessThan(400));
        assertThat(log.lines()).noneMatch(line -> line.contains("internal error"));
    }

    @Test
    void treatsPeersInsideTlsLikeOthers() throws IOException {
        TlsContext tls = tls(TlsProvider.best());
        EntityAddr addr = server(Limits.defaults()).bindTls(network.anyPort(), tls);
        Transport inside = raw.secured(tls);
        RawPeer http =
                RawPeer.dial(network, inside, addr).send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        network.get("it is closed", http.closed());
        awaitRefusal("the peer speaks HTTP");
        RawPeer good = RawPeer.dial(network, inside, addr).reach(Stage.READY);
        network.await("it is accepted", () -> atServer.count(SessionEvent.Accepted.class) == 1);
        good.send(good.message(0x7d00, 1, 1, new byte[70_000]));
        network.await("its message comes", () -> atServer.count(Received.class) == 1);

        EntityAddr impatient = server(ready(Duration.ofMillis(700))).bindTls(network.anyPort(), tls);
        RawPeer half = RawPeer.dial(network, inside, impatient).reach(Stage.AUTH);
        network.get("it is dropped", half.closed());
        awaitRefusal("peer " + half.localAddr() + ": not ready within PT0.7S: waiting for AUTH_REQUEST");
    }

    // --- What the tests are made of

    private Messenger server(Limits limits) {
        return start(messenger("osd.3")
                .dispatcher(atServer)
                .service(new EchoService())
                .limits(limits));
    }

    private static Limits ready(Duration wait) {
        return Limits.defaults()
                .withTimeouts(Limits.defaults()
                        .timeouts()
                        .withReady(wait)
                        .withBackoff(Duration.ofSeconds(10), Duration.ofSeconds(15)));
    }

    private static TlsContext tls(TlsProvider provider) {
        return TestCertificates.localContext(provider);
    }

    /** The first bytes of a good client. */
    private static byte[] clientHello(EntityAddr addr) throws SSLException {
        SSLEngine engine =
                tls(TlsProvider.JDK).newClientEngine(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", addr.port());
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        return Arrays.copyOf(hello.array(), hello.position());
    }

    private ProtocolException failure() {
        network.await("an attempt fails", () -> atClient.count(SessionEvent.AttemptFailed.class) > 0);
        return atClient.all(SessionEvent.AttemptFailed.class).get(0).cause();
    }

    private void awaitRefusal(String... words) {
        network.await(
                "a refusal that says " + List.of(words),
                () -> log.lines().stream()
                        .anyMatch(line -> line.startsWith("refused: peer ")
                                && Arrays.stream(words).allMatch(line::contains)));
    }

    /** Whoever was refused has left nothing. */
    private void assertAllIsGone(Messenger server) {
        network.await("no handshake is left", () -> server.stats().handshakes() == 0);
        assertThat(server.connections()).isEmpty();
        network.await("no buffer is held", () -> leaks.heldBytes() == 0);
    }
}
