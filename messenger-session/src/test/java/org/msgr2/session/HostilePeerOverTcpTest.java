package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;

/** A few of the peers of {@link HostilePeerTest}, over real sockets. */
class HostilePeerOverTcpTest extends NetworkTestBase<TestNetwork> {
    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();
    private LogCapture log;
    private Transport raw;
    private Messenger server;
    private EntityAddr addr;
    private Connection bystander;

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.best());
    }

    @BeforeEach
    void begin() {
        log = LogCapture.of("org.msgr2.session.driver");
        raw = network.transport(leaks.allocator());
        server = start(messenger("osd.3").dispatcher(atServer).service(new EchoService()));
        addr = bind(server);
        bystander = start(messenger("client.1").dispatcher(atClient)).connect(EntityType.OSD, addr);
        network.get("the good client is ready", bystander.ready());
    }

    @AfterEach
    void release() {
        log.close();
    }

    private RawPeer peer() {
        return RawPeer.dial(network, raw, addr);
    }

    private void assertRefused(RawPeer peer, String... parts) {
        network.get("the connection closes", peer.closed());
        network.await(
                "the reason is logged",
                () -> log.lines().stream()
                        .anyMatch(line -> line.startsWith("refused: peer " + peer.localAddr() + ": ")));
        assertThat(log.lines())
                .filteredOn(line -> line.contains(peer.localAddr().toString()))
                .singleElement()
                .satisfies(line -> assertThat(line).contains(parts));
        assertOthersWork();
    }

    private void assertOthersWork() {
        int before = atClient.count(Received.class);
        bystander.send(message(MessageType.ECHO.code(), 1, 100));
        network.await("a good connection works on", () -> atClient.count(Received.class) == before + 1);
        network.await("no buffer is held", () -> leaks.heldBytes() == 0);
        network.await("no handshake is left", () -> server.stats().handshakes() == 0);
    }

    @Scenario({"B01", "B02"})
    @Test
    void refusesPeersThatSpeakSomethingElse() {
        assertRefused(peer().send("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)), "banner", "HTTP");
        assertRefused(peer().send("ceph v027".getBytes(StandardCharsets.US_ASCII)), "banner", "msgr1");
        assertRefused(peer().send(new byte[50_000]), "banner", "does not speak msgr2");
    }

    @Scenario("B12")
    @Test
    void dropsPeersThatSayNothing() {
        Messenger impatient = start(messenger("osd.4")
                .limits(Limits.defaults()
                        .withTimeouts(Limits.defaults().timeouts().withReady(Duration.ofMillis(700)))));
        EntityAddr there = bind(impatient);
        RawPeer silent = RawPeer.dial(network, raw, there);
        RawPeer half = RawPeer.dial(network, raw, there).reach(Stage.AUTH);
        assertRefused(silent, "not ready within PT0.7S");
        assertRefused(half, "not ready within PT0.7S");
        assertThat(impatient.stats().handshakes()).isZero();
    }

    @Scenario({"F21", "F26", "F28"})
    @Test
    void refusesBadFramesBeforeTheSessionIsReady() {
        RawPeer huge = peer().reach(Stage.HELLO);
        assertRefused(huge.send(huge.raw(1, new byte[1]).length(0, 0xffff_ffffL)), "HELLO", "4294967295");
        RawPeer unknown = peer().reach(Stage.AUTH);
        assertRefused(unknown.send(unknown.raw(99, new byte[1])), "unknown tag 99");
        RawPeer early = peer().reach(Stage.SESSION);
        assertRefused(early.send(early.message(MessageType.ECHO.code(), 1, 1, new byte[10])), "MESSAGE", "before");
        RawPeer corrupt = peer().reach(Stage.SESSION);
        assertRefused(corrupt.send(corrupt.raw(corrupt.clientIdent()).corruptCrc(0, 4)), "CLIENT_IDENT", "crc");
        assertThat(atServer.count(Received.class)).isZero();
    }

    @Test
    void resetsASessionWhosePeerBreaksTheRules() {
        RawPeer peer = peer().reach(Stage.READY);
        network.await("it is accepted", () -> atServer.count(SessionEvent.Accepted.class) == 2);
        peer.send(peer.message(0x7d00, 1, 1, new byte[1000]));
        network.await("its message comes", () -> atServer.count(Received.class) == 1);
        peer.send(peer.message(0x7d00, 2, 2, new byte[1000]).corruptCrc(1, 1));
        network.get("the connection closes", peer.closed());
        network.await("the reset", () -> atServer.count(SessionEvent.Reset.class) == 1);
        assertThat(atServer.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining("peer " + peer.localAddr() + ": MESSAGE: crc of segment 2");
        assertOthersWork();
    }

    @Scenario("F29")
    @Test
    void understandsAPeerThatSendsByteByByte() {
        RawPeer peer = peer();
        byte[] steps = peer.allSteps();
        byte[][] bytes = new byte[steps.length][];
        for (int i = 0; i < steps.length; i++) {
            bytes[i] = Arrays.copyOfRange(steps, i, i + 1);
        }
        peer.send(bytes).send(peer.message(MessageType.ECHO.code(), 1, 7, new byte[70_000]));
        network.await("the echo", () -> peer.frames().stream().anyMatch(frame -> frame.is(Tag.MESSAGE)));
        assertThat(peer.lastFrame().bytes(1)).hasSize(70_000);
    }

    @Test
    void survivesPeersThatLeaveInTheMiddle() {
        for (Stage stage : List.of(Stage.BANNER, Stage.AUTH, Stage.SESSION)) {
            RawPeer peer = peer().reach(stage);
            peer.send(Arrays.copyOf(peer.step(), 20));
            network.await("it is there", () -> server.stats().handshakes() == 1);
            peer.close();
            assertRefused(peer, " while waiting for ");
        }
        RawPeer peer = peer().reach(Stage.READY);
        network.await("it is accepted", () -> atServer.count(SessionEvent.Accepted.class) == 2);
        peer.send(Arrays.copyOf(peer.message(0x7d00, 1, 1, new byte[90_000]).bytes(), 80_000));
        network.await("a part is held", () -> leaks.heldBytes() > 0);
        peer.close();
        network.await("the reset", () -> atServer.count(SessionEvent.Reset.class) == 1);
        assertOthersWork();
    }

    @Scenario({"B01", "B05"})
    @Test
    void saysWhyAServerIsNoGood() {
        assertAttemptFails(
                peer -> peer.send("HTTP/1.1 400 Bad Request\r\n".getBytes(StandardCharsets.US_ASCII)), "HTTP");
        assertAttemptFails(peer -> peer.send("ceph v027".getBytes(StandardCharsets.US_ASCII)), "msgr1");
        assertAttemptFails(RawPeer::close, "while waiting for the banner");
        assertAttemptFails(peer -> peer.reach(Stage.SESSION).send(peer.raw(99, new byte[1])), "unknown tag 99");
    }

    private void assertAttemptFails(Consumer<RawPeer> whenOpen, String part) {
        RecordingDispatcher events = new RecordingDispatcher();
        Queue<RawPeer> peers = new ConcurrentLinkedQueue<>();
        EntityAddr bad = RawPeer.listen(network, raw, peer -> {
                    peers.add(peer);
                    whenOpen.accept(peer);
                })
                .addr();
        Messenger client = start(messenger("client.2").dispatcher(events));
        Connection connection = client.connect(EntityType.OSD, bad);
        network.await("the attempt fails", () -> events.count(SessionEvent.AttemptFailed.class) > 0);
        assertThat(events.all(SessionEvent.AttemptFailed.class).get(0).cause())
                .hasMessageContaining(bad.toString())
                .hasMessageContaining(part);
        network.await("it is tried again", () -> peers.size() > 1);
        connection.markDown();
        network.get("the end", connection.closed());
        assertOthersWork();
    }
}
