package org.msgr2.confd.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.confd.luxi.Fixtures;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.testing.TestServiceContext;
import org.msgr2.session.transport.ByteStream;
import org.msgr2.session.transport.ListenerHandle;
import org.msgr2.session.transport.StreamListener;
import org.msgr2.session.transport.Transport;

/** The query socket on sockets within the process and on real ones. */
class QuerySocketTest {
    private static final String TAGS = "{\"method\":\"QueryTags\",\"args\":[\"cluster\",\"\"]}\3";
    private static final String TAGS_ANSWER = "{\"success\":true,\"result\":[\"alpha\",\"beta:1\"]}\3";

    @TempDir
    private Path directory;

    static Stream<Arguments> networks() {
        return Stream.of(
                Arguments.of("in process", (Supplier<TestNetwork>) TestNetwork::inProcess),
                Arguments.of("nio", (Supplier<TestNetwork>) () -> TestNetwork.netty(NettyIo.NIO)),
                Arguments.of("epoll", (Supplier<TestNetwork>) () -> TestNetwork.netty(NettyIo.EPOLL)));
    }

    /** A client that collects what it hears. */
    private static final class Client implements StreamListener {
        private final ByteArrayOutputStream received = new ByteArrayOutputStream();
        final CompletableFuture<ByteStream> open = new CompletableFuture<>();
        final CompletableFuture<Void> closed = new CompletableFuture<>();
        final AtomicReference<String> text = new AtomicReference<>("");

        @Override
        public void onOpen(ByteStream stream) {
            open.complete(stream);
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            received.writeBytes(ByteBufUtil.getBytes(bytes));
            bytes.release();
            text.set(received.toString(UTF_8));
        }

        @Override
        public void onWritable() {}

        @Override
        public void onClosed(@Nullable Throwable cause) {
            closed.complete(null);
        }

        void send(String calls) {
            ByteStream stream = open.join();
            stream.loop().execute(() -> {
                stream.write(Unpooled.copiedBuffer(calls, UTF_8));
                stream.flush();
            });
        }
    }

    private UnixDomainSocketAddress address() {
        return UnixDomainSocketAddress.of(directory.resolve("ganeti-query"));
    }

    private ListenerHandle listen(Transport transport, java.util.concurrent.Executor workers) throws IOException {
        return QuerySocket.listen(
                new TestServiceContext(transport, workers, Map.of()), address().getPath(), Fixtures.small());
    }

    private Client connect(TestNetwork network, Transport transport) {
        Client client = new Client();
        transport.sockets().connect(address(), client, client.open::completeExceptionally);
        network.get("open", client.open);
        return client;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void answersCallsOfSeveralClientsInOrder(String name, Supplier<TestNetwork> networks) throws IOException {
        try (TestNetwork network = networks.get()) {
            Transport transport = network.transport(PooledByteBufAllocator.DEFAULT);
            try (ListenerHandle listener = listen(transport, network.workers())) {
                Client first = connect(network, transport);
                Client second = connect(network, transport);
                first.send(TAGS + TAGS);
                second.send(TAGS.substring(0, 10));
                second.send(TAGS.substring(10));
                network.await("two answers", () -> first.text.get().equals(TAGS_ANSWER + TAGS_ANSWER));
                network.await("one answer", () -> second.text.get().equals(TAGS_ANSWER));
                assertThat(listener.streams()).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void closesAfterTheErrorForBytesThatAreNoCall(String name, Supplier<TestNetwork> networks) throws IOException {
        try (TestNetwork network = networks.get()) {
            Transport transport = network.transport(PooledByteBufAllocator.DEFAULT);
            try (ListenerHandle listener = listen(transport, network.workers())) {
                Client client = connect(network, transport);
                client.send(TAGS + "garbage\3" + TAGS);
                network.get("closed", client.closed);
                assertThat(client.text.get())
                        .startsWith(TAGS_ANSWER + "{\"success\":false,\"result\":\"Failed to parse request: ")
                        .endsWith("\3");
                network.await("forgotten", () -> listener.streams() == 0);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("networks")
    void asksWorkersForOneQueryOfAClientAtATime(String name, Supplier<TestNetwork> networks) throws IOException {
        try (TestNetwork network = networks.get()) {
            Transport transport = network.transport(PooledByteBufAllocator.DEFAULT);
            HeldExecutor workers = new HeldExecutor(network.workers());
            try (ListenerHandle listener = listen(transport, workers)) {
                Client client = connect(network, transport);
                client.send(TAGS.repeat(100));
                network.await("a query", () -> workers.held() == 1);
                client.send(TAGS.repeat(100));
                network.settle();
                assertThat(workers.held()).isEqualTo(1);
                workers.release();
                network.await("all answers", () -> client.text.get().equals(TAGS_ANSWER.repeat(200)));
                assertThat(listener.refused()).isZero();
            }
        }
    }
}
