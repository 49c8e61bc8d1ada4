package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Dispatcher;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.SessionMode;

/** Ends in the midst of traffic. */
class ShutdownTest extends TrafficTestBase {
    private static final int ASK = 0x7c06;
    private static final int ANSWER = 0x7c07;

    /** Hears what is called back after it must not be. */
    private static final class Listening implements Dispatcher {
        private final List<String> late = new ArrayList<>();
        private Connection ended;
        private int messages;

        @Override
        public boolean dispatch(Connection connection, Message message) {
            messages++;
            hear(connection, "message");
            return true;
        }

        @Override
        public void onEvent(Connection connection, SessionEvent event) {
            hear(connection, event.toString());
        }

        private void hear(Connection connection, String what) {
            if (connection.equals(ended)
                    && connection.closed().toCompletableFuture().isDone()) {
                late.add(what);
            }
        }
    }

    /** At every moment of a flood that comes in. What runs on threads is in MessengerContractTest. */
    @Scenario("P21")
    @ParameterizedTest
    @EnumSource
    void nothingIsCalledBackOnceAConnectionThatWasMarkedDownHasClosed(SessionMode mode) {
        for (int moment = 0; moment < 120; moment += 6) {
            Listening listening = new Listening();
            End server = server(mode, "osd.0", Policy.statefulServer());
            End client = client(mode, "client.7", Policy.losslessClient(), builder -> builder.dispatcher(listening));
            client.heard.leaving(TYPE);
            Connection connection = client.connect(server);
            Connection back = server.only();
            listening.ended = connection;
            send(back, 1, 200);
            send(connection, 1, 20);
            tasks(moment);
            connection.markDown();
            network.get("closed", connection.closed());
            int messages = listening.messages;
            network.settle();
            assertThat(listening.late).isEmpty();
            assertThat(listening.messages).isEqualTo(messages).isLessThanOrEqualTo(200);
            assertThat(client.messenger.connections()).isEmpty();
            assertThat(client.messenger.stats().dispatchBytes()).isZero();
            assertThat(client.resets()).isEqualTo(Resets.NONE);
            // The other end has lost a connection, and keeps what was not acknowledged.
            assertThat(server.only()).isSameAs(back);
            assertThat(server.interruptions()).hasSize(1);
            assertThat(back.queuedMessages()).isBetween(200 - messages, 200);
            client.close();
            server.close();
        }
    }

    @Scenario("P22")
    @ParameterizedTest
    @EnumSource
    void aMessengerClosesInTheMidstOfAFlood(SessionMode mode) {
        for (boolean serverFirst : new boolean[] {true, false}) {
            End server = server(
                    mode,
                    "osd.0",
                    Policy.statelessServer(),
                    builder -> builder.dispatcher(new Fast(ASK, (connection, question) -> {
                        Message answer = message(ANSWER, question.tid(), 1000);
                        if (!connection.send(answer).accepted()) {
                            answer.release();
                        }
                    })));
            int[] answers = {0};
            End client = client(
                    mode,
                    "client.7",
                    Policy.lossyClient(),
                    builder -> builder.dispatcher(new Fast(ANSWER, (connection, answer) -> {
                        answers[0]++;
                        Message next = message(ASK, answer.tid(), 100);
                        if (!connection.send(next).accepted()) {
                            next.release(); // else it goes on for ever
                        }
                    })));
            Connection connection = client.connect(server);
            for (int i = 0; i < 50; i++) {
                connection.send(message(ASK, i, 100));
            }
            network.await("messages flow", () -> answers[0] > 500);
            End first = serverFirst ? server : client;
            first.close();
            assertThat(first.messenger.connections()).isEmpty();
            assertThat(connection.closed().toCompletableFuture()).isDone();
            assertThat(connection.send(message(ASK, 0)).outcome()).isEqualTo(SendResult.Outcome.CLOSED);
            (serverFirst ? client : server).close();
            for (End end : List.of(server, client)) {
                assertThat(end.messenger.connections()).isEmpty();
                assertThat(end.messenger.stats().dispatchBytes()).isZero();
                assertThat(end.openStreams()).isZero();
            }
        }
    }
}
