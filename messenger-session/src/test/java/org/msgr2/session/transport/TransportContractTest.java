package org.msgr2.session.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.session.testing.TestNetwork;

/** What the messenger relies on in every network. */
public abstract class TransportContractTest {
    private static final int MIB = 1024 * 1024;
    private static final int PIECE_BYTES = 128 * 1024;
    private static final byte[] IPV6_LOOPBACK = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
    /** More than sockets take for a reader that does not read. */
    private static final long PERSISTENT_BYTES = 24L * MIB;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final List<StreamProbe> probes = new ArrayList<>();
    private final Queue<StreamProbe> accepted = new ConcurrentLinkedQueue<>();
    private TestNetwork network;
    private Transport server;
    private Transport client;

    protected abstract TestNetwork newNetwork();

    @BeforeEach
    void open() {
        network = newNetwork();
        server = network.transport(leaks.allocator());
        client = network.transport(leaks.allocator());
    }

    @AfterEach
    void close() {
        network.close();
        accepted.forEach(probes::add);
        for (StreamProbe probe : probes) {
            assertThat(probe.breaches()).isEmpty();
            assertThat(probe.isClosed())
                    .as("a stream that was opened is closed with its transport")
                    .isEqualTo(probe.isConnected());
        }
    }

    // --- Opening

