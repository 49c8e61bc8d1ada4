package org.msgr2.examples.hello;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.crypto.auth.Access;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.DrainReport;
import org.msgr2.session.Health;
import org.msgr2.session.Messenger;
import org.msgr2.session.Service;
import org.msgr2.session.ServiceContext;
import org.msgr2.session.ServiceOptions;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.transport.DatagramBatch;
import org.msgr2.session.transport.DatagramHandle;

/** The programs of docs/guide/services.md. */
class ServicesGuideTest {

    static final class Counter implements Service {
        static final int ADD = 0x7d01;
        static final int READ = 0x7d02;
        static final int VALUE = 0x7d03;

        private final AtomicLong value = new AtomicLong();
        private volatile Health health = Health.failing("not started");
        private volatile @Nullable DatagramHandle datagrams;

        @Override
        public String name() {
            return "counter";
        }

        @Override
        public Set<Integer> messageTypes() {
            return Set.of(ADD, READ);
        }

        @Override
        public @Nullable Access requires(int messageType) {
            return messageType == ADD ? Access.WRITE : null; // everybody may read
        }

        @Override
        public void start(ServiceContext context) throws IOException {
            context.configuration().requireKnown(Set.of("first", "port"));
            value.set(context.configuration().number("first", 0, 0, 1000));
            int port = (int) context.configuration().number("port", 0, 0, 65535);
            datagrams =
                    context.datagram(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), this::onDatagrams);
            context.meters().gauge("counter.value", value);
            health = Health.OK;
        }

        @Override
        public void handle(Connection connection, Message message) {
            long now = message.type() == ADD ? value.incrementAndGet() : value.get();
            Message reply =
                    Message.builder(VALUE).tid(message.tid()).front(text(now)).build();
            if (!connection.send(reply).accepted()) {
                reply.release();
            }
        }

        private void onDatagrams(DatagramHandle socket, DatagramBatch batch) {
            for (int i = 0; i < batch.size(); i++) {
                socket.send(batch.sender(i), text(value.get())); // all of them leave together
            }
        }

        private static ByteBuf text(long number) {
            return Unpooled.copiedBuffer(Long.toString(number), UTF_8);
        }

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            if (event instanceof SessionEvent.Reset) {
                System.err.println(connection + " is gone");
            }
        }

        @Override
        public CompletionStage<Void> drain() {
            health = Health.failing("draining");
            return CompletableFuture.completedFuture(null); // nothing lasts longer than a message
        }

        @Override
        public Health health() {
            return health;
        }
    }

    @Test
    void hostsAService() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Counter counter = new Counter();

        Messenger node = Messenger.builder("osd.7")
                .meters(registry)
                .service(
                        counter,
                        ServiceOptions.defaults()
                                .withWorkers(1)
                                .withShare(1024 * 1024, 1000)
                                .with("first", "41"))
                .build();
        EntityAddr address = node.bind(EntityAddr.parse("v2:127.0.0.1:0"));

        // The process itself may do everything; a peer needs the capability counter='allow w'.
        Connection ourselves = node.connect(EntityType.OSD, address);
        ourselves.send(Message.builder(Counter.ADD).build());
        Awaitility.await().until(() -> counter.value.get() == 42);

        assertThat(registry.get("counter.value")
                        .tag("service", "counter")
                        .gauge()
                        .value())
                .isEqualTo(42);
        assertThat(ask(counter.datagrams.localAddr())).isEqualTo("42");
        assertPeersMayNotAdd(node, address, counter);

        DrainReport report =
                node.drain(Duration.ofSeconds(5)).toCompletableFuture().join();
        report.unfinished().forEach((service, why) -> System.err.println(service + ": " + why));
        node.close();

        assertThat(report.drained()).containsExactly("counter");
        assertThat(node.health().get("counter").reason()).isEqualTo("draining");
    }

    private static String ask(InetSocketAddress service) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(10_000);
            socket.send(new DatagramPacket(new byte[1], 1, service));
            DatagramPacket answer = new DatagramPacket(new byte[100], 100);
            socket.receive(answer);
            return new String(answer.getData(), 0, answer.getLength(), UTF_8);
        }
    }

    private static void assertPeersMayNotAdd(Messenger node, EntityAddr address, Counter counter) {
        AtomicInteger answers = new AtomicInteger();
        try (Messenger client = Messenger.builder("client.me")
                .dispatcher(new Dispatcher() {
                    @Override
                    public boolean dispatch(Connection connection, Message message) {
                        assertThat(ByteBufUtil.getBytes(message.front())).isEqualTo("42".getBytes(UTF_8));
                        answers.incrementAndGet();
                        return true;
                    }
                })
                .build()) {
            Connection connection = client.connect(EntityType.OSD, address);
            connection.send(Message.builder(Counter.ADD).build());
            connection.send(Message.builder(Counter.READ).build());
            Awaitility.await().until(() -> answers.get() == 1);
            assertThat(node.serviceStats().get("counter").refused()).isEqualTo(1);
            assertThat(counter.value).hasValue(42);
        }
    }
}
