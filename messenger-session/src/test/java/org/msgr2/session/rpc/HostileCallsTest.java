package org.msgr2.session.rpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.Opaque;
import org.msgr2.session.Connection;
import org.msgr2.session.rpc.machine.CallEnvelope;
import org.msgr2.session.testing.TestNetwork;

/** A peer that does not keep to the protocol of calls loses its connection, and nobody else notices. */
class HostileCallsTest extends CallsTestBase {
    private static final Method<String, String> ECHO =
            Method.unary("echo", Codec.utf8(), Codec.utf8()).open();
    private static final Method<String, String> JOIN =
            Method.clientStream("join", Codec.utf8(), Codec.utf8()).open();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.virtual();
    }

    private final CallHandler handler = CallHandler.builder()
            .unary(ECHO, (context, text) -> text)
            .clientStream(JOIN, (context, items) -> new CompletableFuture<>())
            .build();

    private static CallEnvelope request(int shape, String method) {
        return new CallEnvelope.Request(shape, SERVICE, method, 0, 0, 0, Opaque.EMPTY, Map.of());
    }

    private Message.Builder call(CallEnvelope envelope) {
        ByteBuf front = leaks.allocator().buffer();
        envelope.write(front);
        return Message.builder(MessageType.SERVICE_CALL).tid(7).front(front);
    }

    static Stream<Arguments> attacks() {
        return Stream.of(
                attack("no envelope at all", test -> List.of(Message.builder(MessageType.SERVICE_CALL))),
                attack(
                        "garbage",
                        test -> List.of(
                                Message.builder(MessageType.SERVICE_CALL).front(test.random(100, 3)))),
                attack(
                        "a version that we do not know",
                        test -> List.of(test.call(new CallEnvelope.Cancel()).version(9, 9))),
                attack(
                        "a payload where none belongs",
                        test -> List.of(test.call(new CallEnvelope.Cancel()).data(test.random(10, 1)))),
                attack(
                        "a middle",
                        test -> List.of(test.call(new CallEnvelope.Cancel()).middle(test.random(10, 1)))),
                attack(
                        "a call that begins twice",
                        test -> List.of(
                                test.call(request(CallEnvelope.CALLER_STREAMS, "join")),
                                test.call(request(CallEnvelope.CALLER_STREAMS, "join")))),
                attack(
                        "credit for a call without items",
                        test -> List.of(
                                test.call(request(CallEnvelope.CALLER_STREAMS, "join")),
                                test.call(new CallEnvelope.Credit(true, 1, 1)))),
                attack(
                        "items beyond the window",
                        test -> Stream.concat(
                                        Stream.of(test.call(request(CallEnvelope.CALLER_STREAMS, "join"))),
                                        Stream.generate(() ->
                                                        test.call(new CallEnvelope.Item(true, Opaque.EMPTY, false)))
                                                .limit(QUICK.calls().windowItems() + 1L))
                                .toList()));
    }

    private static Arguments attack(String name, Function<HostileCallsTest, List<Message.Builder>> messages) {
        return Arguments.of(name, messages);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("attacks")
    void closesThatConnectionOnly(String name, Function<HostileCallsTest, List<Message.Builder>> messages) {
        ServiceClient honest = open(handler);
        CompletableFuture<String> before = honest.callAsync(ECHO, "before");
        Connection hostile = start(messenger("client.9")).connect(EntityType.OSD, addr);
        network.get("ready", hostile.ready());

        for (Message.Builder message : messages.apply(this)) {
            Message built = message.build();
            if (!hostile.send(built).accepted()) {
                built.release();
            }
        }
        network.await(
                "it is closed", () -> hostile.closed().toCompletableFuture().isDone());

        assertThat(get(before)).isEqualTo("before");
        assertThat(get(honest.callAsync(ECHO, "after"))).isEqualTo("after");
    }

    @Test
    void whatConcernsNoCallIsIgnored() {
        ServiceClient honest = open(handler);
        network.get("ready", connection.ready());
        for (CallEnvelope envelope : List.of(
                new CallEnvelope.Item(true, Opaque.EMPTY, false),
                new CallEnvelope.Item(false, Opaque.EMPTY, false),
                new CallEnvelope.End(),
                new CallEnvelope.Cancel(),
                new CallEnvelope.Credit(true, 5, 5),
                new CallEnvelope.Status(CallStatus.OK, 0, ""),
                new CallEnvelope.Probe(true),
                new CallEnvelope.Probe(false))) {
            assertThat(connection.send(call(envelope).build()).accepted()).isTrue();
        }

        assertThat(get(honest.callAsync(ECHO, "still there"))).isEqualTo("still there");
    }
}
