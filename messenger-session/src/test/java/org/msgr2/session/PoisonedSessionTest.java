package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.MessageType;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** A message that the peer's messenger refuses again and again. */
class PoisonedSessionTest extends NetworkTestBase<TestNetwork.Virtual> {
    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @Test
    void aMessageBeyondThePeersLimitsEndsTheSessionAndIsNamed() {
        Messenger server = start(messenger("osd.3")
                .acceptPolicy(Policy.statefulServer())
                .limits(Limits.defaults().withFrames(Limits.defaults().frames().withMessageBytesMax(1000)))
                .dispatcher(atServer));
        Connection connection = start(messenger("client.7")
                        .dialPolicy(Policy.losslessClient())
                        .dispatcher(atClient))
                .connect(EntityType.OSD, bind(server));
        connection.send(message(0x7c05, 1, 900));
        connection.send(message(0x7c05, 2, 1001));
        connection.send(message(0x7c05, 3, 900));
        network.await("the end", () -> connection.closed().toCompletableFuture().isDone());
        network.settle();

        assertThat(atServer.tids()).containsExactly(1L);
        List<SessionEvent.Poisoned> poisoned = atClient.all(SessionEvent.Poisoned.class);
        assertThat(poisoned)
                .containsExactly(new SessionEvent.Poisoned(
                        connection.peerAddr().toString(),
                        2,
                        0x7c05,
                        2,
                        2,
                        Limits.defaults().queues().poisonBreaksMax()));
        assertThat(atClient.all(SessionEvent.Discarded.class))
                .extracting(SessionEvent.Discarded::firstNumber, SessionEvent.Discarded::lastNumber)
                .containsExactly(tuple(2L, 3L));
        assertThat(atClient.all(SessionEvent.Reset.class))
                .singleElement()
                .satisfies(reset -> assertThat(reset.cause()).hasMessageContaining(MessageType.toString(0x7c05)));
        assertThat(connection.queuedBytes()).isZero();
    }
}
