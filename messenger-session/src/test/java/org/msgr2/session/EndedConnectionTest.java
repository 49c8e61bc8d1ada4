package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.SendResult.Outcome;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** A connection that has ended says nothing any more. */
class EndedConnectionTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7c05;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @Test
    void whoeverWaitsForRoomIsNotToldOfRoomInAClosedConnection() {
        RecordingDispatcher events = new RecordingDispatcher();
        Limits limits = Limits.defaults();
        Messenger client = start(messenger("client.7")
                .limits(limits.withQueues(limits.queues().withSend(1, 1_000)))
                .dispatcher(events));
        Connection connection = client.connect(EntityType.OSD, freeAddr());
        connection.send(message(TYPE, 1));
        Message refused = message(TYPE, 2);
        assertThat(connection.send(refused).outcome()).isEqualTo(Outcome.BACK_PRESSURED);
        refused.release();

        connection.markDown();
        network.get("the end", connection.closed());
        network.settle();

        assertThat(events.count(SessionEvent.Discarded.class)).isEqualTo(1);
        assertThat(events.count(SessionEvent.Writable.class)).isZero();
    }
}