    @Test
    void tellsBothEndsThatTheStreamIsOpen() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        assertThat(listener.addr().port()).isNotZero();
        assertThat(ours.stream().remoteAddr()).isEqualTo(listener.addr());
        assertThat(theirs.stream().localAddr()).isEqualTo(listener.addr());
        assertThat(theirs.stream().remoteAddr()).isEqualTo(ours.stream().localAddr());
        assertThat(theirs.stream().remoteAddr().type()).isEqualTo(EntityAddr.Type.MSGR2);
        assertThat(theirs.stream().remoteAddr().port()).isNotZero();
    }

    @Test
    void neverTellsTheDiallerWithinItsCall() throws IOException {
        Transport.Listener listener = listen();
        Loop loop = client.loop(0);
        StreamProbe probe = probe(stream -> {});
        CompletableFuture<Boolean> toldWithin = new CompletableFuture<>();
        loop.execute(() -> {
            client.connect(listener.addr(), loop, probe, toldWithin::completeExceptionally);
            toldWithin.complete(probe.open().isDone());
        });
        assertThat(network.get("the call returns", toldWithin)).isFalse();
        assertThat(network.get("the stream opens", probe.open()).loop()).isSameAs(loop);
    }

    @Test
    void opensEachStreamOnTheLoopThatItsDiallerNames() throws IOException {
        Transport.Listener listener = listen();
        for (int i = 0; i < client.loops(); i++) {
            StreamProbe probe = probe(stream -> {});
            client.connect(listener.addr(), client.loop(i), probe, probe.open()::completeExceptionally);
            assertThat(network.get("the stream opens", probe.open()).loop()).isSameAs(client.loop(i));
        }
    }

    @Test
    void spreadsAcceptedStreamsOverItsLoops() throws IOException {
        Transport.Listener listener = listen();
        for (int i = 0; i < 4 * server.loops(); i++) {
            dial(listener.addr());
        }
        network.await("all are accepted", () -> accepted.size() == 4 * server.loops() && allOpen(accepted));
        Set<Loop> loops = new HashSet<>();
        accepted.forEach(probe -> loops.add(probe.stream().loop()));
        assertThat(loops).hasSize(server.loops());
    }

    @Test
    void tellsTheDiallerIfNobodyListens() throws IOException {
        Loop loop = client.loop(1);
        StreamProbe probe = probe(stream -> {});
        AtomicBoolean onLoop = new AtomicBoolean();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        // Bound and not listening: a port that were merely free could be another program's by now.
        try (Socket nobody = new Socket()) {
            nobody.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client.connect(EntityAddr.parse("v2:127.0.0.1:" + nobody.getLocalPort()), loop, probe, cause -> {
                onLoop.set(loop.inLoop());
                failure.complete(cause);
            });
            assertThat(network.get("the failure is told", failure)).hasMessageContaining("refused");
        }
        assertThat(onLoop).isTrue();
        network.settle();
        assertThat(probe.open()).isNotDone();
        assertThat(probe.isClosed()).isFalse();
    }

    @Test
    void tellsTheUserThatThePortIsInUse() throws IOException {
        Transport.Listener listener = listen();
        assertThatThrownBy(() -> server.listen(listener.addr(), StreamProbe::new))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot listen on " + listener.addr())
                .hasMessageContaining("in use");
        assertThatThrownBy(() -> client.listen(listener.addr(), StreamProbe::new))
                .isInstanceOf(IOException.class);
    }

    @Test
    void freesThePortOfAClosedListenerAndKeepsItsStreams() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        listener.close();
        Transport.Listener again = server.listen(listener.addr(), StreamProbe::new);
        assertThat(again.addr()).isEqualTo(listener.addr());
        again.close();
        send(ours, new byte[] {1, 2, 3});
        network.await("the stream still carries bytes", () -> theirs.receivedBytes() == 3);
    }

    @Test
    void carriesBytesOverIpv6() throws IOException {
        assumeTrue(hasIpv6(), "this machine has no IPv6 loopback interface");
        Transport.Listener listener = server.listen(EntityAddr.parse("v2:[::1]:0/0"), this::accept);
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        assertThat(listener.addr().toString()).startsWith("v2:[::1]:");
        assertThat(ours.stream().remoteAddr()).isEqualTo(listener.addr());
        assertThat(theirs.stream().remoteAddr().family()).isEqualTo(EntityAddr.FAMILY_INET6);
        send(ours, new byte[] {1, 2, 3});
        network.await("bytes arrive", () -> theirs.receivedBytes() == 3);
    }

    private static boolean hasIpv6() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByAddress(IPV6_LOOPBACK))) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    // --- Bytes

    @Test
    void bringsBytesInOrderWhateverTheirSize() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        byte[] bytes = random(5 * MIB + 1);
        ours.onLoop(stream -> {
            Random sizes = new Random(7);
            for (int at = 0; at < bytes.length; ) {
                int size = Math.min(bytes.length - at, 1 + sizes.nextInt(1 << sizes.nextInt(20)));
                stream.write(buffer(Arrays.copyOfRange(bytes, at, at + size)));
                at += size;
                if (sizes.nextInt(3) == 0) {
                    stream.flush();
                }
            }
            stream.flush();
        });
        network.await("all bytes arrive", () -> theirs.receivedBytes() == bytes.length);
        assertThat(theirs.received()).isEqualTo(bytes);
    }

    @Test
    void carriesBothDirectionsAtOnce() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        byte[] there = random(3 * MIB);
        byte[] back = random(2 * MIB);
        send(ours, there);
        send(theirs, back);
        network.await("there", () -> theirs.receivedBytes() == there.length);
        network.await("and back", () -> ours.receivedBytes() == back.length);
        assertThat(theirs.received()).isEqualTo(there);
        assertThat(ours.received()).isEqualTo(back);
    }

    @Test
    void sendsWhatIsWrittenWithinOnOpen() throws IOException {
        Transport.Listener listener = listen();
        byte[] banner = {'h', 'e', 'l', 'l', 'o'};
        StreamProbe ours = probe(stream -> {
            stream.write(buffer(banner));
            stream.flush();
        });
        client.connect(listener.addr(), client.loop(0), ours, ours.open()::completeExceptionally);
        StreamProbe theirs = acceptedOne();
        network.await("the bytes arrive", () -> theirs.receivedBytes() == banner.length);
        assertThat(theirs.received()).isEqualTo(banner);
    }

    @Test
    void readsNotMoreAtOnceThanItsOwnerWants() throws IOException {
        Transport.Listener listener = server.listen(network.anyPort(), () -> {
            StreamProbe probe = new StreamProbe(stream -> stream.setReadBufferBytes(1000));
            accepted.add(probe);
            return probe;
        });
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        send(ours, new byte[200_000]);
        network.await("the bytes arrive", () -> theirs.receivedBytes() == 200_000);
        assertThat(theirs.largestRead()).isBetween(1, 1000);

        theirs.onLoop(stream -> stream.setReadBufferBytes(100_000));
        network.settle();
        send(ours, new byte[2_000_000]);
        network.await("more bytes arrive", () -> theirs.receivedBytes() == 2_200_000);
        assertThat(theirs.largestRead()).isBetween(1001, 100_000);
    }

    @Test
    void readsNothingWhileItsOwnerDoesNotWantIt() throws IOException {
        Transport.Listener listener = listenPaused();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        byte[] bytes = random(100_000);
        send(ours, bytes);
        network.settle();
        assertThat(theirs.receivedBytes()).isZero();

        theirs.onLoop(stream -> stream.setReading(true));
        network.await("bytes arrive", () -> theirs.receivedBytes() == bytes.length);
        assertThat(theirs.received()).isEqualTo(bytes);
    }

    // --- Back-pressure

    @Test
    void pushesAWriterBackWhoseReaderDoesNotRead() throws IOException {
        AtomicLong written = new AtomicLong();
        StreamProbe ours = dialPersistentWriter(listenPaused().addr(), written);
        StreamProbe theirs = acceptedOne();
        awaitPushedBack(ours, written);

        theirs.onLoop(stream -> stream.setReading(true));
        network.await("the writer goes on", () -> written.get() == PERSISTENT_BYTES);
        network.await("every byte arrives", () -> theirs.receivedBytes() == PERSISTENT_BYTES);
        assertThat(ours.timesWritable()).isPositive();
    }

    @Test
    void pushesAWriterBackEachTimeThatItsReaderDoesNotRead() throws IOException {
        AtomicLong written = new AtomicLong();
        StreamProbe ours = dialPersistentWriter(listenPaused().addr(), written);
        StreamProbe theirs = acceptedOne();
        awaitPushedBack(ours, written);
        long first = written.get();

        theirs.onLoop(stream -> stream.setReading(true));
        network.await("the writer goes on", () -> written.get() > first);
        theirs.onLoop(stream -> stream.setReading(false));
        awaitPushedBack(ours, written);
        theirs.onLoop(stream -> stream.setReading(true));
        network.await("every byte arrives", () -> theirs.receivedBytes() == PERSISTENT_BYTES);
    }

    /** Dials, and writes as long and as often as it may. */
    private StreamProbe dialPersistentWriter(EntityAddr addr, AtomicLong written) {
        StreamProbe probe = probe(stream -> fill(stream, written));
        probe.whenWritable(stream -> fill(stream, written));
        client.connect(addr, client.loop(0), probe, probe.open()::completeExceptionally);
        network.get("the stream opens", probe.open());
        return probe;
    }

    /** Leaves the loop to others after each piece. */
    private void fill(ByteStream stream, AtomicLong written) {
        if (stream.isWritable() && written.get() < PERSISTENT_BYTES) {
            stream.write(buffer(new byte[PIECE_BYTES]));
            written.addAndGet(PIECE_BYTES);
            stream.flush();
            stream.loop().execute(() -> fill(stream, written));
        }
    }

    private void awaitPushedBack(StreamProbe writer, AtomicLong written) {
        long before;
        do {
            before = written.get();
            network.settle();
        } while (written.get() != before);
        assertThat(before).as("bytes written to a reader that does not read").isLessThan(PERSISTENT_BYTES);
        assertThat(isWritable(writer)).isFalse();
    }

    private boolean isWritable(StreamProbe probe) {
        CompletableFuture<Boolean> writable = new CompletableFuture<>();
        probe.onLoop(stream -> writable.complete(stream.isWritable()));
        return network.get("an answer", writable);
    }

    // --- Closing

    @Test
    void tellsBothEndsOnceThatTheStreamIsClosed() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        network.settle(); // what TLS has to say behind its handshake is read: unread bytes would make this a reset
        ours.onLoop(stream -> {
            stream.close();
            stream.close();
            stream.finish();
        });
        network.get("our end", ours.closed());
        network.get("their end", theirs.closed());
        theirs.onLoop(ByteStream::close);
        network.settle();
        assertThat(ours.cause()).isNull();
        assertThat(theirs.cause()).isNull();
    }

    @Test
    void survivesThatBothEndsCloseAtOnce() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        ours.onLoop(ByteStream::close);
        theirs.onLoop(ByteStream::close);
        network.get("our end", ours.closed());
        network.get("their end", theirs.closed());
    }

    @Test
    void closesWithinOnOpen() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = probe(ByteStream::close);
        client.connect(listener.addr(), client.loop(0), ours, ours.open()::completeExceptionally);
        network.get("our end", ours.closed());
        // If it was to be secured, their end may never have been open.
        network.await("the stream is accepted", () -> accepted.size() == 1);
        network.get("their end", accepted.element().closed());
    }

    @Test
    void dropsWhatWasNotFlushedWhenClosed() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        ours.onLoop(stream -> {
            stream.write(buffer(new byte[1000]));
            stream.close();
        });
        network.get("their end", theirs.closed());
        assertThat(theirs.receivedBytes()).isZero();
    }

    @Test
    void sendsEverythingBeforeItFinishes() throws IOException {
        Transport.Listener listener = listenPaused();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        byte[] bytes = random(6 * MIB);
        ours.onLoop(stream -> {
            stream.write(buffer(bytes));
            stream.finish();
        });
        network.settle();
        assertThat(theirs.receivedBytes()).isZero();
        assertThat(theirs.isClosed()).isFalse();

        theirs.onLoop(stream -> stream.setReading(true));
        network.get("their end", theirs.closed());
        network.get("our end", ours.closed());
        assertThat(theirs.received()).isEqualTo(bytes);
    }

    @Test
    void takesBuffersAndGivesThemBackAfterItIsClosed() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        acceptedOne();
        ours.onLoop(stream -> {
            stream.write(buffer(new byte[10]));
            stream.close();
            stream.write(buffer(new byte[100_000]));
            stream.flush();
        });
        network.get("our end", ours.closed());
        CompletableFuture<Void> late = new CompletableFuture<>();
        ours.onLoop(stream -> {
            stream.write(buffer(new byte[10]));
            stream.flush();
            stream.write(buffer(new byte[10]));
            stream.finish();
            stream.setReading(false);
            stream.setReading(true);
            stream.setReadBufferBytes(100);
            late.complete(null);
        });
        network.get("the late writer", late);
    }

    @Test
    void givesBuffersBackThatAPeerNeverReads() throws IOException {
        AtomicLong written = new AtomicLong();
        StreamProbe ours = dialPersistentWriter(listenPaused().addr(), written);
        StreamProbe theirs = acceptedOne();
        awaitPushedBack(ours, written);
        theirs.onLoop(ByteStream::close);
        network.get("their end", theirs.closed());
        network.get("our end", ours.closed());
        network.settle();
        assertThat(leaks.heldBytes()).isZero();
    }

    @Test
    void closesItsStreamsWhenItIsClosed() throws IOException {
        Transport.Listener listener = listen();
        List<StreamProbe> dialled = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            dialled.add(dial(listener.addr()));
        }
        network.await("all are accepted", () -> accepted.size() == 5 && allOpen(accepted));
        server.close();
        for (StreamProbe probe : dialled) {
            network.get("our end", probe.closed());
        }
        accepted.forEach(probe -> network.get("their end", probe.closed()));
    }

    @Test
    void closesWhileItsPeersWrite() throws IOException {
        Transport.Listener listener = listen();
        StreamProbe ours = dial(listener.addr());
        StreamProbe theirs = acceptedOne();
        AtomicLong rounds = new AtomicLong();
        ours.onLoop(stream -> writeUntilClosed(ours, rounds));
        network.await("bytes flow", () -> theirs.receivedBytes() > 100_000);
        server.close();
        network.get("our end", ours.closed());
        network.get("their end", theirs.closed());
    }

    private void writeUntilClosed(StreamProbe probe, AtomicLong rounds) {
        ByteStream stream = probe.stream();
        for (int i = 0; i < 3; i++) {
            stream.write(buffer(new byte[1000]));
            stream.flush();
        }
        if (!probe.isClosed() && rounds.incrementAndGet() < 100_000) {
            stream.loop().execute(() -> writeUntilClosed(probe, rounds));
        }
    }

    // --- What the tests are made of

    private Transport.Listener listen() throws IOException {
        return server.listen(network.anyPort(), this::accept);
    }

    private StreamProbe accept() {
        StreamProbe probe = new StreamProbe();
        accepted.add(probe);
        return probe;
    }

    private Transport.Listener listenPaused() throws IOException {
        return server.listen(network.anyPort(), () -> {
            StreamProbe probe = new StreamProbe(stream -> stream.setReading(false));
            accepted.add(probe);
            return probe;
        });
    }

    /** An address on which nobody listens any more. */
    private StreamProbe probe(Consumer<ByteStream> whenOpen) {
        StreamProbe probe = new StreamProbe(whenOpen);
        probes.add(probe);
        return probe;
    }

    private StreamProbe dial(EntityAddr addr) {
        StreamProbe probe = probe(stream -> {});
        client.connect(addr, client.loop(0), probe, probe.open()::completeExceptionally);
        network.get("the stream opens", probe.open());
        return probe;
    }

    private StreamProbe acceptedOne() {
        network.await("the stream is accepted", () -> allOpen(accepted) && accepted.size() == 1);
        return accepted.element();
    }

    private static boolean allOpen(Queue<StreamProbe> streams) {
        return streams.stream().allMatch(probe -> probe.open().isDone());
    }

    private void send(StreamProbe from, byte[] bytes) {
        from.onLoop(stream -> {
            stream.write(buffer(bytes));
            stream.flush();
        });
    }

    private ByteBuf buffer(byte[] bytes) {
        return leaks.allocator().buffer(bytes.length).writeBytes(bytes);
    }

    private static byte[] random(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }
}
