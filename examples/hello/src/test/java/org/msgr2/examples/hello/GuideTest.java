package org.msgr2.examples.hello;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.mon.MonMap;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.Service;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.inproc.InProcNetwork;
import org.msgr2.session.inproc.InProcTransport;

/** The programs of docs/guide/embedding.md, which quotes them; {@link PagesTest} compares. */
class GuideTest {

    static final class UpperCase implements Service {
        static final int REQUEST = 0x7d01;
        static final int REPLY = 0x7d02;

        @Override
        public String name() {
            return "upper";
        }

        @Override
        public Set<Integer> messageTypes() {
            return Set.of(REQUEST);
        }

        @Override
        public void handle(Connection connection, Message request) {
            String text = request.front().toString(UTF_8).toUpperCase(Locale.ROOT);
            Message reply = Message.builder(REPLY)
                    .tid(request.tid())
                    .front(Unpooled.copiedBuffer(text, UTF_8))
                    .build();
            if (!connection.send(reply).accepted()) {
                reply.release(); // full or closed: the message is still ours
            }
        }
    }

    static final class Calls implements Dispatcher {
        private final Map<Long, CompletableFuture<String>> waiting = new ConcurrentHashMap<>();
        private final AtomicLong lastTid = new AtomicLong();

        CompletableFuture<String> call(Connection connection, String text) {
            long tid = lastTid.incrementAndGet();
            CompletableFuture<String> reply = new CompletableFuture<>();
            waiting.put(tid, reply);
            Message request = Message.builder(UpperCase.REQUEST)
                    .tid(tid)
                    .front(Unpooled.copiedBuffer(text, UTF_8))
                    .build();
            SendResult result = connection.send(request);
            if (!result.accepted()) {
                request.release();
                waiting.remove(tid);
                reply.completeExceptionally(new IllegalStateException("not sent: " + result.outcome()));
            }
            return reply;
        }

        void failAll(String why) {
            waiting.values().forEach(reply -> reply.completeExceptionally(new IllegalStateException(why)));
            waiting.clear();
        }

        @Override
        public boolean dispatch(Connection connection, Message message) {
            if (message.type() != UpperCase.REPLY) {
                return false; // not ours: the next dispatcher is asked
            }
            CompletableFuture<String> reply = waiting.remove(message.tid());
            if (reply != null) {
                reply.complete(message.front().toString(UTF_8));
            }
            return true;
        }
    }

    @Test
    void callsAServiceOverTcp() throws Exception {
        Calls calls = new Calls();
        Messenger node = Messenger.builder("osd.7").service(new UpperCase()).build();
        EntityAddr address = node.bind(EntityAddr.parse("v2:127.0.0.1:0"));

        Messenger client = Messenger.builder("client.me").dispatcher(calls).build();
        Connection connection = client.connect(EntityType.OSD, address);
        connection.closed().thenRun(() -> calls.failAll("the connection has ended"));
        String answer = calls.call(connection, "hello").get(10, SECONDS);

        client.close();
        node.close();

        assertThat(answer).isEqualTo("HELLO");
    }

    @Test
    void upperCasesInProcess() throws Exception {
        Calls calls = new Calls();
        try (InProcTransport network = new InProcTransport(new InProcNetwork(), 2, ByteBufAllocator.DEFAULT);
                Messenger node = Messenger.builder("osd.7")
                        .transport(network)
                        .service(new UpperCase())
                        .build();
                Messenger client = Messenger.builder("client.me")
                        .transport(network)
                        .dispatcher(calls)
                        .build()) {
            EntityAddr address = node.bind(EntityAddr.parse("v2:10.0.0.1:3400"));
            Connection connection = client.connect(EntityType.OSD, address);
            assertThat(calls.call(connection, "hello").get(10, SECONDS)).isEqualTo("HELLO");
        }
    }

