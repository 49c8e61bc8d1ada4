package org.msgr2.confd.calls;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.confd.ConfdOptions;
import org.msgr2.confd.ConfdService;
import org.msgr2.confd.GeneratedCluster;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.client.ClientOptions;
import org.msgr2.confd.client.ConfdClient;
import org.msgr2.confd.client.ConfdNodeClient;
import org.msgr2.confd.client.NodeAnswer;
import org.msgr2.confd.client.Question;
import org.msgr2.confd.client.WatchListener;
import org.msgr2.confd.client.WatchUpdate;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.watch.WatchEvent.Kind;
import org.msgr2.confd.watch.WatchLimits;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.Reply;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Messenger;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.rpc.CallContext;
import org.msgr2.session.rpc.CallException;
import org.msgr2.session.rpc.CallOptions;
import org.msgr2.session.rpc.CalleeInterceptor;
import org.msgr2.session.rpc.Subscription;
import org.msgr2.session.testing.FrameCuts;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.TestNetwork;

/** The whole way: a file changes, the service that a node has started reads it, and who watches or asks over msgr2 hears of it. */
@Timeout(60)
class WatchedFileTest extends NetworkTestBase<TestNetwork> {
    private static final ConfdKey KEY = ConfdKey.of(Vectors.bytes("confd-hmac.key"));
    private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final String SMALL = new String(Vectors.bytes("config-small.data"), StandardCharsets.UTF_8);
    private static final String COUNTER = "/cluster/counter";
    private static final int DATAGRAM_BYTES_MAX = 65_507;

    private static final Limits QUICK = Limits.defaults()
            .withTimeouts(Limits.defaults().timeouts().withBackoff(Duration.ofMillis(1), Duration.ofMillis(5)));

    @TempDir
    Path directory;

    private Path file;
    private ConfdService service;
    private Messenger node;
    private final FrameCuts cuts = new FrameCuts(1);
    private final Heard heard = new Heard();
    private final AtomicInteger watchesBegun = new AtomicInteger();

    private static final class Heard implements WatchListener {
        private final List<WatchUpdate> updates = new CopyOnWriteArrayList<>();
        private final List<CallException> interruptions = new CopyOnWriteArrayList<>();

        @Override
        public void onUpdate(WatchUpdate update) {
            updates.add(update);
        }

        @Override
        public void onInterrupted(CallException why) {
            interruptions.add(why);
        }

        List<Long> serials(Kind kind) {
            return updates.stream()
                    .filter(update -> update.kind() == kind)
                    .map(update -> update.revision().serialNo())
                    .toList();
        }

