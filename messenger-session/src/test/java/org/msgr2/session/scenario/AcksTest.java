package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.testing.SessionMode;

/** How the ends tell each other what they have. */
class AcksTest extends TrafficTestBase {
    private static final int ASK = 0x7c06;
    private static final int ANSWER = 0x7c07;

    @Scenario("P24")
    @ParameterizedTest
    @EnumSource
    void whatIsOneWayIsAcknowledgedAfterEachPass(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.connect(server);
        for (long tid = 1; tid <= 10; tid++) {
            send(connection, tid, tid);
            network.settle();
        }
        assertAllArrive(server, 10);
        assertThat(server.written(Tag.ACK)).isEqualTo(10);
        assertThat(client.written(Tag.ACK)).isZero();
        assertThat(connection.queuedMessages()).isZero();
    }

    @Scenario("P24")
    @ParameterizedTest
    @EnumSource
    void answersCarryTheAcknowledgement(SessionMode mode) {
        End server = server(
                mode,
                "osd.0",
                Policy.statefulServer(),
                builder -> builder.dispatcher(
                        new Fast(ASK, (connection, question) -> connection.send(message(ANSWER, question.tid())))));
        End client = client(
                mode,
                "client.7",
                Policy.losslessClient(),
                builder -> builder.dispatcher(new Fast(ANSWER, (connection, answer) -> {
                    if (answer.tid() < 100) {
                        connection.send(message(ASK, answer.tid() + 1));
                    }
                })));
        Connection connection = client.connect(server);
        connection.send(message(ASK, 1));
        network.settle();
        assertThat(server.written(Tag.MESSAGE)).isEqualTo(100);
        assertThat(server.written(Tag.ACK)).isZero();
        assertThat(client.written(Tag.ACK)).as("of the last answer").isEqualTo(1);
        assertThat(connection.queuedMessages()).isZero();
        assertThat(server.only().queuedMessages()).isZero();
    }

    @Scenario("P24")
    @ParameterizedTest
    @EnumSource
    void lossySessionsSendNone(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statelessServer());
        End client = client(mode, "client.7", Policy.lossyClient());
        Connection connection = client.connect(server);
        send(connection, 1, 50);
        assertAllArrive(server, 50);
        assertThat(server.written(Tag.ACK)).isZero();
        assertThat(connection.queuedMessages()).isZero();
    }
}
