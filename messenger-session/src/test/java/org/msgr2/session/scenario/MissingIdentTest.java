package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.accept.AddressOrder;
import org.msgr2.session.testing.FaultPoint;
import org.msgr2.session.testing.FaultTransport;
import org.msgr2.session.testing.SessionMode;

/** Sessions that one end believes to be established, and the other one has never heard of; and ends that are overtaken. */
class MissingIdentTest extends TrafficTestBase {

    /** A known bug of Ceph's made a full reset of it, which lost what was queued (spec/msgr2 §9.2). */
    @Scenario("P04")
    @ParameterizedTest
    @EnumSource
    void whatBothEndsHaveQueuedArrivesWhenServerIdentIsLost(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        server.net.loseAt(FaultPoint.write(Tag.SERVER_IDENT));
        Connection there = client.dial(server);
        send(there, 1, 10);
        network.await("the server believes in it", () -> server.count(SessionEvent.Accepted.class) == 1);
        Connection back = server.only();
        send(back, 1, 10);

        assertAllArrive(server, 10);
        assertAllArrive(client, 10);
        assertThat(server.only()).isSameAs(back);
        assertThat(client.conn()).isEqualTo(conn(2, 2, 0, 1));
        assertThat(server.acc()).isEqualTo(acc(2, 2, 0, 2));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        assertThat(server.count(SessionEvent.Discarded.class)).isZero();
    }

    /** The client has nothing to send, and waits; the acceptor has, and dials: with a session that the client cannot know. */
    @Scenario("P05")
    @ParameterizedTest
    @EnumSource
    void aPeerWhoseServerIdentWasLostDialsTheOneThatWaits(SessionMode mode) {
        End server = peer(mode, "osd.0", Policy.losslessPeer());
        End client = peer(mode, "osd.1", Policy.losslessPeer());
        server.net.loseAt(FaultPoint.write(Tag.SERVER_IDENT));
        Connection there = client.dial(server);
        network.settle();
        assertThat(client.interruptions())
                .extracting(SessionEvent.Interrupted::waiting)
                .containsExactly(true);
        Connection back = server.only();

        send(back, 1, 10);
        assertAllArrive(client, 10);
        send(there, 1, 10);
        assertAllArrive(server, 10);

        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 0));
        assertThat(server.conn()).isEqualTo(conn(1, 1, 1, 1));
        assertThat(client.written(Tag.SESSION_RESET)).isEqualTo(1);
        assertThat(client.acc()).isEqualTo(acc(1, 1, 1, 1));
        assertThat(client.only()).isSameAs(there);
        assertThat(server.only()).isSameAs(back);
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        assertThat(server.count(SessionEvent.Discarded.class)).isZero();
    }

    static Stream<Arguments> modesAndOrders() {
        return SessionMode.all()
                .flatMap(mode -> Stream.of(AddressOrder.PEER_SMALLER, AddressOrder.PEER_LARGER)
                        .map(order -> Arguments.of(mode, order)));
    }

    /**
     * The client stands still at its banner while the other end dials it. If that has the smaller address, its connection takes the
     * client's session over; otherwise it waits for the client's own. Either way the client has dialled once.
     */
    @Scenario("P06")
    @ParameterizedTest
    @MethodSource("modesAndOrders")
    void aPeerThatIsHeldUpAtItsBannerIsOvertakenOrWaitedFor(SessionMode mode, AddressOrder order) {
        End[] ends = {peer(mode, "osd.0", Policy.losslessPeer()), peer(mode, "osd.1", Policy.losslessPeer())};
        boolean firstIsClient = AddressOrder.of(ends[1].addr, ends[0].addr) == order;
        End client = ends[firstIsClient ? 0 : 1];
        End server = ends[firstIsClient ? 1 : 0];
        FaultTransport.Hold hold = client.net.holdAt(FaultPoint.BANNER_WRITE);
        Connection there = client.dial(server);
        send(there, 1, 5);
        network.await("held", hold::isReached);
        Connection back = server.dial(client);
        send(back, 1, 5);
        network.settle();

        boolean serverWins = order == AddressOrder.PEER_SMALLER;
        assertThat(client.count(SessionEvent.Accepted.class)).isEqualTo(serverWins ? 1 : 0);
        assertThat(client.written(Tag.WAIT)).isEqualTo(serverWins ? 0 : 1);
        hold.release();

        assertAllArrive(server, 5);
        assertAllArrive(client, 5);
        assertThat(client.only()).isSameAs(there);
        assertThat(server.only()).isSameAs(back);
        assertThat(client.conn()).isEqualTo(serverWins ? conn(1, 0, 0, 0) : conn(1, 1, 0, 1));
        assertThat(server.written(Tag.SESSION_RECONNECT)).isZero();
        assertThat(server.net.attempts()).hasSize(1);
        assertThat(client.openStreams()).isEqualTo(1);
        assertThat(server.openStreams()).isEqualTo(1);
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }
}
