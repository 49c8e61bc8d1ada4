package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.message.Message;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.testing.HeldExecutor;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** What arrives, as the application gets it. */
class DispatchOrderTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7c05;

    private final RecordingDispatcher atServer = new RecordingDispatcher();

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    private static void send(Connection connection, int priority, long tid) {
        assertThat(connection
                        .send(Message.builder(TYPE).priority(priority).tid(tid).build())
                        .accepted())
                .isTrue();
    }

    @Test
    @Scenario("P35")
    void whatWaitsForAWorkerIsDispatchedByPriorityWhicheverConnectionItCameOver() {
        HeldExecutor busy = new HeldExecutor(network.workers());
        Messenger server = start(messenger("osd.3").dispatcher(atServer).workerPool(busy));
        EntityAddr addr = bind(server);
        Connection one = start(messenger("client.1")).connect(EntityType.OSD, addr);
        Connection other = start(messenger("client.2")).connect(EntityType.OSD, addr);
        network.settle();
        // One after the other, so that nothing is overtaken on the senders' side.
        send(one, 10, 1);
        network.settle();
        send(one, 127, 2);
        network.settle();
        send(other, 127, 3);
        network.settle();
        send(other, 255, 4);
        network.settle();
        send(one, 64, 5);
        network.settle();
        assertThat(atServer.log()).isEmpty();
        busy.release();
        network.settle();
        assertThat(atServer.tids()).hasSize(5).endsWith(5L, 1L).startsWith(4L);
        assertThat(atServer.tids().subList(1, 3)).containsExactlyInAnyOrder(2L, 3L);
    }

    @Test
    void aMessageThatIsForwardedKeepsThePlacementOfItsData() {
        List<String> placements = new ArrayList<>();
        Messenger last = start(messenger("osd.2").dispatcher(new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                placements.add(message.header().dataOffset() + " " + message.dataAlignment());
                return true;
            }
        }));
        Connection onward = start(messenger("osd.1")).connect(EntityType.OSD, bind(last));
        Messenger middle = start(messenger("osd.0").dispatcher(new Dispatcher() {
            @Override
            public boolean dispatch(Connection connection, Message message) {
                return onward.send(message.retain()).accepted();
            }
        }));
        Connection connection = start(messenger("client.1")).connect(EntityType.OSD, bind(middle));
        connection.send(Message.builder(TYPE)
                .data(random(5000, 1))
                .dataPlacement(3732, 512)
                .build());
        connection.send(Message.builder(TYPE).front(random(10, 1)).build());
        connection.send(Message.builder(TYPE).data(random(1, 1)).build());
        network.settle();
        assertThat(placements).hasSize(3).startsWith("3732 512").endsWith("0 4096");
    }
}
