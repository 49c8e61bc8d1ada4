package org.msgr2.session.transport;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.testing.TestNetwork;

/** What a service's listener for streams does, on every transport, at a port and at a path. */
public abstract class SocketsContractTest {
    static final StreamOptions OPTIONS = StreamOptions.of(Limits.defaults());

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @TempDir
    Path directory;

    TestNetwork network;
    Sockets server;
    Sockets client;
    private final List<StreamProbe> clients = new CopyOnWriteArrayList<>();

    protected abstract TestNetwork newNetwork();

    @BeforeEach
    void open() {
        network = newNetwork();
        server = network.transport(leaks.allocator()).sockets();
        client = network.transport(leaks.allocator()).sockets();
    }

    @AfterEach
    void close() {
        network.close();
        clients.forEach(probe -> assertThat(probe.breaches()).isEmpty());
    }

    /** Answers with what it gets. */
    static final class Echo implements StreamListener {
        private @Nullable ByteStream stream;
        volatile @Nullable PeerCredentials credentials;

        @Override
        public void onOpen(ByteStream opened) {
            stream = opened;
            credentials = opened.peerCredentials();
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            stream.write(bytes);
            stream.flush();
        }

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(@Nullable Throwable cause) {}
    }

    final SocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    final SocketAddress path(String name) {
        return UnixDomainSocketAddress.of(directory.resolve(name));
    }

    private List<SocketAddress> kinds() {
        return List.of(anyPort(), path("echo.sock"));
    }

    final StreamProbe dial(SocketAddress addr) {
        StreamProbe probe = new StreamProbe();
        clients.add(probe);
        client.connect(addr, probe, probe.open()::completeExceptionally);
        return probe;
    }

    final void assertEchoes(SocketAddress addr) {
        StreamProbe probe = dial(addr);
        ByteStream stream = network.get("it opens", probe.open());
        stream.loop().execute(() -> {
            stream.write(leaks.allocator().buffer().writeBytes("hello".getBytes(UTF_8)));
            stream.flush();
        });
        network.await("the echo comes", () -> probe.received().length == 5);
        assertThat(new String(probe.received(), UTF_8)).isEqualTo("hello");
    }

    @Test
    void acceptsStreams() throws IOException {
        for (SocketAddress addr : kinds()) {
            ListenerHandle listener = server.stream(addr, OPTIONS, Echo::new);
            assertEchoes(listener.localAddr());
            assertThat(listener.streams()).isEqualTo(1);
        }
    }

    @Test
    void closesTheStreamThatIsOneTooMany() throws IOException {
        for (SocketAddress addr : kinds()) {
            ListenerHandle listener = server.stream(addr, OPTIONS.withStreamsMax(2), Echo::new);
            StreamProbe first = dial(listener.localAddr());
            StreamProbe second = dial(listener.localAddr());
            network.await("two are open", () -> listener.streams() == 2);
            StreamProbe third = dial(listener.localAddr());
            network.get("the third is closed", third.closed());
            assertThat(listener.refused()).isEqualTo(1);

            ByteStream gone = network.get("it is open", first.open());
            gone.loop().execute(gone::close);
            network.await("its place is free", () -> listener.streams() == 1);
            assertEchoes(listener.localAddr());
            assertThat(second.closed()).isNotDone();
        }
    }

    @Test
    void streamsOutliveTheirListenerUntilTheyAreClosedToo() throws IOException {
        for (SocketAddress addr : kinds()) {
            ListenerHandle listener = server.stream(addr, OPTIONS, Echo::new);
            StreamProbe probe = dial(listener.localAddr());
            network.get("it is open", probe.open());
            network.await("the other end, too", () -> listener.streams() == 1);
            listener.close();
            listener.close();
            StreamProbe late = dial(listener.localAddr());
            CompletableFuture<Boolean> refused = late.open().handle((stream, failure) -> failure != null);
            assertThat(network.get("nobody listens", refused)).isTrue();
            assertThat(probe.closed()).isNotDone();
            listener.closeStreams();
            network.get("it is closed", probe.closed());
        }
    }

    @Test
    void tellsTheUserThatThePlaceIsTaken() throws IOException {
        for (SocketAddress addr : kinds()) {
            ListenerHandle listener = server.stream(addr, OPTIONS, Echo::new);
            assertThatThrownBy(() -> server.stream(listener.localAddr(), OPTIONS, Echo::new))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot listen on")
                    .hasMessageContaining("in use");
        }
    }

    @Test
    void aPlaceCanBeTakenAgain() throws IOException {
        for (SocketAddress addr : kinds()) {
            ListenerHandle listener = server.stream(addr, OPTIONS, Echo::new);
            listener.close();
            assertEchoes(server.stream(listener.localAddr(), OPTIONS, Echo::new).localAddr());
        }
    }
}
