package org.msgr2.session.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.TestNetwork;

/** What a service's datagram socket does, on every transport. */
public abstract class DatagramContractTest {
    private static final DatagramOptions OPTIONS = DatagramOptions.of(Limits.defaults());

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private TestNetwork network;
    private Sockets server;
    private Sockets client;

    protected abstract TestNetwork newNetwork();

    /** Whether datagrams that are there together are told of together. */
    protected boolean tellsTogether() {
        return true;
    }

    @BeforeEach
    void open() {
        network = newNetwork();
        server = network.transport(leaks.allocator()).sockets();
        client = network.transport(leaks.allocator()).sockets();
    }

    @AfterEach
    void close() {
        network.close();
    }

    /** Keeps texts, and answers if it is told to. */
    private static final class Probe implements DatagramListener {
        final List<String> texts = new CopyOnWriteArrayList<>();
        final List<InetSocketAddress> senders = new CopyOnWriteArrayList<>();
        final List<Integer> batches = new CopyOnWriteArrayList<>();
        final AtomicInteger closed = new AtomicInteger();
        volatile boolean onLoop = true;
        volatile boolean answers;
        volatile boolean fails;

        @Override
        public void onDatagrams(DatagramHandle socket, DatagramBatch batch) {
            onLoop &= socket.loop().inLoop();
            batches.add(batch.size());
            for (int i = 0; i < batch.size(); i++) {
                texts.add(batch.payload(i).toString(UTF_8));
                senders.add(batch.sender(i));
                if (answers) {
                    socket.send(batch.sender(i), batch.payload(i).retainedSlice());
                }
            }
            if (fails) {
                throw new IllegalStateException("on purpose");
            }
        }

        @Override
        public void onClosed(@Nullable Throwable cause) {
            closed.incrementAndGet();
        }
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    private ByteBuf text(String text) {
        return leaks.allocator().buffer().writeBytes(text.getBytes(UTF_8));
    }

    @Test
    void carriesDatagramsAndTheirAnswers() throws IOException {
        Probe atServer = new Probe();
        atServer.answers = true;
        Probe atClient = new Probe();
        DatagramHandle service = server.datagram(anyPort(), OPTIONS, atServer);
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, atClient);
        assertThat(service.localAddr().getPort()).isNotZero();

        assertThat(peer.send(service.localAddr(), text("ping"))).isEqualTo(DatagramOutcome.QUEUED);
        network.await("the answer comes", () -> atClient.texts.contains("ping"));

        assertThat(atServer.senders).containsExactly(peer.localAddr());
        assertThat(atClient.senders).containsExactly(service.localAddr());
        assertThat(atServer.onLoop && atClient.onLoop).isTrue();
        network.await(
                "it is counted",
                () -> service.stats().sent() == 1 && service.stats().received() == 1);
    }

