package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.FaultPoint;
import org.msgr2.session.testing.SessionMode;

/** Bodies that depend on what the peer supports, which nobody knows when they are sent. */
class BodyFeaturesTest extends TrafficTestBase {
    private static final CephFeatures PGID = CephFeatures.of(CephFeature.PGID64);
    private static final int FAST = 0x7c15;

    private final List<Long> told = new ArrayList<>();

    /** A message that says for which features it was encoded. */
    private Message late(int type, long tid) {
        return Message.builder(type)
                .tid(tid)
                .body(
                        Long.BYTES,
                        (features, into) ->
                                into.front(leaks.allocator().buffer(Long.BYTES).writeLong(features.bits())))
                .build();
    }

    private Fast listener() {
        return new Fast(FAST, (connection, message) -> {
            ByteBuf front = message.front();
            told.add(front.getLong(front.readerIndex()));
        });
    }

    @Scenario("P39")
    @ParameterizedTest
    @EnumSource
    void whatWasQueuedBeforeIsEncodedForThePeerThatThereIs(SessionMode mode) {
        Policy client = Policy.losslessClient().withFeatures(CephFeatures.MESSENGER.or(PGID), CephFeatures.NONE);
        for (CephFeatures offered : List.of(CephFeatures.MESSENGER, CephFeatures.MESSENGER.or(PGID))) {
            told.clear();
            End from = client(mode, "client.7", client);
            End to = server(
                    mode,
                    "osd.0",
                    Policy.statefulServer().withFeatures(offered, CephFeatures.NONE),
                    builder -> builder.dispatcher(listener()));
            Connection connection = from.dial(to);
            SendResult first = connection.send(late(FAST, 1));
            assertThat(first.accepted()).isTrue();
            assertThat(connection.queuedBytes()).isEqualTo(Long.BYTES);
            network.get("ready", connection.ready());
            connection.send(late(FAST, 2));
            network.await("both", () -> told.size() == 2);
            ConnectionInfo info = connection.info();
            assertThat(info).isNotNull();
            assertThat(info.features()).isEqualTo(offered);
            assertThat(told).containsOnly(offered.bits());
            network.await("acknowledged", () -> connection.queuedMessages() == 0);
            from.close();
            to.close();
        }
    }

    /** It is encoded once more when it is sent once more, and is the same message. */
    @Scenario("P39")
    @ParameterizedTest
    @EnumSource
    void whatIsSentAgainComesOnce(SessionMode mode) {
        End from = client(mode, "client.7", Policy.losslessClient());
        End to = server(mode, "osd.0", Policy.statefulServer(), builder -> builder.dispatcher(listener()));
        Connection connection = from.connect(to);
        to.net.loseAt(FaultPoint.read(Tag.MESSAGE));
        connection.send(late(FAST, 1));
        network.await("it comes", () -> told.size() == 1);
        network.await("acknowledged", () -> connection.queuedMessages() == 0);
        assertThat(connection.stats().established()).isEqualTo(2);
        assertThat(told).containsExactly(CephFeatures.MESSENGER.bits());
    }

    @Test
    void aBodyThatIsLargerThanWasSaidEndsTheConnectionAndIsNamed() {
        End from = client(SessionMode.CRC, "client.7", Policy.losslessClient());
        End to = server(SessionMode.CRC, "osd.0", Policy.statefulServer());
        Connection connection = from.connect(to);
        connection.send(Message.builder(TYPE)
                .body(7, (features, into) -> into.front(random(8, 1)))
                .build());
        network.get("the end", connection.closed());
        assertThat(from.heard.all(SessionEvent.Discarded.class))
                .extracting(SessionEvent.Discarded::messages)
                .containsExactly(1);
        assertThat(to.heard.messages()).isEmpty();
        assertThat(logged()).anyMatch(line -> line.contains("internal error"));
    }

    @Test
    void whatOneSendsToOneselfIsEncodedToo() {
        End self = peer(SessionMode.CRC, "osd.1", Policy.losslessPeer(), builder -> builder.dispatcher(listener()));
        Connection connection = self.dial(self);
        connection.send(late(FAST, 1));
        network.await("it comes", () -> told.size() == 1);
        assertThat(connection.queuedBytes()).isZero();
    }
}
