package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.Service;

/** The demonstration would notice: echo services that do what must not happen. */
class EchoStreamTest {
    private static final int MESSAGES = 100;
    private static final int SIZE_BYTES = 24;

    /** By the client, over a bad network. */
    private long replayed;

    /** Answers as it is told to, on the event loop and so in order. */
    private record Misbehaving(BiConsumer<Connection, Message> behaviour) implements Service {
        @Override
        public String name() {
            return "echo";
        }

        @Override
        public Set<Integer> messageTypes() {
            return Set.of(MessageType.ECHO.code());
        }

        @Override
        public boolean fast() {
            return true;
        }

        @Override
        public void handle(Connection connection, Message message) {
            behaviour.accept(connection, message);
        }
    }

    private static void reply(Connection connection, long tid, ByteBuf front) {
        Message reply =
                Message.builder(MessageType.ECHO_REPLY).tid(tid).front(front).build();
        if (!connection.send(reply).accepted()) {
            reply.release();
        }
    }

    private static void echo(Connection connection, Message request) {
        reply(connection, request.tid(), request.front().retainedSlice());
    }

    /** @param answers fewer than there are messages if the stream is to stand still */
    private static EchoStream run(int answers, BiConsumer<Connection, Message> behaviour) throws Exception {
        EchoStream stream = new EchoStream(MESSAGES, SIZE_BYTES);
        try (TestNode node = TestNode.start("mgr.bad", new Misbehaving(behaviour));
                Client client = Client.connect(
                        Messenger.builder("client.test").dispatcher(stream),
                        EntityType.ANY,
                        EntityAddr.parse(node.addr()),
                        Duration.ofSeconds(10))) {
            stream.start(client.connection());
            if (answers < MESSAGES) {
                await().until(() -> stream.received() == answers);
                assertThat(stream.awaitEnd(Duration.ZERO)).isFalse();
            } else {
                assertThat(stream.awaitEnd(Duration.ofSeconds(10))).isTrue();
            }
        }
        return stream;
    }

    @Test
    void aGoodServiceIsPerfect() throws Exception {
        EchoStream stream = run(MESSAGES, EchoStreamTest::echo);

        assertThat(stream.result().perfect()).isTrue();
        assertThat(stream.result().sent()).isEqualTo(MESSAGES);
        assertThat(stream.received()).isEqualTo(MESSAGES);
        assertThat(stream.result().latencyUs(50)).isPositive();
        assertThat(stream.problem()).isEmpty();
    }

    @Test
    void aLostMessageIsCounted() throws Exception {
        EchoStream stream = run(MESSAGES - 1, (connection, request) -> {
            if (request.tid() != 50) {
                echo(connection, request);
            }
        });

        assertThat(stream.result().lost()).isEqualTo(1);
        assertThat(stream.result().perfect()).isFalse();
    }

    @Test
    void aDuplicateIsCounted() throws Exception {
        EchoStream stream = run(MESSAGES, (connection, request) -> {
            echo(connection, request);
            if (request.tid() == 50) {
                echo(connection, request);
            }
        });

        assertThat(stream.result().duplicated()).isEqualTo(1);
        assertThat(stream.result().perfect()).isFalse();
    }

    @Test
    void aSwapIsCounted() throws Exception {
        Message[] held = new Message[1];
        EchoStream stream = run(MESSAGES, (connection, request) -> {
            if (request.tid() == 50) {
                held[0] = request.retain();
                return;
            }
            echo(connection, request);
            if (request.tid() == 51) {
                echo(connection, held[0]);
                held[0].release();
            }
        });

        assertThat(stream.result().reordered()).isEqualTo(1);
        assertThat(stream.result().lost()).isZero();
        assertThat(stream.result().perfect()).isFalse();
    }