    @Test
    void keepsTheBordersOfDatagrams() throws IOException {
        Probe atServer = new Probe();
        DatagramHandle service = server.datagram(anyPort(), OPTIONS, atServer);
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, new Probe());
        for (String text : List.of("one", "two", "three")) {
            peer.send(service.localAddr(), text(text));
        }
        network.await("all come", () -> atServer.texts.size() == 3);
        assertThat(atServer.texts).containsExactly("one", "two", "three");
    }

    @Test
    void tellsOfManyTogetherAndNeverOfMoreThanABatch() throws IOException {
        Probe atServer = new Probe();
        DatagramHandle service = server.datagram(anyPort(), OPTIONS.withReceive(64, 8), atServer);
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, new Probe());
        CountDownLatch sent = new CountDownLatch(1);
        if (!(network instanceof TestNetwork.Virtual)) {
            service.loop().execute(() -> await(sent)); // so that they are there together
        }
        List<String> texts =
                IntStream.range(0, 100).mapToObj(i -> "datagram " + i).toList();
        texts.forEach(text -> peer.send(service.localAddr(), text(text)));
        network.get("they are sent", CompletableFuture.runAsync(() -> {}, peer.loop()));
        sent.countDown();

        network.await("all come", () -> atServer.texts.size() == 100);
        assertThat(atServer.texts).containsExactlyElementsOf(texts);
        assertThat(atServer.batches).allMatch(size -> size >= 1 && size <= 8);
        if (tellsTogether()) {
            assertThat(atServer.batches).hasSizeLessThan(50);
        }
        assertThat(service.stats().batches()).isEqualTo(atServer.batches.size());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void carriesTheLargestAndRefusesWhatIsLarger() throws IOException {
        Probe atServer = new Probe();
        DatagramHandle service = server.datagram(anyPort(), OPTIONS, atServer);
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, new Probe());
        int largest = DatagramHandle.PAYLOAD_BYTES_MAX;
        assertThat(peer.send(service.localAddr(), leaks.allocator().buffer().writeZero(largest + 1)))
                .isEqualTo(DatagramOutcome.TOO_LARGE);
        assertThat(peer.send(service.localAddr(), leaks.allocator().buffer().writeZero(largest)))
                .isEqualTo(DatagramOutcome.QUEUED);
        network.await("it comes", () -> !atServer.texts.isEmpty());
        assertThat(atServer.texts).hasSize(1).allMatch(text -> text.length() == largest);
    }

    @Test
    void dropsWhatIsLongerThanTheOwnerWants() throws IOException {
        Probe atServer = new Probe();
        DatagramHandle service = server.datagram(anyPort(), OPTIONS.withReceive(4, 8), atServer);
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, new Probe());
        peer.send(service.localAddr(), text("12345"));
        peer.send(service.localAddr(), text("1234"));
        network.await("the short one comes", () -> !atServer.texts.isEmpty());
        assertThat(atServer.texts).containsExactly("1234");
        assertThat(service.stats().tooLarge()).isEqualTo(1);
    }

    @Test
    void cutsWhatIsLongerForAnOwnerThatWantsItsBeginning() throws IOException {
        Probe atServer = new Probe();
        DatagramHandle service =
                server.datagram(anyPort(), OPTIONS.withReceive(4, 8).withLongerCut(), atServer);
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, new Probe());
        for (String text : List.of("12345", "abcd", "long".repeat(1000), "123")) {
            peer.send(service.localAddr(), text(text));
        }
        network.await("all come", () -> atServer.texts.size() == 4);
        assertThat(atServer.texts).containsExactly("1234", "abcd", "long", "123");
        assertThat(service.stats().tooLarge()).isEqualTo(2);
    }

    @Test
    void anOwnerThatThrowsLosesItsBatchOnly() throws IOException {
        Probe atServer = new Probe();
        atServer.fails = true;
        DatagramHandle service = server.datagram(anyPort(), OPTIONS, atServer);
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, new Probe());
        try (LogCapture log = LogCapture.of("org.msgr2.session")) {
            peer.send(service.localAddr(), text("first"));
            network.await("it is counted", () -> service.stats().failed() == 1);
            atServer.fails = false;
            peer.send(service.localAddr(), text("second"));
            network.await("the next comes", () -> atServer.texts.contains("second"));
            assertThat(log.lines()).hasSize(1).first().asString().contains("failed");
        }
    }

    @Test
    void sendingToNobodyHarmsNobody() throws IOException {
        Probe probe = new Probe();
        DatagramHandle gone = server.datagram(anyPort(), OPTIONS, new Probe());
        InetSocketAddress nobody = gone.localAddr();
        gone.close();
        DatagramHandle service = server.datagram(anyPort(), OPTIONS, probe);
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, new Probe());
        assertThat(peer.send(nobody, text("lost"))).isEqualTo(DatagramOutcome.QUEUED);
        peer.send(service.localAddr(), text("kept"));
        network.await("the other comes", () -> probe.texts.contains("kept"));
        assertThat(probe.texts).containsExactly("kept");
    }

    @Test
    void aClosedSocketSendsNothingAndItsPortIsFree() throws IOException {
        Probe probe = new Probe();
        DatagramHandle service = server.datagram(anyPort(), OPTIONS, probe);
        InetSocketAddress addr = service.localAddr();
        service.close();
        service.close();
        network.await("the owner is told", () -> probe.closed.get() == 1);
        assertThat(service.send(addr, text("late"))).isEqualTo(DatagramOutcome.CLOSED);
        assertThat(service.localAddr()).isEqualTo(addr);
        assertThat(server.datagram(addr, OPTIONS, new Probe()).localAddr()).isEqualTo(addr);
        assertThat(probe.closed).hasValue(1);
    }

    @Test
    void tellsTheUserThatThePortIsInUse() throws IOException {
        DatagramHandle service = server.datagram(anyPort(), OPTIONS, new Probe());
        assertThatThrownBy(() -> server.datagram(service.localAddr(), OPTIONS, new Probe()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot receive datagrams at")
                .hasMessageContaining("in use");
    }

    @Test
    void payloadsThatAreKeptStayAsTheyAre() throws IOException {
        List<ByteBuf> kept = new CopyOnWriteArrayList<>();
        DatagramHandle service = server.datagram(
                anyPort(),
                OPTIONS,
                (socket, batch) -> IntStream.range(0, batch.size())
                        .forEach(i -> kept.add(batch.payload(i).retain())));
        DatagramHandle peer = client.datagram(anyPort(), OPTIONS, new Probe());
        for (int i = 0; i < 50; i++) {
            peer.send(service.localAddr(), text("number " + i));
        }
        network.await("all come", () -> kept.size() == 50);
        assertThat(kept.stream().map(payload -> payload.toString(UTF_8)).toList())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 50).mapToObj(i -> "number " + i).toList());
        kept.forEach(ByteBuf::release);
    }

    @Test
    void itsTransportClosesIt() throws IOException {
        Probe probe = new Probe();
        server.datagram(anyPort(), OPTIONS, probe);
        network.close();
        network.await("the owner is told", () -> probe.closed.get() == 1);
    }
}
