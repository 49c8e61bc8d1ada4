package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;
import static org.msgr2.session.scenario.Resets.reset;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.SessionMode;

/** Peers that are silent, or gone without a word. */
class LivenessScenarioTest extends TrafficTestBase {
    private static final Duration TICK = Duration.ofNanos(1);

    private static Messenger.Builder idle(Messenger.Builder builder, Duration wait) {
        return builder.limits(
                Limits.defaults().withTimeouts(Limits.defaults().timeouts().withIdle(wait)));
    }

    @Scenario("P10")
    @ParameterizedTest
    @EnumSource
    void aLossyConnectionThatIsIdleForASecondIsReset(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statelessServer());
        End client = client(mode, "client.7", Policy.lossyClient(), builder -> idle(builder, Duration.ofSeconds(1)));
        Connection connection = client.connect(server);
        advance(Duration.ofMillis(600));
        network.get("an answer", connection.ping()); // which is something that is read
        advance(Duration.ofMillis(600));
        send(connection, 1, 1); // which is not
        advance(Duration.ofMillis(400).minus(TICK));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        advance(TICK);
        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertThat(client.heard.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining("nothing received for PT1S");
        assertThat(server.resets()).isEqualTo(reset(1, 0));
        advance(Duration.ofMinutes(1));
        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
    }

    /** A lossless peer with nothing to send does not dial: the connection was of no use to it (spec/msgr2 §5.7). */
    @Scenario("P10")
    @ParameterizedTest
    @EnumSource
    void anIdlePeerIsOnStandby(SessionMode mode) {
        End one = peer(mode, "osd.0", Policy.losslessPeer(), builder -> idle(builder, Duration.ofSeconds(1)));
        End other = peer(mode, "osd.1", Policy.losslessPeer());
        Connection session = one.connect(other);
        advance(Duration.ofMinutes(1));
        assertThat(one.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertThat(one.resets()).isEqualTo(Resets.NONE);
        assertThat(one.heard.all(SessionEvent.Interrupted.class))
                .singleElement()
                .satisfies(interrupted -> {
                    assertThat(interrupted.waiting()).isTrue();
                    assertThat(interrupted.cause().kind()).isEqualTo(FaultKind.TIMEOUT);
                });
        assertEchoFlows(session, other, one);
    }

    @Scenario("P28")
    @ParameterizedTest
    @EnumSource
    void aFloodDoesNotStarveKeepalives(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.connect(server);
        int count = 400; // far more than the network takes at once
        for (int tid = 1; tid <= count; tid++) {
            assertThat(connection.send(message(TYPE, tid, 16_000)).accepted()).isTrue();
        }
        network.await("the network is full", () -> client.written(Tag.MESSAGE) > 40);
        CompletionStage<Duration> ping = connection.ping();
        network.await("the answer", () -> ping.toCompletableFuture().isDone());
        assertThat(client.written(Tag.MESSAGE)).as("it has overtaken the rest").isLessThan(count);
        assertAllArrive(server, count);
        assertThat(client.written(Tag.KEEPALIVE2)).isEqualTo(1);
        assertThat(server.written(Tag.KEEPALIVE2_ACK)).isEqualTo(1);
    }

    private static void losesSight(End one, End other) {
        one.net.stallAll();
        other.net.stallAll();
    }

    /** KEEPALIVE2 each 10 s, to be answered within 30 s. */
    @Scenario("P45")
    @ParameterizedTest
    @EnumSource
    void aLossyConnectionWhosePeerHasVanishedIsResetByKeepalive(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statelessServer());
        End client = client(
                mode, "client.7", Policy.lossyClient(), builder -> builder.keepaliveInterval(Duration.ofSeconds(10)));
        client.connect(server);
        advance(Duration.ofSeconds(25));
        losesSight(client, server);
        advance(Duration.ofSeconds(35).minus(TICK));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        advance(TICK);
        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertThat(client.heard.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining("KEEPALIVE2 not answered within PT30S");
        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertThat(client.written(Tag.KEEPALIVE2)).isEqualTo(6);

        // The server asks nobody, and finds out by itself when nothing has come for 15 minutes.
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        advance(Duration.ofMinutes(15));
        assertThat(server.resets()).isEqualTo(reset(1, 0));
        assertThat(server.heard.all(SessionEvent.Reset.class).get(0).cause())
                .hasMessageContaining("nothing received for PT15M");
    }

    @Scenario("P45")
    @ParameterizedTest
    @EnumSource
    void aSessionWhosePeerHasVanishedGoesOnOverAnotherConnection(SessionMode mode) {
        for (boolean keepalive : new boolean[] {true, false}) {
            End server = server(mode, "osd.0", Policy.statefulServer());
            End client = client(
                    mode,
                    "client.7",
                    Policy.losslessClient(),
                    builder -> builder.keepaliveInterval(keepalive ? Duration.ofSeconds(10) : Duration.ZERO));
            Connection there = client.connect(server);
            Connection back = server.only();
            losesSight(client, server);
            send(there, 1, 10);
            send(back, 1, 10);
            advance(keepalive ? Duration.ofSeconds(39) : Duration.ofMinutes(14));
            assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
            assertThat(client.heard.messages()).isEmpty();
            advance(keepalive ? Duration.ofSeconds(1) : Duration.ofMinutes(1));

            // The server has heard of no end: the reconnect finds a session that is ready.
            assertThat(client.conn()).isEqualTo(conn(2, 1, 1, 2));
            assertThat(client.resets()).isEqualTo(Resets.NONE);
            assertThat(server.acc()).isEqualTo(acc(2, 1, 1, 2));
            assertThat(server.resets()).isEqualTo(Resets.NONE);
            assertAllArrive(server, 10);
            assertAllArrive(client, 10);
            assertThat(server.only()).isSameAs(back);
            client.close();
            server.close();
        }
    }
}