    @Test
    void aChangedByteIsCounted() throws Exception {
        EchoStream stream = run(MESSAGES, (connection, request) -> {
            ByteBuf copy = request.front().copy();
            if (request.tid() == 50) {
                copy.setByte(17, copy.getByte(17) ^ 1);
            }
            reply(connection, request.tid(), copy);
        });

        assertThat(stream.result().damaged()).isEqualTo(1);
        assertThat(stream.result().perfect()).isFalse();
    }

    @Test
    void anAnswerToNothingIsCounted() throws Exception {
        EchoStream stream = run(MESSAGES, (connection, request) -> {
            echo(connection, request);
            if (request.tid() == 50) {
                reply(connection, 1 << 20, request.front().retainedSlice());
            }
        });

        assertThat(stream.result().damaged()).isEqualTo(1);
        assertThat(stream.result().perfect()).isFalse();
    }

    /** Over a network that breaks whenever the stream asks for it. */
    private EchoStream runOverABadNetwork(
            int messages, Policy dial, Policy accept, BiConsumer<Connection, Message> behaviour) throws Exception {
        try (BreakableTransport network = new BreakableTransport(Node.transport(null));
                TestNode node = TestNode.start(
                        Messenger.builder("mgr.good").acceptPolicy(accept).service(new Misbehaving(behaviour)))) {
            EchoStream stream = new EchoStream(messages, SIZE_BYTES, network::breakNext);
            try (Client client = Client.connect(
                    Messenger.builder("client.test")
                            .transport(network)
                            .dialPolicy(dial)
                            .dispatcher(stream),
                    EntityType.ANY,
                    EntityAddr.parse(node.addr()),
                    Duration.ofSeconds(10))) {
                stream.start(client.connection());
                assertThat(stream.awaitEnd(Duration.ofSeconds(10))).isTrue();
                replayed = client.stats().messagesReplayed();
            }
            return stream;
        }
    }

    @Test
    void aLosslessSessionIsPerfectThoughItsConnectionsBreak() throws Exception {
        EchoStream stream =
                runOverABadNetwork(3000, Policy.losslessClient(), Policy.statefulServer(), EchoStreamTest::echo);

        assertThat(stream.problem()).isEmpty();
        assertThat(stream.result().perfect()).isTrue();
        assertThat(stream.result().received()).isEqualTo(3000);
        assertThat(stream.disturbances()).isEqualTo(EchoStream.DISTURBANCES_MAX);
        assertThat(stream.connections()).isGreaterThan(EchoStream.DISTURBANCES_MAX);
        assertThat(replayed).as("each cut loses some").isGreaterThanOrEqualTo(EchoStream.DISTURBANCES_MAX);
    }

    @Test
    void aLossySessionDoesNotSurviveTheSameNetwork() throws Exception {
        EchoStream stream =
                runOverABadNetwork(3000, Policy.lossyClient(), Policy.statelessServer(), EchoStreamTest::echo);

        assertThat(stream.problem()).startsWith("; the connection was lost: ");
        assertThat(stream.result().lost()).isPositive();
        assertThat(stream.connections()).isEqualTo(1);
        assertThat(replayed).isZero();
    }

    @Test
    void aForgottenSessionEndsTheStream() throws Exception {
        EchoStream stream = runOverABadNetwork(
                MESSAGES, Policy.losslessClient(), Policy.statefulServer(), (connection, request) -> {
                    if (request.tid() == 40) {
                        connection.markDown();
                    } else {
                        echo(connection, request);
                    }
                });

        assertThat(stream.problem()).isEqualTo("; the node has forgotten the session");
        assertThat(stream.result().perfect()).isFalse();
    }

    @Test
    void aLostConnectionEndsTheStream() throws Exception {
        EchoStream stream = run(MESSAGES, (connection, request) -> {
            if (request.tid() == 50) {
                connection.markDown();
            } else {
                echo(connection, request);
            }
        });

        assertThat(stream.problem()).startsWith("; the connection was lost: ");
        assertThat(stream.result().perfect()).isFalse();
    }
}
