package org.msgr2.confd.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.msgr2.confd.ConfdCounters;
import org.msgr2.confd.ConfdDatagrams;
import org.msgr2.confd.Vectors;
import org.msgr2.confd.config.ConfigState;
import org.msgr2.confd.engine.ConfdEngine;
import org.msgr2.confd.engine.EngineOptions;
import org.msgr2.confd.wire.ConfdKey;
import org.msgr2.confd.wire.MasterField;
import org.msgr2.confd.wire.WireLimits;
import org.msgr2.confd.wire.WireMode;

/** The client and our server over UDP on loopback. */
class ConfdClientTest {
    private static final ConfdKey KEY = ConfdKey.of(Vectors.bytes("confd-hmac.key"));
    private static final ConfigState SMALL = new ConfigState.Loaded(Vectors.small30());

    private final List<DatagramChannel> servers = new ArrayList<>();

    private static InetAddress address(int... bytes) throws IOException {
        byte[] address = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            address[i] = (byte) bytes[i];
        }
        return InetAddress.getByAddress(address);
    }

    /** A server on a port of the system's choice, until the end of the test. */
    private InetSocketAddress serve(InetAddress address) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        channel.bind(new InetSocketAddress(address, 0));
        servers.add(channel);
        ConfdDatagrams datagrams = datagrams();
        Thread thread = new Thread(() -> serve(channel, datagrams), "test-confd");
        thread.setDaemon(true);
        thread.start();
        return (InetSocketAddress) channel.getLocalAddress();
    }

    private static ConfdDatagrams datagrams() {
        return new ConfdDatagrams(
                KEY,
                WireMode.V3_0,
                WireLimits.DEFAULTS,
                new ConfdEngine(EngineOptions.DEFAULTS),
                () -> SMALL,
                new ConfdCounters());
    }

    private static void serve(DatagramChannel channel, ConfdDatagrams datagrams) {
        ByteBuffer buffer = ByteBuffer.allocate(65_535);
        try {
            while (true) {
                buffer.clear();
                var from = channel.receive(buffer);
                int length = datagrams.answer(buffer.array(), 0, buffer.position(), System.currentTimeMillis() / 1000);
                if (length > 0) {
                    channel.send(ByteBuffer.wrap(datagrams.reply(), 0, length), from);
                }
            }
        } catch (IOException e) {
            // The end of the test.
            return;
        }
    }

    @AfterEach
    void stopServers() throws IOException {
        for (DatagramChannel server : servers) {
            server.close();
        }
    }

    @Test
    void readsAQuorumOverIpv4() throws Exception {
        InetAddress loopback = address(127, 0, 0, 1);
        List<InetSocketAddress> peers = List.of(serve(loopback), serve(loopback), serve(loopback));
        try (ConfdClient client = ConfdClient.open(KEY, peers, ClientOptions.DEFAULTS)) {
            QuorumResult result =
                    client.askAndWait(Question.clusterMaster(MasterField.NAME, MasterField.CLUSTER_IP), Coverage.ALL);
            assertThat(result.newest().answer().toString()).isEqualTo("[\"node1.test.example\",\"192.0.2.1\"]");
            assertThat(result.newest().serial()).isEqualTo(4711);
            assertThat(result.received()).isEqualTo(2);
            assertThat(result.timedOut()).isFalse();
            assertThat(result.consistent()).isTrue();
        }
    }

    @Test
    void readsOverIpv6() throws Exception {
        InetAddress loopback = address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "no IPv6 on this machine");
        try (ConfdClient client = ConfdClient.open(KEY, List.of(serve(loopback)), ClientOptions.DEFAULTS)) {
            QuorumResult result = client.askAndWait(Question.nodeInstances("node5"), 1);
            assertThat(result.newest().answer()).hasSize(2);
        }
    }

    @Test
    void callsBackWithRepliesAndTheExpiry() throws Exception {
        ClientOptions options =
                ClientOptions.DEFAULTS.withExpiryNs(Duration.ofMillis(300).toNanos());
        try (ConfdClient client = ConfdClient.open(KEY, List.of(serve(address(127, 0, 0, 1))), options)) {
            var upcalls = new LinkedBlockingQueue<Upcall<InetSocketAddress>>();
            String salt = client.ask(Question.ping(), 1, upcalls::add).get(10, TimeUnit.SECONDS);
            assertThat(upcalls.poll(10, TimeUnit.SECONDS))
                    .isInstanceOfSatisfying(
                            Upcall.Replied.class,
                            replied ->
                                    assertThat(replied.reply().answer().asInt()).isEqualTo(3000000));
            assertThat(upcalls.poll(10, TimeUnit.SECONDS)).isEqualTo(new Upcall.Expired<>(salt, Question.ping()));
        }
    }

    @Test
    void aPeerThatIsSilentTimesOut() throws Exception {
        ClientOptions options =
                ClientOptions.DEFAULTS.withExpiryNs(Duration.ofMillis(50).toNanos());
        InetSocketAddress peer = serve(address(127, 0, 0, 1));
        ConfdKey other = ConfdKey.of(new byte[] {1});
        try (ConfdClient client = ConfdClient.open(other, List.of(peer), options)) {
            QuorumResult result = client.askAndWait(Question.ping(), 1);
            assertThat(result.timedOut()).isTrue();
            assertThat(result.newest()).isNull();
        }
    }

    /** A peer that loses the first datagram. */
    @Test
    void aLostQuestionIsAskedAgain() throws Exception {
        try (DatagramChannel peer = DatagramChannel.open().bind(new InetSocketAddress(address(127, 0, 0, 1), 0))) {
            ClientOptions options = ClientOptions.DEFAULTS.withResend(new Resend(
                    5, Duration.ofMillis(5).toNanos(), Duration.ofMillis(20).toNanos()));
            var client = ConfdClient.open(KEY, List.of((InetSocketAddress) peer.getLocalAddress()), options);
            try (client) {
                CompletableFuture<QuorumResult> answer = client.ask(Question.ping());
                ByteBuffer first = ByteBuffer.allocate(65_535);
                peer.receive(first);
                ByteBuffer second = ByteBuffer.allocate(65_535);
                var from = peer.receive(second);
                assertThat(second).isEqualTo(first);
                ConfdDatagrams datagrams = datagrams();
                int length = datagrams.answer(second.array(), 0, second.position(), System.currentTimeMillis() / 1000);
                peer.send(ByteBuffer.wrap(datagrams.reply(), 0, length), from);
                assertThat(answer.get(30, TimeUnit.SECONDS).newest().answer().asInt())
                        .isEqualTo(3000000);
            }
        }
    }

    @Test
    void whatItsCallerCancelsIsNotAskedAgain() throws Exception {
        try (DatagramChannel peer = DatagramChannel.open().bind(new InetSocketAddress(address(127, 0, 0, 1), 0))) {
            // The second one comes when the first has long been cancelled; the third only if it was not.
            ClientOptions options = ClientOptions.DEFAULTS.withResend(new Resend(
                    1000, Duration.ofMillis(1).toNanos(), Duration.ofMillis(1).toNanos()));
            var client = ConfdClient.open(KEY, List.of((InetSocketAddress) peer.getLocalAddress()), options);
            try (client) {
                CompletableFuture<QuorumResult> cancelled = client.ask(Question.ping());
                ByteBuffer buffer = ByteBuffer.allocate(65_535);
                peer.receive(buffer);
                cancelled.cancel(false);
                CompletableFuture<QuorumResult> next = client.ask(Question.clusterMaster());
                byte[] last = new byte[0];
                for (int masters = 0; masters < 20; ) {
                    buffer.clear();
                    peer.receive(buffer);
                    last = Arrays.copyOf(buffer.array(), buffer.position());
                    boolean isMaster = new String(last, UTF_8).contains("\\\"type\\\":3");
                    // What was sent before the cancelling may still be on the way, but not behind the next question.
                    assertThat(isMaster || masters == 0).isTrue();
                    masters += isMaster ? 1 : 0;
                }
                next.cancel(false);
            }
        }
    }

    @Test
    void aCallbackThatFailsHarmsNobodyElse() throws Exception {
        ClientOptions options =
                ClientOptions.DEFAULTS.withExpiryNs(Duration.ofMillis(50).toNanos());
        InetSocketAddress peer = serve(address(127, 0, 0, 1));
        try (ConfdClient client = ConfdClient.open(KEY, List.of(peer), options)) {
            CompletableFuture<Upcall<InetSocketAddress>> expired = new CompletableFuture<>();
            client.ask(Question.ping(), 1, upcall -> {
                        if (upcall instanceof Upcall.Expired) {
                            expired.complete(upcall);
                        }
                        throw new IllegalStateException("on purpose");
                    })
                    .get(10, TimeUnit.SECONDS);
            expired.get(10, TimeUnit.SECONDS);
            // It is answered or times out, but the client lives.
            assertThat(client.askAndWait(Question.ping(), 1)).isNotNull();
        }
    }

    @Test
    void closingCancelsWhatIsNotAnswered() throws Exception {
        InetSocketAddress peer = serve(address(127, 0, 0, 1));
        ConfdClient client = ConfdClient.open(ConfdKey.of(new byte[] {1}), List.of(peer), ClientOptions.DEFAULTS);
        CompletableFuture<QuorumResult> unanswered = client.ask(Question.ping());
        client.close();
        assertThatThrownBy(() -> unanswered.get(10, TimeUnit.SECONDS)).isInstanceOf(CancellationException.class);
        assertThatThrownBy(() -> client.askAndWait(Question.ping(), 1)).isInstanceOf(IOException.class);
    }

    @Test
    void peersOfTwoFamiliesAreRefused() throws Exception {
        List<InetSocketAddress> peers = List.of(
                new InetSocketAddress(address(127, 0, 0, 1), 1),
                new InetSocketAddress(address(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1), 1));
        assertThatThrownBy(() -> ConfdClient.open(KEY, peers, ClientOptions.DEFAULTS))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aQuestionThatCannotBeSentFailsItsFuture() throws Exception {
        InetSocketAddress peer = serve(address(127, 0, 0, 1));
        try (ConfdClient client = ConfdClient.open(KEY, List.of(peer), ClientOptions.DEFAULTS)) {
            assertThatThrownBy(() -> client.askAndWait(Question.ping(), 2))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
