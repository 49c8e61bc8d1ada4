package org.msgr2.session.testing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Tag;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.FaultTransport.Hold;

/** What a test can rely on that breaks connections at a frame. */
class FaultTransportTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7c05;

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();
    private FaultTransport serversNet;
    private FaultTransport clientsNet;
    private Connection connection;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void connect() {
        FrameBorders borders = new FrameBorders();
        serversNet = new FaultTransport(network.transport(leaks.allocator()), borders);
        clientsNet = new FaultTransport(network.transport(leaks.allocator()), borders);
        EntityAddr addr = bind(node("osd.3", serversNet, atServer));
        connection = node("client.7", clientsNet, atClient).connect(EntityType.OSD, addr);
        network.get("ready", connection.ready());
        network.settle();
    }

    private Messenger node(String name, FaultTransport net, RecordingDispatcher heard) {
        return start(network.messenger(name, leaks.allocator(), net)
                .frameObserver(net)
                .dispatcher(heard));
    }

    private void send(long from, long to) {
        for (long tid = from; tid <= to; tid++) {
            connection.send(message(TYPE, tid, tid % 2 == 0 ? 10_000 : 10));
        }
        network.settle();
    }

    @Test
    void aFrameThatIsLostWhenItIsWrittenDoesNotArriveButThoseBeforeItDo() {
        clientsNet.loseAt(FaultPoint.write(Tag.MESSAGE).nth(4));
        send(1, 6);
        assertThat(atServer.tids()).containsExactly(1L, 2L, 3L);
        assertThat(serversNet.streams().get(0).read(Tag.MESSAGE)).isEqualTo(3);
        assertThat(clientsNet.streams().get(0).isOpen()).isFalse();
        assertThat(serversNet.streams().get(0).isOpen()).isFalse();
        assertThat(clientsNet.isThrough()).isTrue();
    }

    @Test
    void framesBehindOneThatLeavesInPiecesAreFoundToo() {
        clientsNet.loseAt(FaultPoint.write(Tag.MESSAGE).nth(3));
        connection.send(message(TYPE, 100, 900_000));
        network.settle();
        assertThat(atServer.tids()).containsExactly(100L);
        send(1, 3);
        assertThat(atServer.tids()).containsExactly(100L, 1L);
        assertThat(clientsNet.streams().get(0).isOpen()).isFalse();
    }

    @Test
    void aFrameThatIsLostWhenItHasComeCountsAsReadAndIsNotSeen() {
        serversNet.loseAt(FaultPoint.read(Tag.MESSAGE).nth(4));
        send(1, 6);
        assertThat(atServer.tids()).containsExactly(1L, 2L, 3L);
        assertThat(serversNet.streams().get(0).read(Tag.MESSAGE)).isEqualTo(4);
        assertThat(clientsNet.streams().get(0).written(Tag.MESSAGE)).isEqualTo(6);
        assertThat(atServer.count(SessionEvent.Reset.class)).isEqualTo(1);
        assertThat(atClient.count(SessionEvent.Reset.class)).isEqualTo(1);
    }

    @Test
    void whatIsHeldStandsStillInOneDirectionUntilItIsReleased() {
        Hold hold = clientsNet.holdAt(FaultPoint.write(Tag.MESSAGE).nth(2));
        send(1, 3);
        assertThat(hold.isReached()).isTrue();
        assertThat(atServer.tids()).containsExactly(1L);
        atServer.log().get(0).connection().send(message(TYPE, 9));
        network.settle();
        assertThat(atClient.tids()).as("the other direction").containsExactly(9L);
        hold.release();
        network.settle();
        assertThat(atServer.tids()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void whatIsHeldBeforeItIsReadComesEvenAfterTheEndOfItsWriter() {
        Hold hold = serversNet.holdAt(FaultPoint.read(Tag.MESSAGE).nth(2));
        send(1, 3);
        connection.markDown();
        network.settle();
        assertThat(atServer.tids()).containsExactly(1L);
        assertThat(atServer.count(SessionEvent.Reset.class)).isZero();
        hold.release();
        network.settle();
        assertThat(atServer.tids()).containsExactly(1L, 2L, 3L);
        assertThat(atServer.count(SessionEvent.Reset.class)).isEqualTo(1);
    }

    @Test
    void aStreamThatVanishesEndsForItsOwnerOnly() {
        clientsNet.streams().get(0).vanish();
        network.settle();
        assertThat(atClient.count(SessionEvent.Reset.class)).isEqualTo(1);
        assertThat(serversNet.streams().get(0).isOpen()).isTrue();
        atServer.log().get(0).connection().send(message(TYPE, 9));
        network.settle();
        assertThat(atClient.messages()).isEmpty();
        assertThat(atServer.count(SessionEvent.Reset.class)).isZero();
    }
}