    @Test
    void failsCallsWhoseConnectionEnds() {
        Calls calls = new Calls();
        try (InProcTransport network = new InProcTransport(new InProcNetwork(), 2, ByteBufAllocator.DEFAULT);
                Messenger client = Messenger.builder("client.me")
                        .transport(network)
                        .dispatcher(calls)
                        .build()) {
            Connection connection = client.connect(EntityType.OSD, EntityAddr.parse("v2:10.0.0.1:3400"));
            connection.closed().thenRun(() -> calls.failAll("the connection has ended"));
            CompletableFuture<String> reply = calls.call(connection, "hello");
            connection.markDown();
            assertThatThrownBy(() -> reply.get(10, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("the connection has ended");
            assertThatThrownBy(() -> calls.call(connection, "hello").get(10, SECONDS))
                    .isInstanceOf(ExecutionException.class)
                    .hasMessageContaining("not sent: CLOSED");
        }
    }

    static final class Events implements Dispatcher {
        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            if (event instanceof SessionEvent.AttemptFailed failed) {
                System.err.println("attempt " + failed.attempt() + ": "
                        + failed.cause().getMessage() + "; again in " + failed.retryIn());
            } else if (event instanceof SessionEvent.Reset reset) {
                System.err.println("gone: " + reset.cause().getMessage());
            } else if (event instanceof SessionEvent.Discarded discarded) {
                System.err.println(discarded.messages() + " messages were not sent: " + discarded.reason());
            }
        }
    }

    static Messenger.Builder osd(int id) {
        return Messenger.builder("osd." + id)
                .acceptPolicy(Policy.statelessServer())
                .acceptPolicy(EntityType.OSD, Policy.losslessPeer())
                .dialPolicy(Policy.lossyClient())
                .dialPolicy(EntityType.OSD, Policy.losslessPeer());
    }

    static Messenger.Builder asAsked(Messenger.Builder builder) {
        return builder.acceptPolicy(peer -> peer.lossy() ? Policy.statelessServer() : Policy.statefulServer());
    }

    @Test
    void eachKindOfPeerHasItsPolicy() throws Exception {
        try (InProcTransport network = new InProcTransport(new InProcNetwork(), 2, ByteBufAllocator.DEFAULT);
                Messenger osd = osd(3).transport(network).build();
                Messenger mds =
                        asAsked(Messenger.builder("mds.a")).transport(network).build();
                Messenger peer = osd(7).transport(network).build();
                Messenger client = Messenger.builder("client.me")
                        .dialPolicy(Policy.losslessClient())
                        .transport(network)
                        .build()) {
            EntityAddr osdAddress = osd.bind(EntityAddr.parse("v2:10.0.0.1:6800"));
            EntityAddr mdsAddress = mds.bind(EntityAddr.parse("v2:10.0.0.2:6801"));
            assertThat(isLossy(peer, EntityType.OSD, osdAddress)).isFalse();
            assertThat(isLossy(client, EntityType.OSD, osdAddress)).isTrue();
            assertThat(isLossy(client, EntityType.MDS, mdsAddress)).isFalse();
            assertThat(isLossy(peer, EntityType.MDS, mdsAddress)).isTrue();
        }
    }

    private static boolean isLossy(Messenger messenger, EntityType type, EntityAddr address) throws Exception {
        return messenger
                .connect(type, address)
                .ready()
                .toCompletableFuture()
                .get(10, SECONDS)
                .lossy();
    }

    /** Sends as fast as the connection takes it, from one thread of its own. */
    static final class Pump implements Dispatcher {
        private final Semaphore writable = new Semaphore(0);

        void send(Connection connection, Message message) throws InterruptedException {
            SendResult result = connection.send(message);
            while (result.outcome() == SendResult.Outcome.BACK_PRESSURED) {
                writable.tryAcquire(1, SECONDS);
                result = connection.send(message);
            }
            if (!result.accepted()) {
                message.release();
            }
        }

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            if (event instanceof SessionEvent.Writable) {
                writable.release();
            }
        }
    }

    @Test
    void pumpsMoreThanTheQueueTakes() throws Exception {
        Pump pump = new Pump();
        Semaphore received = new Semaphore(0);
        Dispatcher counting = new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                received.release();
                return true;
            }
        };
        Limits small = Limits.defaults().withQueues(Limits.defaults().queues().withSend(2, 1 << 20));
        try (InProcTransport network = new InProcTransport(new InProcNetwork(), 2, ByteBufAllocator.DEFAULT);
                Messenger node = Messenger.builder("osd.7")
                        .transport(network)
                        .dispatcher(counting)
                        .build();
                Messenger client = Messenger.builder("client.me")
                        .transport(network)
                        .limits(small)
                        .dispatcher(pump)
                        .dispatcher(new Events())
                        .build()) {
            EntityAddr address = node.bind(EntityAddr.parse("v2:10.0.0.1:3400"));
            Connection connection = client.connect(EntityType.OSD, address);
            for (int i = 0; i < 1000; i++) {
                pump.send(connection, Message.builder(UpperCase.REQUEST).build());
            }
            assertThat(received.tryAcquire(1000, 10, SECONDS)).isTrue();
        }
    }

    @Test
    void tracesFrames() throws Exception {
        Calls calls = new Calls();
        Queue<String> trace = new ConcurrentLinkedQueue<>();
        Messenger.Builder builder = Messenger.builder("client.me")
                .frameObserver(frame -> trace.add(
                        (frame.written() ? "-> " : "<- ") + frame.remote() + " " + frame.tag() + " " + frame.bytes()));
        try (InProcTransport network = new InProcTransport(new InProcNetwork(), 2, ByteBufAllocator.DEFAULT);
                Messenger node = Messenger.builder("osd.7")
                        .transport(network)
                        .service(new UpperCase())
                        .build();
                Messenger client = builder.transport(network).dispatcher(calls).build()) {
            EntityAddr address = node.bind(EntityAddr.parse("v2:10.0.0.1:3400"));
            Connection connection = client.connect(EntityType.OSD, address);
            assertThat(calls.call(connection, "hello").get(10, SECONDS)).isEqualTo("HELLO");
        }
        assertThat(trace).startsWith("-> v2:10.0.0.1:3400/0 HELLO 72", "<- v2:10.0.0.1:3400/0 HELLO 72");
        assertThat(trace).anyMatch(line -> line.startsWith("<- v2:10.0.0.1:3400/0 MESSAGE "));
    }

    /** Asks a monitor of a cluster without authentication for its map. */
    static MonMap askMonitor(EntityAddr monitor) throws Exception {
        CompletableFuture<MonMap> answer = new CompletableFuture<>();
        Dispatcher maps = new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                if (!message.is(MessageType.MON_MAP)) {
                    return false;
                }
                try {
                    answer.complete(MonMap.of(message, Limits.defaults()));
                } catch (ProtocolException e) {
                    answer.completeExceptionally(e);
                }
                return true;
            }
        };
        Policy policy = Policy.lossyClient().withFeatures(CephFeatures.PACIFIC, CephFeatures.NONE);
        try (Messenger messenger = Messenger.builder("client.admin")
                .dialPolicy(policy)
                .dispatcher(maps)
                .build()) {
            Connection connection = messenger.connect(EntityType.MON, monitor);
            Message question = Message.builder(MessageType.MON_GET_MAP).build();
            if (!connection.send(question).accepted()) {
                question.release();
            }
            return answer.get(10, SECONDS);
        }
    }
}
