package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.BannerFeatures;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.session.service.EchoService;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.RecordingDispatcher.Received;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;

/**
 * Peers that do what they must not, towards a messenger that listens and one that dials. Whatever they do, the fault names
 * them, the frame and the value; their connection closes, another one works on, and every buffer comes back.
 */
class HostilePeerTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7d00;

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();
    private final RecordingDispatcher atBystander = new RecordingDispatcher();
    private LogCapture log;
    private Transport raw;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void capture() {
        log = LogCapture.of("org.msgr2.session.driver");
        raw = network.transport(leaks.allocator());
    }

    @AfterEach
    void release() {
        log.close();
    }

    // --- The end that listens

    /** A server, a good client that is connected to it, and whoever else comes. */
    private final class Listening {
        final Messenger server;
        final EntityAddr addr;
        final Connection bystander;

        Listening(Messenger.Builder builder) {
            server = start(builder.dispatcher(atServer).service(new EchoService()));
            addr = bind(server);
            bystander = start(messenger("client.1").dispatcher(atBystander)).connect(EntityType.OSD, addr);
            network.get("the good client is ready", bystander.ready());
            network.settle();
        }

        Listening() {
            this(messenger("osd.3"));
        }

        RawPeer peer() {
            return RawPeer.dial(network, raw, addr);
        }

        RawPeer peer(Stage stage) {
            RawPeer peer = peer().reach(stage);
            network.settle();
            assertThat(peer.isClosed()).as("at stage " + stage).isFalse();
            return peer;
        }

        /** The fault was found before READY: the log has it. */
        void assertRefused(RawPeer peer, String... parts) {
            network.settle();
            assertThat(peer.isClosed()).isTrue();
            List<String> lines = log.lines();
            assertThat(lines).as("lines of the log").isNotEmpty();
            String last = lines.get(lines.size() - 1);
            assertThat(last)
                    .startsWith("refused: peer " + peer.localAddr() + ": ")
                    .contains(parts);
            assertOthersWork();
        }

        /** The fault was found on a session: its event has it. */
        ProtocolException assertReset(RawPeer peer, String... parts) {
            network.settle();
            assertThat(peer.isClosed()).isTrue();
            List<SessionEvent.Reset> resets = atServer.all(SessionEvent.Reset.class);
            assertThat(resets).isNotEmpty();
            ProtocolException cause = resets.get(resets.size() - 1).cause();
            assertThat(cause.getMessage())
                    .startsWith("peer " + peer.localAddr() + ": ")
                    .contains(parts);
            assertOthersWork();
            return cause;
        }

        void assertOthersWork() {
            assertEchoes(bystander, atBystander);
            assertThat(leaks.heldBytes()).isZero();
            assertThat(server.stats().dispatchBytes()).isZero();
            assertThat(server.stats().handshakes()).isZero();
        }
    }

    private void assertEchoes(Connection connection, RecordingDispatcher replies) {
        int before = replies.count(Received.class);
        connection.send(message(MessageType.ECHO.code(), 1, 100));
        network.await("a good connection works on", () -> replies.count(Received.class) == before + 1);
        network.settle();
    }

    // --- The end that dials

    /** A client with a good connection, that dials a peer which does what a test tells it to. */
    private final class Dialling {
        final Messenger client;
        final Connection good;
        final Connection bad;
        final EntityAddr addr;
        final List<RawPeer> peers = new ArrayList<>();

        Dialling(Messenger.Builder builder, Consumer<RawPeer> whenOpen) {
            client = start(builder.dispatcher(atClient));
            Messenger server = start(messenger("osd.1").service(new EchoService()));
            good = client.connect(EntityType.OSD, bind(server));
            network.get("the good connection is ready", good.ready());
            network.settle();
            addr = RawPeer.listen(network, raw, peer -> {
                        peers.add(peer);
                        whenOpen.accept(peer);
                    })
                    .addr();
            bad = client.connect(EntityType.OSD, addr);
            network.settle();
        }

        Dialling(Consumer<RawPeer> whenOpen) {
            this(messenger("client.7"), whenOpen);
        }

        Dialling(Stage stage, Consumer<RawPeer> then) {
            this(peer -> then.accept(peer.reach(stage)));
        }

        RawPeer peer() {
            return peers.get(0);
        }

        /** The attempt failed, and another follows. */
        ProtocolException assertRetried(String... parts) {
            assertThat(peer().isClosed()).isTrue();
            List<SessionEvent.AttemptFailed> failed = atClient.log(bad).stream()
                    .filter(SessionEvent.AttemptFailed.class::isInstance)
                    .map(SessionEvent.AttemptFailed.class::cast)
                    .toList();
            assertThat(failed).hasSize(1);
            ProtocolException cause = failed.get(0).cause();
            assertThat(cause.getMessage()).startsWith("peer " + addr + ": ").contains(parts);
            assertThat(bad.closed().toCompletableFuture()).isNotDone();
            assertThat(peers).hasSize(1);
            assertOthersWork();
            network.time().advance(Duration.ofMillis(200));
            assertThat(peers).as("dialled again").hasSize(2);
            bad.markDown();
            network.settle();
            return cause;
        }

        /** It is over for good. */
        ProtocolException assertReset(String... parts) {
            assertThat(peer().isClosed()).isTrue();
            List<Object> heard = atClient.log(bad);
            assertThat(heard.get(heard.size() - 1)).isInstanceOf(SessionEvent.Reset.class);
            ProtocolException cause = ((SessionEvent.Reset) heard.get(heard.size() - 1)).cause();
            assertThat(cause.getMessage()).startsWith("peer " + addr + ": ").contains(parts);
            assertThat(bad.closed().toCompletableFuture()).isDone();
            assertThat(heard).noneMatch(SessionEvent.AttemptFailed.class::isInstance);
            assertOthersWork();
            network.time().advance(Duration.ofMinutes(1));
            assertThat(peers).as("not dialled again").hasSize(1);
            return cause;
        }

        void assertOthersWork() {
            assertEchoes(good, atClient);
            assertThat(leaks.heldBytes()).isZero();
        }
    }

    // --- Banners

    @Scenario("B01")
    @Test
    void tellsThatAPeerSpeaksMsgr1() {
        byte[] banner = "ceph v027".getBytes(StandardCharsets.US_ASCII);
        Listening listening = new Listening();
        listening.assertRefused(listening.peer().send(banner), "banner", "msgr1", "ceph v027");
        listening.assertRefused(listening.peer().send(Arrays.copyOf(banner, 200)), "banner", "msgr1", "ceph v027");
    }

    @Scenario("B01")
    @Test
    void retriesAPeerThatSpeaksMsgr1() {
        Dialling dialling = new Dialling(peer -> peer.send("ceph v027".getBytes(StandardCharsets.US_ASCII)));
        assertThat(dialling.assertRetried("banner", "msgr1").kind()).isEqualTo(FaultKind.MALFORMED);
    }

    @Scenario("B02")
    @Test
    void tellsThatAPeerSpeaksHttp() {
        Listening listening = new Listening();
        for (String request : List.of(
                "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", "POST /x HTTP/1.1\r\n\r\n", "HEAD / HTTP/1.0\r\n\r\n")) {
            listening.assertRefused(
                    listening.peer().send(request.getBytes(StandardCharsets.US_ASCII)),
                    "banner",
                    "the peer speaks HTTP",
                    request.substring(0, 5));
        }
        Dialling dialling =
                new Dialling(peer -> peer.send("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        dialling.assertRetried("banner", "the peer speaks HTTP");
    }

    @Scenario("B02")
    @Test
    void refusesGarbageByItsFirstWrongByte() {
        Listening listening = new Listening();
        listening.assertRefused(listening.peer().send(new byte[] {0}), "banner", "does not speak msgr2", "\\x00");
        listening.assertRefused(listening.peer().send(new byte[] {0x16, 3, 1, 2}), "banner", "TLS");
        listening.assertRefused(
                listening.peer().send("ceph v3\n".getBytes(StandardCharsets.US_ASCII)),
                "banner",
                "does not speak msgr2");
        listening.assertRefused(listening.peer().send(new byte[100_000]), "banner", "does not speak msgr2");
    }

    @Scenario("B03")
    @Test
    void refusesABannerOfTooShortAPayload() {
        Listening listening = new Listening();
        for (int length = 0; length < 16; length++) {
            listening.assertRefused(
                    listening.peer().send(RawPeer.banner(length)), "banner", length + " bytes", "at least 16");
        }
        Dialling dialling = new Dialling(peer -> peer.send(RawPeer.banner(15)));
        dialling.assertRetried("banner", "15 bytes", "at least 16");
    }

    @Scenario("B04")
    @ParameterizedTest
    @ValueSource(ints = {17, 64, 1024})
    void ignoresWhatANewerBannerHasBehindItsFeatures(int length) {
        Listening listening = new Listening();
        RawPeer peer = listening.peer().send(RawPeer.banner(length));
        byte[] rest = peer.allSteps();
        peer.send(Arrays.copyOfRange(rest, 26, rest.length));
        network.settle();
        assertThat(peer.lastFrame().is(Tag.SERVER_IDENT)).isTrue();

        Dialling dialling = new Dialling(answer -> {
            byte[] all = answer.allSteps();
            answer.send(RawPeer.banner(length), Arrays.copyOfRange(all, 26, all.length));
        });
        assertThat(dialling.bad.info()).isNotNull();
    }

    @Scenario("B04")
    @Test
    void refusesABannerThatIsTooLong() {
        Listening listening = new Listening();
        listening.assertRefused(
                listening.peer().send(Arrays.copyOf(RawPeer.banner(1025), 10)), "banner", "1025 bytes", "at most 1024");
        listening.assertRefused(
                listening.peer().send(Arrays.copyOf(RawPeer.banner(65535), 10)), "banner", "65535 bytes");
    }

    @Scenario("B05")
    @Test
    void refusesAPeerThatRequiresWhatItDoesNotHave() {
        BannerFeatures supported = new BannerFeatures(0b100001);
        BannerFeatures required = new BannerFeatures(0b100000);
        Listening listening = new Listening();
        listening.assertRefused(
                listening.peer().send(RawPeer.banner(supported, required)),
                "banner",
                "requires unsupported feature bit 5");
        Dialling dialling = new Dialling(peer -> peer.send(RawPeer.banner(supported, required)));
        ProtocolException cause = dialling.assertReset("banner", "requires unsupported feature bit 5");
        assertThat(cause.kind()).isEqualTo(FaultKind.FEATURE);
        assertThat(cause.terminal()).isTrue();
    }

    @Scenario({"B05", "B06"})
    @Test
    void refusesAPeerThatLacksWhatItRequires() {
        Messenger.Builder strict =
                messenger("osd.3").bannerFeatures(BannerFeatures.REVISION_1, BannerFeatures.REVISION_1);
        Listening listening = new Listening(strict);
        listening.assertRefused(
                listening.peer().rev0().reach(Stage.HELLO), "banner", "lacks required feature REVISION_1");
        Dialling dialling = new Dialling(
                messenger("client.7").bannerFeatures(BannerFeatures.REVISION_1, BannerFeatures.REVISION_1),
                peer -> peer.rev0().reach(Stage.HELLO));
        dialling.assertReset("banner", "lacks required feature REVISION_1");
    }

    @Scenario("B06")
    @Test
    void speaksMsgr20WithAPeerThatOffersNoMore() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer().rev0().reach(Stage.READY);
        peer.send(peer.message(MessageType.ECHO.code(), 1, 77, new byte[500]));
        network.settle();
        assertThat(peer.lastFrame().is(Tag.MESSAGE)).isTrue();
        assertThat(peer.lastFrame().bytes(1)).hasSize(500);

        Dialling dialling = new Dialling(answer -> answer.rev0().reach(Stage.READY));
        assertThat(dialling.bad.info()).isNotNull();
        dialling.bad.send(message(TYPE, 5, 10));
        network.settle();
        assertThat(dialling.peer().lastFrame().is(Tag.MESSAGE)).isTrue();
    }

    // --- HELLO and addresses

    @Scenario("B08")
    @Test
    void givesUpAPeerOfAnotherType() {
        Dialling dialling = new Dialling(peer -> peer.type(EntityType.MDS).reach(Stage.AUTH));
        ProtocolException cause = dialling.assertReset("HELLO", "the peer is of type mds, expected osd");
        assertThat(cause.terminal()).isTrue();
        assertThat(cause.kind()).isEqualTo(FaultKind.AUTH);
    }

    @Test
    void refusesAPeerOfUnknownType() {
        Listening listening = new Listening();
        for (int type : new int[] {0, 3, 0x40, 0x20, 0xff}) {
            RawPeer peer = listening.peer(Stage.HELLO);
            byte[] payload = RawPeer.payload(new ControlFrame.Hello(EntityType.CLIENT, listening.addr));
            payload[0] = (byte) type;
            listening.assertRefused(peer.send(peer.raw(Tag.HELLO.code(), payload)), "HELLO", "entity_type");
        }
        Dialling dialling = new Dialling(Stage.HELLO, peer -> {
            byte[] payload = RawPeer.payload(new ControlFrame.Hello(EntityType.OSD, EntityAddr.BLANK));
            payload[0] = 0x40;
            peer.send(peer.raw(Tag.HELLO.code(), payload));
        });
        dialling.assertRetried("HELLO", "entity_type", "0x40");
    }

    @Test
    void refusesABadAddressInHello() {
        Listening listening = new Listening();
        byte[] good = RawPeer.payload(new ControlFrame.Hello(EntityType.CLIENT, listening.addr));
        RawPeer cut = listening.peer(Stage.HELLO);
        listening.assertRefused(cut.send(cut.raw(Tag.HELLO.code(), Arrays.copyOf(good, 20))), "HELLO", "entity_addr");
        RawPeer marked = listening.peer(Stage.HELLO);
        byte[] bad = good.clone();
        bad[1] = 7;
        listening.assertRefused(marked.send(marked.raw(Tag.HELLO.code(), bad)), "HELLO", "marker: 7");
    }

    @Scenario({"B09", "B10"})
    @Test
    void learnsItsAddressFromTheFirstPeerOnly() {
        Messenger client = start(messenger("client.7"));
        List<RawPeer> peers = new ArrayList<>();
        for (String seenAs : List.of("v2:10.9.8.7:1234/5", "v2:10.1.1.1:99/0")) {
            EntityAddr addr = RawPeer.listen(network, raw, peer -> {
                        peers.add(peer);
                        peer.reach(Stage.HELLO)
                                .send(new ControlFrame.Hello(EntityType.OSD, EntityAddr.parse(seenAs)))
                                .send(new ControlFrame.AuthDone(1, 1, Opaque.EMPTY))
                                .send(new ControlFrame.AuthSignature(Opaque.zeros(32)));
                    })
                    .addr();
            client.connect(EntityType.OSD, addr);
            network.settle();
        }
        EntityAddr learned = client.addresses().first();
        assertThat(client.addresses().addrs()).hasSize(1);
        assertThat(learned.toString()).startsWith("any:10.9.8.7:0/");
        assertThat(learned.nonce()).isNotZero();
        for (RawPeer peer : peers) {
            ControlFrame.ClientIdent ident =
                    (ControlFrame.ClientIdent) peer.lastFrame().control();
            assertThat(ident.addrs()).isEqualTo(EntityAddrVec.of(learned));
            assertThat(ident.target()).isEqualTo(peer.target());
        }
    }

    @Scenario({"B09", "B11"})
    @Test
    void learnsOnlyTheIpIfItListensOnAllInterfaces() {
        Messenger client = start(messenger("osd.7"));
        EntityAddr bound = bind(client, EntityAddr.parse("v2:0.0.0.0:0/31"));
        assertThat(bound.isBlankIp()).isTrue();
        ControlFrame.ClientIdent second = identAfterHello(client, "v2:10.9.8.7:1234/5");
        EntityAddr known = EntityAddr.parse("v2:10.9.8.7:" + bound.port() + "/31");
        assertThat(second.addrs()).isEqualTo(EntityAddrVec.of(known));
        assertThat(identAfterHello(client, "v2:10.1.1.1:1/1").addrs()).isEqualTo(EntityAddrVec.of(known));
    }

    @Scenario("B11")
    @Test
    void learnsFromItsSocketIfAPeerTellsNothingOfUse() {
        for (String seenAs : List.of("v2:[fe80::1]:77/0", "-", "v2:0.0.0.0:77/0")) {
            Messenger client = start(messenger("osd.7"));
            EntityAddr bound = bind(client, EntityAddr.parse("v2:0.0.0.0:0/31"));
            assertThat(identAfterHello(client, seenAs).addrs().toString())
                    .isEqualTo("v2:127.0.0.1:" + bound.port() + "/31");
        }
    }

    @Scenario("B11")
    @Test
    void ignoresWhatAPeerSaysIfItKnowsItsAddress() {
        Messenger client = start(messenger("osd.7"));
        EntityAddr bound = bind(client);
        assertThat(identAfterHello(client, "v2:10.9.8.7:1234/5").addrs()).isEqualTo(EntityAddrVec.of(bound));
        assertThat(client.addresses()).isEqualTo(EntityAddrVec.of(bound));
    }

    private ControlFrame.ClientIdent identAfterHello(Messenger client, String seenAs) {
        List<RawPeer> peers = new ArrayList<>();
        EntityAddr addr = RawPeer.listen(network, raw, peer -> {
                    peers.add(peer);
                    peer.reach(Stage.HELLO)
                            .send(new ControlFrame.Hello(EntityType.OSD, EntityAddr.parse(seenAs)))
                            .send(new ControlFrame.AuthDone(1, 1, Opaque.EMPTY))
                            .send(new ControlFrame.AuthSignature(Opaque.zeros(32)));
                })
                .addr();
        client.connect(EntityType.OSD, addr);
        network.settle();
        return (ControlFrame.ClientIdent) peers.get(0).lastFrame().control();
    }

    // --- Frames that have no place

    /** What a good peer may send to one that listens, by what that one waits for. */
    private static final Map<Stage, Set<Tag>> TO_LISTENER = new EnumMap<>(Map.of(
            Stage.HELLO, EnumSet.of(Tag.HELLO),
            Stage.AUTH, EnumSet.of(Tag.AUTH_REQUEST),
            Stage.SIGNATURE, EnumSet.of(Tag.AUTH_SIGNATURE),
            Stage.SESSION, EnumSet.of(Tag.CLIENT_IDENT, Tag.SESSION_RECONNECT),
            Stage.READY, EnumSet.of(Tag.MESSAGE, Tag.KEEPALIVE2, Tag.KEEPALIVE2_ACK, Tag.ACK)));

    /** The same to one that dials. */
    private static final Map<Stage, Set<Tag>> TO_DIALLER = new EnumMap<>(Map.of(
            Stage.HELLO, EnumSet.of(Tag.HELLO),
            Stage.AUTH, EnumSet.of(Tag.AUTH_DONE, Tag.AUTH_BAD_METHOD, Tag.AUTH_REPLY_MORE),
            Stage.SIGNATURE, EnumSet.of(Tag.AUTH_SIGNATURE),
            Stage.SESSION, EnumSet.of(Tag.SERVER_IDENT, Tag.IDENT_MISSING_FEATURES),
            Stage.READY, EnumSet.of(Tag.MESSAGE, Tag.KEEPALIVE2, Tag.KEEPALIVE2_ACK, Tag.ACK)));

    /** A frame of that tag which nothing is wrong with. */
    private static byte[] wellFormed(Tag tag, RawPeer peer) {
        return switch (tag) {
            case HELLO -> peer.frame(new ControlFrame.Hello(EntityType.OSD, peer.target()));
            case AUTH_REQUEST -> peer.frame(RawPeer.authRequest(1, List.of(1)));
            case AUTH_BAD_METHOD -> peer.frame(new ControlFrame.AuthBadMethod(1, -95, List.of(1), List.of(1)));
            case AUTH_REPLY_MORE -> peer.frame(new ControlFrame.AuthReplyMore(Opaque.zeros(9)));
            case AUTH_REQUEST_MORE -> peer.frame(new ControlFrame.AuthRequestMore(Opaque.zeros(9)));
            case AUTH_DONE -> peer.frame(new ControlFrame.AuthDone(1, 1, Opaque.EMPTY));
            case AUTH_SIGNATURE -> peer.frame(new ControlFrame.AuthSignature(Opaque.zeros(32)));
            case CLIENT_IDENT -> peer.frame(peer.clientIdent());
            case SERVER_IDENT -> peer.frame(peer.serverIdent());
            case IDENT_MISSING_FEATURES ->
                peer.frame(new ControlFrame.IdentMissingFeatures(CephFeatures.of(CephFeature.UID)));
            case SESSION_RECONNECT ->
                peer.frame(new ControlFrame.SessionReconnect(EntityAddrVec.parse("any:127.0.0.1:0/99"), 1, 2, 3, 4, 5));
            case SESSION_RESET -> peer.frame(new ControlFrame.SessionReset(true));
            case SESSION_RETRY -> peer.frame(new ControlFrame.SessionRetry(1));
            case SESSION_RETRY_GLOBAL -> peer.frame(new ControlFrame.SessionRetryGlobal(1));
            case SESSION_RECONNECT_OK -> peer.frame(new ControlFrame.SessionReconnectOk(1));
            case WAIT -> peer.raw(Tag.WAIT.code(), new byte[0]).bytes();
            case MESSAGE -> peer.message(TYPE, 1, 1, new byte[10]).bytes();
            case KEEPALIVE2 -> peer.frame(new ControlFrame.Keepalive2(new UTime(1, 2)));
            case KEEPALIVE2_ACK -> peer.frame(new ControlFrame.Keepalive2Ack(new UTime(1, 2)));
            case ACK -> peer.frame(new ControlFrame.Ack(1));
            case COMPRESSION_REQUEST -> peer.frame(new ControlFrame.CompressionRequest(true, List.of(1)));
            case COMPRESSION_DONE -> peer.frame(new ControlFrame.CompressionDone(true, 1));
        };
    }

    @Scenario({"F27", "F28"})
    @ParameterizedTest
    @EnumSource(value = Stage.class, names = "BANNER", mode = EnumSource.Mode.EXCLUDE)
    void acceptsOnlyWhatHasItsPlaceAtThatStage(Stage stage) {
        Listening listening = new Listening();
        for (Tag tag : Tag.values()) {
            RawPeer peer = listening.peer(stage);
            peer.send(wellFormed(tag, peer));
            network.settle();
            if (allowed(TO_LISTENER, stage, tag)) {
                assertThat(peer.isClosed())
                        .as(tag + " is good at stage " + stage)
                        .isFalse();
                peer.close();
                network.settle();
            } else if (stage == Stage.READY) {
                assertThat(listening.assertReset(peer, tag.name()).kind())
                        .as(tag + " at stage " + stage)
                        .isEqualTo(FaultKind.SEQUENCE);
            } else {
                listening.assertRefused(peer, tag.name() + ": ");
            }
        }
        assertThat(atServer.all(Received.class)).hasSize(stage == Stage.READY ? 1 : 0);
    }

    private static boolean allowed(Map<Stage, Set<Tag>> table, Stage stage, Tag tag) {
        return table.getOrDefault(stage, Set.of()).contains(tag);
    }

    @Scenario({"F27", "F28"})
    @ParameterizedTest
    @EnumSource(value = Stage.class, names = "BANNER", mode = EnumSource.Mode.EXCLUDE)
    void acceptsOnlyWhatHasItsPlaceInAnAnswer(Stage stage) {
        for (Tag tag : Tag.values()) {
            Dialling dialling = new Dialling(messenger("client.7").auth(name -> new Talkative(9)), peer -> {
                peer.reach(stage);
                peer.send(wellFormed(tag, peer));
            });
            if (tag == Tag.IDENT_MISSING_FEATURES && stage == Stage.SESSION) {
                assertThat(dialling.assertRetried(tag.name()).kind()).isEqualTo(FaultKind.FEATURE);
            } else if (allowed(TO_DIALLER, stage, tag)) {
                assertThat(dialling.peer().isClosed())
                        .as(tag + " is good at stage " + stage)
                        .isFalse();
                dialling.bad.markDown();
                network.settle();
            } else if (stage == Stage.READY) {
                assertThat(dialling.assertReset(tag.name()).kind()).isEqualTo(FaultKind.SEQUENCE);
            } else {
                assertThat(dialling.assertRetried(tag.name()).kind())
                        .as(tag + " at stage " + stage)
                        .isEqualTo(FaultKind.SEQUENCE);
            }
        }
    }

    @Scenario("F27")
    @Test
    void takesOnlyAuthRequestMoreOnceItHasAskedForMore() {
        Listening listening = new Listening(messenger("osd.3").auth(name -> new Talkative(2)));
        for (Tag tag : Tag.values()) {
            RawPeer peer = listening.peer(Stage.SIGNATURE);
            assertThat(peer.lastFrame().is(Tag.AUTH_REPLY_MORE)).isTrue();
            peer.send(wellFormed(tag, peer));
            network.settle();
            if (tag == Tag.AUTH_REQUEST_MORE) {
                assertThat(peer.isClosed()).isFalse();
                assertThat(peer.lastFrame().is(Tag.AUTH_REPLY_MORE)).isTrue();
                peer.send(wellFormed(tag, peer));
                peer.send(wellFormed(Tag.AUTH_SIGNATURE, peer)).send(wellFormed(Tag.CLIENT_IDENT, peer));
                network.settle();
                assertThat(peer.lastFrame().is(Tag.SERVER_IDENT)).isTrue();
                peer.close();
                network.settle();
            } else {
                listening.assertRefused(peer, tag.name() + ": ");
            }
        }
    }

    @Scenario("F26")
    @ParameterizedTest
    @EnumSource(value = Stage.class, names = "BANNER", mode = EnumSource.Mode.EXCLUDE)
    void refusesUnknownTags(Stage stage) {
        Listening listening = new Listening();
        for (int tag : new int[] {0, 23, 24, 127, 128, 255}) {
            RawPeer peer = listening.peer(stage);
            peer.send(peer.raw(tag, new byte[10]));
            if (stage == Stage.READY) {
                assertThat(listening.assertReset(peer, "unknown tag " + tag).kind())
                        .isEqualTo(FaultKind.MALFORMED);
            } else {
                listening.assertRefused(peer, "unknown tag " + tag);
            }
        }
        Dialling dialling = new Dialling(stage, peer -> peer.send(peer.raw(255, new byte[10])));
        if (stage == Stage.READY) {
            dialling.assertReset("unknown tag 255");
        } else {
            dialling.assertRetried("unknown tag 255");
        }
    }

    // --- Frames that are broken

    @Scenario({"F21", "F22"})
    @ParameterizedTest
    @EnumSource(value = Stage.class, names = "BANNER", mode = EnumSource.Mode.EXCLUDE)
    void refusesFramesOfImpossibleShape(Stage stage) {
        Listening listening = new Listening();
        List<Shape> shapes = new ArrayList<>(List.of(
                new Shape(
                        "HELLO",
                        "segment of 4294967295 bytes",
                        peer -> peer.raw(1, new byte[1]).length(0, 0xffff_ffffL)),
                new Shape("ACK", "empty segment", peer -> peer.raw(Tag.ACK.code(), new byte[0])),
                new Shape("HELLO", "empty segment", peer -> peer.raw(Tag.HELLO.code(), new byte[0])),
                new Shape("HELLO", "2 segments", peer -> peer.raw(1, new byte[5], new byte[5])),
                new Shape(
                        "HELLO", "0 segments", peer -> peer.raw(1, new byte[5]).segments(0)),
                new Shape(
                        "HELLO", "5 segments", peer -> peer.raw(1, new byte[5]).segments(5)),
                new Shape("HELLO", "last of 2 segments is empty", peer -> peer.raw(1, new byte[5], new byte[0])),
                new Shape("HELLO", "compress", peer -> peer.raw(1, new byte[5]).flags(1)),
                new Shape("preamble", "crc", peer -> peer.raw(1, new byte[5]).corruptPreambleCrc(1)),
                new Shape(
                        "ACK",
                        "crc of segment 1",
                        peer -> peer.raw(Tag.ACK.code(), new byte[8]).corruptCrc(0, 1 << 31))));
        if (stage == Stage.READY) {
            shapes.add(new Shape(
                    "MESSAGE",
                    "front of 4294967295 bytes",
                    peer -> peer.message(TYPE, 1, 1, new byte[1]).length(1, 0xffff_ffffL)));
            shapes.add(new Shape("MESSAGE", "header segment of 40 bytes", peer -> peer.raw(17, new byte[40])));
            shapes.add(new Shape(
                    "MESSAGE", "header segment of 40 bytes", peer -> peer.raw(17, new byte[40], new byte[9])));
            shapes.add(new Shape("MESSAGE", "header segment of 4097 bytes", peer -> peer.raw(17, new byte[4097])));
            shapes.add(new Shape(
                    "MESSAGE",
                    "crc of segment 1",
                    peer -> peer.message(TYPE, 1, 1, new byte[9]).corruptCrc(0, 1)));
            shapes.add(new Shape(
                    "MESSAGE",
                    "crc of segment 2",
                    peer -> peer.message(TYPE, 1, 1, new byte[9]).corruptCrc(1, 1)));
            shapes.add(new Shape(
                    "MESSAGE",
                    "late_status",
                    peer -> peer.message(TYPE, 1, 1, new byte[9]).lateStatus(0x05)));
        } else {
            shapes.add(
                    new Shape("HELLO", "segment of 16385 bytes, at most 16384", peer -> peer.raw(1, new byte[16_385])));
            shapes.add(new Shape("MESSAGE", "before the session is ready", peer -> peer.raw(17, new byte[40])));
        }
        for (Shape shape : shapes) {
            RawPeer peer = listening.peer(stage);
            peer.send(shape.frame().make(peer));
            if (stage == Stage.READY) {
                listening.assertReset(peer, shape.frameName(), shape.problem());
            } else {
                listening.assertRefused(peer, shape.frameName(), shape.problem());
            }
            Dialling dialling =
                    new Dialling(stage, answer -> answer.send(shape.frame().make(answer)));
            if (stage == Stage.READY) {
                dialling.assertReset(shape.frameName(), shape.problem());
            } else {
                dialling.assertRetried(shape.frameName(), shape.problem());
            }
        }
        assertThat(atServer.count(Received.class)).isZero();
    }

    /** A frame that is wrong, and what is said of it. */
    private record Shape(String frameName, String problem, FrameMaker frame) {}

    @FunctionalInterface
    private interface FrameMaker {
        RawFrame make(RawPeer peer);
    }

    @Scenario("F23")
    @Test
    void refusesAMessageWhoseHeaderIsShort() {
        Listening listening = new Listening();
        for (int bytes : new int[] {1, 39, 40}) {
            RawPeer peer = listening.peer(Stage.READY);
            peer.send(peer.raw(Tag.MESSAGE.code(), new byte[bytes], new byte[100]));
            assertThat(listening
                            .assertReset(peer, "MESSAGE", "header segment of " + bytes + " bytes", "at least 41")
                            .kind())
                    .isEqualTo(FaultKind.MALFORMED);
        }
    }

    @Scenario("F28")
    @Test
    void dispatchesNoMessageBeforeTheSessionIsReady() {
        Listening listening = new Listening();
        for (Stage stage : EnumSet.of(Stage.HELLO, Stage.AUTH, Stage.SIGNATURE, Stage.SESSION)) {
            RawPeer peer = listening.peer(stage);
            byte[] message =
                    peer.message(MessageType.ECHO.code(), 1, 1, new byte[5000]).bytes();
            // The preamble is enough: nothing is read, or held, of what it announces.
            peer.send(Arrays.copyOf(message, 32));
            listening.assertRefused(peer, "MESSAGE", "before the session is ready");
        }
        assertThat(atServer.count(Received.class)).isZero();
    }

    @Test
    void refusesControlFramesThatAreCutShort() {
        Listening listening = new Listening();
        for (Stage stage : EnumSet.of(Stage.HELLO, Stage.AUTH, Stage.SIGNATURE, Stage.SESSION)) {
            RawPeer whole = listening.peer();
            whole.reach(stage);
            byte[] step = whole.step();
            int tag = step[0];
            byte[] payload = Arrays.copyOfRange(step, 32, step.length - 4);
            whole.close();
            for (int length = 1; length < payload.length; length += 3) {
                RawPeer peer = listening.peer(stage);
                peer.send(peer.raw(tag, Arrays.copyOf(payload, length)));
                listening.assertRefused(peer, Tag.ofCode(tag) + ": ");
            }
        }
    }

    // --- Authentication

    @Scenario({"A03", "A06"})
    @Test
    void namesWhatItAllowsToAPeerThatAsksForAnotherMethodOrMode() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.AUTH);
        for (ControlFrame.AuthRequest request : List.of(
                RawPeer.authRequest(2, List.of(2, 1)),
                RawPeer.authRequest(77, List.of(1)),
                RawPeer.authRequest(1, List.of(2)),
                RawPeer.authRequest(1, List.of(99)))) {
            peer.send(request);
            network.settle();
            assertThat(peer.lastFrame().control())
                    .isEqualTo(new ControlFrame.AuthBadMethod(request.method(), -95, List.of(1), List.of(1)));
        }
        // The same connection may still do better.
        peer.reach(Stage.READY);
        network.settle();
        assertThat(peer.lastFrame().is(Tag.SERVER_IDENT)).isTrue();
        listening.assertOthersWork();
    }

    @Test
    void acceptsAPeerThatNamesNoMode() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.AUTH).send(RawPeer.authRequest(1, List.of()));
        network.settle();
        assertThat(peer.frames().get(1).control()).isInstanceOf(ControlFrame.AuthDone.class);
    }

    @Scenario("A26")
    @Test
    void endsAnAuthenticationThatDoesNotComeToAnEnd() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.AUTH);
        for (int i = 0; i < 16; i++) {
            peer.send(RawPeer.authRequest(2, List.of(2)));
        }
        network.settle();
        assertThat(peer.isClosed()).isFalse();
        assertThat(peer.frames()).hasSize(17);
        peer.send(RawPeer.authRequest(1, List.of(1)));
        listening.assertRefused(peer, "AUTH_REQUEST", "more than 16 rounds");

        Dialling dialling = new Dialling(messenger("client.7").auth(name -> new Talkative(1000)), answer -> {
            answer.reach(Stage.AUTH);
            for (int i = 0; i < 17; i++) {
                answer.send(new ControlFrame.AuthReplyMore(Opaque.zeros(10)));
            }
        });
        assertThat(dialling.assertRetried("AUTH_REPLY_MORE", "more than 16 rounds")
                        .kind())
                .isEqualTo(FaultKind.LIMIT);
    }

    @Scenario("A04")
    @Test
    void saysWhatTheOtherEndAllowsWhenItIsRefused() {
        Dialling dialling = new Dialling(
                Stage.AUTH, peer -> peer.send(new ControlFrame.AuthBadMethod(1, -95, List.of(2, 4), List.of(2, 1))));
        assertThat(dialling.assertRetried("AUTH_BAD_METHOD", "none", "-95", "[cephx, gss]", "[secure, crc]")
                        .kind())
                .isEqualTo(FaultKind.AUTH);
    }

    @Scenario("A09")
    @Test
    void refusesAModeThatItDidNotOffer() {
        for (int mode : new int[] {0, 2, 77}) {
            Dialling dialling =
                    new Dialling(Stage.AUTH, peer -> peer.send(new ControlFrame.AuthDone(1, mode, Opaque.EMPTY)));
            assertThat(dialling.assertRetried("AUTH_DONE", "mode " + mode, "offered were [crc]")
                            .kind())
                    .isEqualTo(FaultKind.AUTH);
        }
    }

    @Scenario("A12")
    @Test
    void signsWithZerosWhileThereIsNoKey() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.SIGNATURE);
        assertThat(peer.lastFrame().control()).isEqualTo(new ControlFrame.AuthSignature(Opaque.zeros(32)));
        Dialling dialling = new Dialling(Stage.SIGNATURE, answer -> {});
        assertThat(dialling.peer().lastFrame().control()).isEqualTo(new ControlFrame.AuthSignature(Opaque.zeros(32)));
        dialling.bad.markDown();
    }

    @Test
    void refusesAWrongSignature() {
        Listening listening = new Listening();
        byte[] wrong = new byte[32];
        wrong[31] = 1;
        RawPeer peer = listening.peer(Stage.SIGNATURE);
        peer.send(new ControlFrame.AuthSignature(Opaque.copyOf(wrong)));
        listening.assertRefused(peer, "AUTH_SIGNATURE", "does not match");
        RawPeer cut = listening.peer(Stage.SIGNATURE);
        listening.assertRefused(cut.send(cut.raw(Tag.AUTH_SIGNATURE.code(), new byte[31])), "AUTH_SIGNATURE", "31");
        Dialling dialling = new Dialling(
                Stage.SIGNATURE, answer -> answer.send(new ControlFrame.AuthSignature(Opaque.copyOf(wrong))));
        assertThat(dialling.assertRetried("AUTH_SIGNATURE", "does not match").kind())
                .isEqualTo(FaultKind.AUTH);
    }

    @Scenario("A24")
    @Test
    void refusesAnAuthPayloadThatIsNone() {
        Listening listening = new Listening();
        for (byte[] payload :
                List.of(new byte[0], new byte[] {1}, new byte[] {5, 8, 0, 0, 0, 1, 0, 0, 0, 'x'}, new byte[] {
                    1, 8, 0, 0, 0, (byte) 0xff, (byte) 0xff, (byte) 0xff, 0x7f, 'x'
                })) {
            RawPeer peer = listening.peer(Stage.AUTH);
            peer.send(new ControlFrame.AuthRequest(1, List.of(1), Opaque.copyOf(payload)));
            listening.assertRefused(peer, "AUTH_REQUEST");
        }
    }

    // --- Session negotiation

    @Scenario("S34")
    @Test
    void refusesAPeerThatLooksForSomebodyElse() {
        Listening listening = new Listening();
        for (EntityAddr target : List.of(
                listening.addr.withNonce(77),
                listening.addr.withPort(1),
                listening.addr.withType(EntityAddr.Type.ANY),
                EntityAddr.BLANK)) {
            RawPeer peer = listening.peer(Stage.SESSION);
            peer.send(RawPeer.clientIdent(EntityAddrVec.parse("any:127.0.0.1:0/99"), target, CephFeatures.MESSENGER));
            listening.assertRefused(peer, "CLIENT_IDENT", "looks for " + target, "we are " + listening.addr);
        }
    }

    @Test
    void refusesAPeerWithoutAddresses() {
        Listening listening = new Listening();
        for (EntityAddrVec addrs : List.of(
                EntityAddrVec.EMPTY, EntityAddrVec.of(EntityAddr.BLANK), EntityAddrVec.parse("any:0.0.0.0:0/99"))) {
            RawPeer peer = listening.peer(Stage.SESSION);
            peer.send(RawPeer.clientIdent(addrs, listening.addr, CephFeatures.MESSENGER));
            listening.assertRefused(peer, "CLIENT_IDENT", "no address");
            RawPeer returning = listening.peer(Stage.SESSION);
            returning.send(new ControlFrame.SessionReconnect(addrs, 1, 2, 3, 4, 5));
            listening.assertRefused(returning, "SESSION_RECONNECT", "no address");
        }
    }

    @Scenario("S35")
    @Test
    void refusesAServerThatIsNotTheOneItDialled() {
        Dialling dialling = new Dialling(
                Stage.SESSION,
                peer -> peer.send(
                        RawPeer.serverIdent(EntityAddrVec.of(peer.target().withNonce(5)), CephFeatures.MESSENGER)));
        assertThat(dialling.assertRetried(
                                "SERVER_IDENT",
                                "wrong node",
                                dialling.addr.withNonce(5).toString(),
                                "dialled was " + dialling.addr)
                        .kind())
                .isEqualTo(FaultKind.AUTH);
        Dialling empty = new Dialling(
                Stage.SESSION, peer -> peer.send(RawPeer.serverIdent(EntityAddrVec.EMPTY, CephFeatures.MESSENGER)));
        empty.assertRetried("SERVER_IDENT", "wrong node");
    }

    @Scenario({"S36", "P09"})
    @Test
    void tellsAPeerExactlyWhichFeaturesItLacks() {
        CephFeatures required = CephFeatures.of(CephFeature.SERVER_KRAKEN, CephFeature.PGID64);
        Listening listening = new Listening(messenger("osd.3")
                .acceptPolicy(
                        Policy.statelessServer().withFeatures(CephFeatures.PACIFIC, CephFeatures.of(CephFeature.UID))));
        // The good client of that one is fine; the strict one is another.
        Messenger strict = start(messenger("osd.4")
                .acceptPolicy(Policy.statelessServer().withFeatures(CephFeatures.PACIFIC, required))
                .dispatcher(atServer));
        EntityAddr addr = bind(strict);
        RawPeer peer = RawPeer.dial(network, raw, addr).reach(Stage.SESSION);
        EntityAddrVec self = EntityAddrVec.parse("any:127.0.0.1:0/99");
        CephFeatures offered = CephFeatures.of(CephFeature.SERVER_JEWEL, CephFeature.UID);
        peer.send(RawPeer.clientIdent(self, addr, offered));
        network.settle();
        CephFeatures missing = new CephFeatures((1L << 14) | (1L << 9) | (1L << 59));
        assertThat(peer.lastFrame().control()).isEqualTo(new ControlFrame.IdentMissingFeatures(missing));
        assertThat(peer.isClosed()).isFalse();
        // It may come back with more on the same connection.
        peer.send(RawPeer.clientIdent(self, addr, offered.or(required).or(CephFeatures.MSGR2_REQUIRED)));
        network.settle();
        assertThat(peer.lastFrame().control()).isInstanceOfSatisfying(ControlFrame.ServerIdent.class, ident -> {
            assertThat(ident.required()).isEqualTo(required.or(CephFeatures.MSGR2_REQUIRED));
            assertThat(ident.supported()).isEqualTo(CephFeatures.PACIFIC);
            assertThat(ident.addrs()).isEqualTo(EntityAddrVec.of(addr));
            assertThat(ident.lossy()).isTrue();
            assertThat(ident.cookie()).isZero();
            assertThat(ident.gid()).isEqualTo(4);
        });
        listening.assertOthersWork();
    }

    @Scenario("S36")
    @Test
    void namesTheFeaturesThatAServerMisses() {
        CephFeatures missing = CephFeatures.of(CephFeature.OSDENC, CephFeature.MSG_AUTH);
        Dialling dialling =
                new Dialling(Stage.SESSION, peer -> peer.send(new ControlFrame.IdentMissingFeatures(missing)));
        assertThat(dialling.assertRetried("IDENT_MISSING_FEATURES", "OSDENC, MSG_AUTH")
                        .kind())
                .isEqualTo(FaultKind.FEATURE);
    }

    @Test
    void tellsAReturningPeerThatItsSessionIsGone() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.SESSION);
        peer.send(new ControlFrame.SessionReconnect(EntityAddrVec.parse("any:127.0.0.1:0/99"), 11, 22, 3, 4, 5));
        network.settle();
        assertThat(peer.lastFrame().control()).isEqualTo(new ControlFrame.SessionReset(true));
        peer.reach(Stage.READY);
        peer.send(peer.message(MessageType.ECHO.code(), 1, 6, new byte[3]));
        network.settle();
        assertThat(peer.lastFrame().is(Tag.MESSAGE)).isTrue();
        listening.assertOthersWork();
    }

    @Test
    void endsANegotiationThatDoesNotComeToAnEnd() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.SESSION);
        for (int i = 0; i < 17; i++) {
            peer.send(new ControlFrame.SessionReconnect(EntityAddrVec.parse("any:127.0.0.1:0/99"), 11, 22, 3, 4, 5));
        }
        listening.assertRefused(peer, "SESSION_RECONNECT", "more than 16");
    }

    @Test
    void retriesAServerThatAsksItToWait() {
        Dialling dialling = new Dialling(Stage.SESSION, peer -> peer.send(peer.raw(Tag.WAIT.code(), new byte[0])));
        dialling.assertRetried("WAIT");
    }

    // --- A ready session

    @Scenario("P28")
    @Test
    void echoesTheStampOfAKeepaliveByteForByte() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.READY);
        for (UTime stamp : List.of(
                new UTime(0, 0), new UTime(1_700_000_000, 999_999_999), new UTime(0xffff_ffffL, 0xffff_ffffL))) {
            byte[] ping = RawPeer.payload(new ControlFrame.Keepalive2(stamp));
            peer.send(peer.raw(Tag.KEEPALIVE2.code(), ping));
            network.settle();
            assertThat(peer.lastFrame().is(Tag.KEEPALIVE2_ACK)).isTrue();
            assertThat(peer.lastFrame().bytes(0)).isEqualTo(ping);
        }
        listening.assertOthersWork();
    }

    @Scenario("P27")
    @Test
    void ignoresAnswersThatNobodyAskedFor() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.READY);
        peer.send(new ControlFrame.Keepalive2Ack(new UTime(1, 2)))
                .send(new ControlFrame.Ack(0))
                .send(new ControlFrame.Ack(1000))
                .send(new ControlFrame.Ack(-1))
                .send(peer.message(MessageType.ECHO.code(), 1, 6, new byte[3]));
        network.settle();
        assertThat(peer.lastFrame().is(Tag.MESSAGE)).isTrue();
        assertThat(peer.isClosed()).isFalse();
        listening.assertOthersWork();
    }

    @Scenario({"P25", "P26"})
    @Test
    void dropsDuplicatesAcceptsGapsAndReadsOn() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.READY);
        long[] seqs = {1, 1, 2, 5, 3, 5, 6, 0, -1, 7};
        for (int i = 0; i < seqs.length; i++) {
            peer.send(peer.message(TYPE, seqs[i], 100 + i, new byte[50]));
        }
        network.settle();
        // As an unsigned number, -1 is the largest of all: nothing comes after it.
        assertThat(atServer.tids()).containsExactly(100L, 102L, 103L, 106L, 108L);
        assertThat(peer.isClosed()).isFalse();
        peer.send(new ControlFrame.Keepalive2(new UTime(1, 2)));
        network.settle();
        assertThat(peer.lastFrame().is(Tag.KEEPALIVE2_ACK)).isTrue();
        listening.assertOthersWork();
    }

    @Scenario("F13")
    @Test
    void skipsAMessageThatItsSenderAborted() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer(Stage.READY);
        peer.send(peer.message(TYPE, 1, 1, new byte[5000]).lateStatus(0x01));
        peer.send(peer.message(TYPE, 1, 2, new byte[5000]));
        network.settle();
        assertThat(atServer.tids()).containsExactly(2L);
        listening.assertOthersWork();
    }

    @Test
    void survivesAPeerThatLeavesInTheMiddleOfAMessage() {
        Listening listening = new Listening();
        byte[] whole = listening
                .peer(Stage.READY)
                .message(TYPE, 1, 1, new byte[60_000])
                .bytes();
        for (int cut : new int[] {1, 31, 32, 33, 72, 73, 77, 78, 30_000, whole.length - 1}) {
            RawPeer peer = listening.peer(Stage.READY);
            peer.send(Arrays.copyOf(whole, cut));
            network.settle();
            peer.close();
            listening.assertReset(peer, "closed the connection");
        }
        assertThat(atServer.count(Received.class)).isZero();
    }

    @Test
    void survivesAPeerThatLeavesAtAnyStage() {
        Listening listening = new Listening();
        for (Stage stage : Stage.values()) {
            if (stage != Stage.READY) {
                RawPeer peer = listening.peer(stage);
                peer.close();
                network.settle();
                listening.assertRefused(peer, "closed the connection while waiting for ");
            }
        }
    }

    @Scenario("F29")
    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1000})
    void understandsAPeerHoweverItsBytesAreCut(int chunkBytes) {
        Listening listening = new Listening();
        RawPeer peer = listening.peer();
        byte[] message =
                peer.message(MessageType.ECHO.code(), 1, 6, new byte[3000]).bytes();
        byte[] steps = peer.allSteps();
        byte[] all = Arrays.copyOf(steps, steps.length + message.length);
        System.arraycopy(message, 0, all, steps.length, message.length);
        for (int at = 0; at < all.length; at += chunkBytes) {
            peer.send(Arrays.copyOfRange(all, at, Math.min(all.length, at + chunkBytes)));
        }
        network.settle();
        assertThat(peer.lastFrame().is(Tag.MESSAGE)).isTrue();
        assertThat(peer.lastFrame().bytes(1)).hasSize(3000);
        listening.assertOthersWork();
    }

    @Test
    void understandsAPeerThatSaysEverythingAtOnce() {
        Listening listening = new Listening();
        RawPeer peer = listening.peer();
        byte[] steps = peer.allSteps();
        byte[] first = peer.message(MessageType.ECHO.code(), 1, 6, new byte[3]).bytes();
        byte[] second = peer.message(MessageType.ECHO.code(), 2, 7, new byte[3]).bytes();
        byte[] all = Arrays.copyOf(steps, steps.length + first.length + second.length);
        System.arraycopy(first, 0, all, steps.length, first.length);
        System.arraycopy(second, 0, all, steps.length + first.length, second.length);
        peer.send(all);
        network.settle();
        assertThat(peer.frames().stream().filter(frame -> frame.is(Tag.MESSAGE)))
                .hasSize(2);

        Dialling dialling = new Dialling(answer -> {
            byte[] answers = answer.allSteps();
            byte[] message = answer.message(TYPE, 1, 9, new byte[3]).bytes();
            byte[] both = Arrays.copyOf(answers, answers.length + message.length);
            System.arraycopy(message, 0, both, answers.length, message.length);
            answer.send(both);
        });
        assertThat(atClient.tids()).containsExactly(9L);
        dialling.assertOthersWork();
    }

    /** Authentication without secrets that takes some rounds: what method NONE does not have. */
    private static final class Talkative implements AuthProvider {
        private final int rounds;

        Talkative(int rounds) {
            this.rounds = rounds;
        }

        @Override
        public AuthClient client(EntityType peerType) {
            Offer offer = new Offer(AuthMethod.NONE);
            return new AuthClient() {
                @Override
                public AuthClient.Offer start() {
                    return offer.get();
                }

                @Override
                public Opaque replyMore(Opaque payload) {
                    return payload;
                }

                @Override
                public AuthOutcome done(long globalId, ConnectionMode mode, Opaque payload) {
                    return outcome(peerType);
                }

                @Override
                public AuthClient.Offer badMethod(
                        int method, int result, List<Integer> allowedMethods, List<Integer> allowedModes) {
                    return offer.get();
                }
            };
        }

        private record Offer(AuthMethod method) {
            AuthClient.Offer get() {
                return new AuthClient.Offer(
                        method,
                        List.of(ConnectionMode.CRC),
                        RawPeer.authRequest(1, List.of()).payload());
            }
        }

        private static AuthOutcome outcome(EntityType type) {
            PeerIdentity peer = new PeerIdentity(AuthMethod.NONE, new EntityName(type, "x"), 1);
            return new AuthOutcome(peer, SessionKey.NONE, Opaque.EMPTY);
        }

        @Override
        public AuthServer server(EntityType peerType) {
            return new AuthServer() {
                private int left = rounds;

                @Override
                public AuthReply request(int method, List<Integer> preferredModes, Opaque payload) {
                    // The good client of a test has to be let in: it does not answer questions.
                    return Arrays.equals(
                                    payload.toByteArray(),
                                    RawPeer.authRequest(1, List.of()).payload().toByteArray())
                            ? more(payload)
                            : done(peerType);
                }

                @Override
                public AuthReply requestMore(Opaque payload) {
                    return --left > 0 ? more(payload) : done(peerType);
                }

                private AuthReply more(Opaque payload) {
                    return new AuthReply.More(payload);
                }

                private AuthReply done(EntityType type) {
                    return new AuthReply.Done(1, ConnectionMode.CRC, Opaque.EMPTY, outcome(type));
                }
            };
        }
    }
}