        WatchUpdate last() {
            return updates.get(updates.size() - 1);
        }
    }

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.NIO);
    }

    @BeforeEach
    void writeFile() throws IOException {
        file = directory.resolve("config.data");
        write(99);
    }

    /** As Ganeti does it: another file in its place. */
    private void write(int serial) throws IOException {
        write(SMALL.replaceFirst("\"cluster\": \\{", "\"cluster\": {\"counter\": " + serial + ", ")
                .replaceFirst("\n \"serial_no\": 99", "\n \"serial_no\": " + serial)
                .getBytes(StandardCharsets.UTF_8));
    }

    private void write(byte[] content) throws IOException {
        Path other = directory.resolve("new");
        Files.write(other, content);
        Files.move(other, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private EntityAddr startNode(EntityAddr at, ConfdCallLimits limits) {
        service = new ConfdService(ConfdOptions.of(file).withCalls(limits).withUdp(ConfdOptions.Udp.of(ANY_PORT, KEY)));
        node = start(network.messenger("osd.1", leaks.allocator(), cuts.on(network.transport(leaks.allocator())))
                .frameObserver(cuts)
                .limits(QUICK)
                .auth(self -> new CapableAuth(self, Map.of("client.admin", "allow rx")))
                .calleeInterceptor(new CalleeInterceptor() {
                    @Override
                    public void starting(CallContext context) {
                        if (context.method().equals(ConfdMethods.WATCH.name())) {
                            watchesBegun.incrementAndGet();
                        }
                    }
                })
                .service(service));
        return bind(node, at);
    }

    private ConfdNodeClient client(EntityAddr addr) {
        return ConfdNodeClient.of(
                start(network.messenger(
                                "client.admin", leaks.allocator(), cuts.on(network.transport(leaks.allocator())))
                        .frameObserver(cuts)
                        .limits(QUICK)),
                EntityType.OSD,
                addr);
    }

    private ConfdNodeClient open(ConfdCallLimits limits) {
        return client(startNode(network.anyPort(), limits));
    }

    private void awaitUpdates(int count) {
        network.await("update " + count, () -> heard.updates.size() >= count);
    }

    private void awaitLoaded(int serial) {
        network.await(
                "the file is read",
                () -> service.config().get() instanceof ConfigState.Loaded loaded
                        && loaded.config().serialNo() == serial);
    }

    @Test
    void everyChangeOfTheFileIsHeardOnceThoughTheConnectionIsCut() throws IOException {
        ConfdNodeClient client = open(ConfdCallLimits.DEFAULTS);
        Subscription watch = client.watch(COUNTER, Opaque.EMPTY, heard);
        awaitUpdates(1);

        for (int serial = 100; serial < 130; serial++) {
            cuts.order(false, 0, serial % 2 == 0); // what tells of it, inside of its frame or right behind
            write(serial);
            awaitUpdates(serial - 98);
        }

        assertThat(heard.serials(Kind.SNAPSHOT)).containsExactly(99L);
        assertThat(heard.serials(Kind.CHANGED))
                .isEqualTo(LongStream.range(100, 130).boxed().toList());
        assertThat(heard.updates).hasSize(31);
        assertThat(cuts.inside()).isEqualTo(15);
        assertThat(heard.interruptions).isNotEmpty();
        watch.close();
    }

    @Test
    void aBadFileIsNoChange() throws IOException {
        ConfdNodeClient client = open(ConfdCallLimits.DEFAULTS);
        Subscription watch = client.watch(COUNTER, Opaque.EMPTY, heard);
        awaitUpdates(1);

        write("{".getBytes(StandardCharsets.UTF_8));
        network.await("it is noticed", () -> !service.health().healthy());
        write(99);
        network.await("it is well", () -> service.health().healthy());
        write(100);
        awaitUpdates(2);

        assertThat(heard.updates).extracting(WatchUpdate::kind).containsExactly(Kind.SNAPSHOT, Kind.CHANGED);
        assertThat(heard.serials(Kind.CHANGED)).containsExactly(100L);
        watch.close();
    }

    @Test
    void whoComesBackWhenTheHistoryHasGoneOnIsToldToResync() throws IOException {
        EntityAddr addr =
                startNode(network.anyPort(), ConfdCallLimits.DEFAULTS.withWatch(new WatchLimits(10, 3, 1 << 20)));
        ConfdNodeClient client = client(addr);
        Subscription first = client.watch(COUNTER, Opaque.EMPTY, heard);
        awaitUpdates(1);
        Opaque token = first.token();
        first.close();
        for (int serial = 100; serial < 105; serial++) {
            write(serial);
            awaitLoaded(serial);
        }

        Subscription second = client.watch(COUNTER, token, heard);
        awaitUpdates(2);
        write(105);
        awaitUpdates(3);

        assertThat(heard.updates)
                .extracting(WatchUpdate::kind)
                .containsExactly(Kind.SNAPSHOT, Kind.RESYNC, Kind.CHANGED);
        assertThat(heard.updates.get(1).values().get(0).value().asInt()).isEqualTo(104);
        assertThat(heard.serials(Kind.CHANGED)).containsExactly(105L);
        second.close();
    }

    @Test
    void aWatchGoesOnInTheMiddleOfAnEvent() throws IOException {
        ConfdNodeClient client = open(ConfdCallLimits.DEFAULTS.withPieces(1 << 20, 1)); // each value is a piece
        Subscription watch = client.watch("/instances", Opaque.EMPTY, heard);
        awaitUpdates(6);
        assertThat(heard.last().more()).isFalse();
        heard.updates.clear();

        cuts.order(false, 2, true); // inside of the third piece
        write(SMALL.replace("\"disks_active\": ", "\"changed\": true, \"disks_active\": ")
                .getBytes(StandardCharsets.UTF_8));
        awaitUpdates(6);
        network.settle();

        assertThat(cuts.inside()).isOne();
        assertThat(heard.interruptions).hasSize(1);
        assertThat(heard.updates).hasSize(6).extracting(WatchUpdate::kind).containsOnly(Kind.CHANGED);
        assertThat(heard.updates).extracting(WatchUpdate::more).containsExactly(true, true, true, true, true, false);
        assertThat(heard.updates)
                .extracting(update -> update.values().get(0).path())
                .doesNotHaveDuplicates();
        assertThat(heard.updates)
                .allSatisfy(update -> assertThat(update.values())
                        .singleElement()
                        .satisfies(
                                value -> assertThat(value.value().get("changed").asBoolean())
                                        .isTrue()));
        watch.close();
    }

    @Test
    void aNodeThatWasRestartedGoesOnIfNothingHasChanged() throws IOException {
        EntityAddr addr = startNode(network.anyPort(), ConfdCallLimits.DEFAULTS);
        ConfdNodeClient client = client(addr);
        Subscription watch = client.watch(COUNTER, Opaque.EMPTY, heard);
        awaitUpdates(1);

        network.close(node);
        startNode(addr, ConfdCallLimits.DEFAULTS);
        network.await("it has come back", () -> watchesBegun.get() == 2);
        Heard another = new Heard();
        Subscription behind = client.watch(COUNTER, Opaque.EMPTY, another);
        network.await("another has begun behind it", () -> another.updates.size() == 1);
        write(100);
        awaitUpdates(2);

        assertThat(heard.updates).extracting(WatchUpdate::kind).containsExactly(Kind.SNAPSHOT, Kind.CHANGED);
        assertThat(heard.last().values().get(0).value().asInt()).isEqualTo(100);
        watch.close();
        behind.close();
    }

    @Test
    void aChangeBehindARestartIsNeverMissed() throws IOException {
        EntityAddr addr = startNode(network.anyPort(), ConfdCallLimits.DEFAULTS);
        Subscription watch = client(addr).watch(COUNTER, Opaque.EMPTY, heard);
        awaitUpdates(1);
        for (int serial = 100; serial < 105; serial++) {
            network.close(node);
            write(serial);
            startNode(addr, ConfdCallLimits.DEFAULTS);
            awaitUpdates(serial - 98);
        }

        assertThat(heard.serials(Kind.SNAPSHOT)).containsExactly(99L);
        assertThat(heard.serials(Kind.RESYNC)).containsExactly(100L, 101L, 102L, 103L, 104L);
        assertThat(heard.updates).hasSize(6);
        watch.close();
    }

    private static List<Question> questions() {
        return List.of(
                Question.ping(),
                Question.nodeRole("node1.test.example"),
                Question.nodeRole("nowhere.test.example"),
                Question.nodePipByInstanceIp(null, "192.0.2.1"),
                Question.clusterMaster(),
                Question.nodePips(),
                Question.masterCandidatePips(),
                Question.instanceIps(null),
                Question.nodeDrbd("node1.test.example"),
                Question.nodeInstances("node1.test.example"),
                Question.instanceDisks("instance1.test.example"),
                Question.configQuery("/instances"),
                Question.configQuery("/disks"),
                Question.configQuery("/nowhere"),
                Question.dataCollectors());
    }

    @Test
    void answersAreThoseOfTheDatagrams() throws Exception {
        ConfdNodeClient client = open(ConfdCallLimits.DEFAULTS);
        try (ConfdClient datagrams = ConfdClient.open(KEY, List.of(service.udpAddr()), ClientOptions.DEFAULTS)) {
            for (Question question : questions()) {
                Reply reply = datagrams.askAndWait(question, 1).newest();
                NodeAnswer answer = network.get("an answer", client.askAsync(question, CallOptions.DEFAULT));

                assertThat(answer.answer()).as(question.toString()).isEqualTo(reply.answer());
                assertThat(answer.status()).as(question.toString()).isEqualTo(reply.status());
                assertThat(answer.serial()).as(question.toString()).isEqualTo(reply.serial());
                assertThat(answer.revision()).isEqualTo(99);
            }
        }
    }

    @Test
    void anAnswerMayBeLongerThanADatagram() throws IOException {
        write(GeneratedCluster.json(20, 400));
        ConfdNodeClient inOne = open(ConfdCallLimits.DEFAULTS);
        JsonNode whole = network.get(
                        "an answer", inOne.askAsync(Question.configQuery("/instances"), CallOptions.DEFAULT))
                .answer();
        network.close(node);
        ConfdNodeClient inPieces = open(ConfdCallLimits.DEFAULTS.withPieces(DATAGRAM_BYTES_MAX, 10_000));
        JsonNode joined = network.get(
                        "an answer", inPieces.askAsync(Question.configQuery("/instances"), CallOptions.DEFAULT))
                .answer();

        assertThat(whole.toString().length()).isBetween(DATAGRAM_BYTES_MAX + 1, 1 << 20);
        assertThat(whole).hasSize(400);
        assertThat(joined).isEqualTo(whole);
    }
}
