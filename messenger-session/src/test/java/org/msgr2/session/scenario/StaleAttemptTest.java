package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.HandshakeListener.End;
import org.msgr2.session.Policy;
import org.msgr2.session.testing.FaultPoint;
import org.msgr2.session.testing.FaultStream;
import org.msgr2.session.testing.FaultTransport.Hold;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.SessionMode;

/**
 * A connection that its dialler has given up, and whose bytes arrive when the next one is up already: only the newest survives
 * (spec/msgr2 §5.3 row 3, §5.4 row 6).
 */
class StaleAttemptTest extends ScenarioTestBase {
    private Actor client;
    private Actor server;
    private Connection connection;

    /** The ends' policies, and the mode. */
    record Pair(Policy dialling, Policy accepting, SessionMode mode) {
        @Override
        public String toString() {
            return dialling.name() + " to " + accepting.name() + ", " + mode;
        }
    }

    static Stream<Pair> pairs() {
        return SessionMode.all()
                .flatMap(mode -> Stream.of(
                        new Pair(Policy.losslessClient(), Policy.statefulServer(), mode),
                        new Pair(Policy.losslessPeer(), Policy.losslessPeer(), mode)));
    }

    static Stream<Pair> pairsAndALossyOne() {
        return Stream.concat(
                pairs(),
                SessionMode.all()
                        .map(mode -> new Pair(Policy.lossyClient(), Policy.statelessRegisteredServer(), mode)));
    }

    private void meet(Pair pair) {
        server = actor("osd.3", pair.mode(), pair.accepting());
        client = actor("osd.7", pair.mode(), pair.dialling());
        bind(server.messenger);
        if (pair.accepting().equals(Policy.losslessPeer())) {
            bind(client.messenger);
        }
    }

    private void dial() {
        connection = client.dial(EntityType.OSD, server.messenger.addresses().first());
        client.send(connection, 2);
        network.settle();
    }

    /** The client loses the connection that is held at the server, and dials again; the server does not hear of it. */
    private void lostByTheClientOnly(Hold hold) {
        assertThat(hold.isReached()).isTrue();
        newest(client, true).vanish();
        advance(Duration.ofSeconds(1));
    }

    private static FaultStream newest(Actor actor, boolean dialled) {
        List<FaultStream> all = actor.net.streams(dialled);
        return all.get(all.size() - 1);
    }

    private void assertOnlyTheNewestIsThere() {
        assertTraffic(client, server);
        assertThat(client.session()).isSameAs(connection);
        assertThat(server.net.streams()).filteredOn(FaultStream::isOpen).containsExactly(newest(server, false));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }

    @ParameterizedTest
    @MethodSource("pairsAndALossyOne")
    @Scenario({"S26", "S28"})
    void aStaleIdentIsDropped(Pair pair) {
        meet(pair);
        Hold hold = server.net.holdAt(FaultPoint.read(Tag.CLIENT_IDENT));
        dial();
        lostByTheClientOnly(hold);
        assertThat(server.accs()).containsExactly(acc(1, 0, 0, 0), acc(1, 1, 0, 1));
        FaultStream stale = hold.stream();
        hold.release();
        network.settle();

        assertThat(stale.read(Tag.CLIENT_IDENT)).isEqualTo(1);
        assertThat(stale.isOpen()).isFalse();
        assertThat(stale.written(Tag.SERVER_IDENT)).isZero();
        assertThat(server.ends()).containsExactly(End.CLOSED, null);
        assertOnlyTheNewestIsThere();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 0), acc(1, 1, 0, 1));
        assertThat(client.conn()).isEqualTo(conn(2, 2, 0, 1));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Scenario("S27")
    void aStaleReconnectIsTold(Pair pair) {
        meet(pair);
        dial();
        Hold hold = server.net.holdAt(FaultPoint.read(Tag.SESSION_RECONNECT));
        loseTheFirstConnection();
        lostByTheClientOnly(hold);
        FaultStream stale = hold.stream();
        hold.release();
        network.settle();

        // The socket's other end is gone: nobody reads that its global_seq is too low.
        assertThat(stale.written(Tag.SESSION_RETRY_GLOBAL)).isEqualTo(1);
        assertThat(stale.written(Tag.SESSION_RECONNECT_OK)).isZero();
        stale.lose();
        network.settle();
        assertOnlyTheNewestIsThere();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 0, 1, 0), acc(1, 0, 1, 0));
        assertThat(server.ends()).containsExactly(null, End.CLOSED, End.REPLACED);
        assertThat(client.conn()).isEqualTo(conn(3, 1, 2, 2));
    }

    private void loseTheFirstConnection() {
        client.net.loseAll();
        client.send(connection, 1);
        network.settle();
    }

    /** A peer that is still there says a higher one on the same connection. No messenger of ours can be made to have to. */
    @ParameterizedTest
    @EnumSource(Revision.class)
    @Scenario("S27")
    void aReconnectWithALowGlobalSeqSucceedsWithAHigherOne(Revision revision) {
        SessionMode mode = revision == Revision.MSGR2_1 ? SessionMode.CRC : SessionMode.CRC_OF_MSGR20;
        server = actor("osd.3", mode, Policy.statefulServer());
        EntityAddr addr = bind(server.messenger);
        EntityAddrVec self = EntityAddrVec.parse("any:127.0.0.1:0/99");
        RawPeer peer = raw(addr, revision);
        peer.send(new ControlFrame.ClientIdent(
                self, addr, 9, 1000, CephFeatures.MESSENGER, CephFeatures.MSGR2_REQUIRED, 0, 77));
        network.settle();
        ControlFrame.ServerIdent ident =
                (ControlFrame.ServerIdent) peer.lastFrame().control();
        peer.send(new ControlFrame.Ack(0)); // it has heard the answer
        peer.close();
        network.settle();

        RawPeer again = raw(addr, revision);
        again.send(new ControlFrame.SessionReconnect(self, 77, ident.cookie(), 999, 1, 0));
        network.settle();
        assertThat(again.lastFrame().control()).isEqualTo(new ControlFrame.SessionRetryGlobal(1000));
        again.send(new ControlFrame.SessionReconnect(self, 77, ident.cookie(), 1001, 1, 0));
        network.settle();
        assertThat(again.lastFrame().control()).isEqualTo(new ControlFrame.SessionReconnectOk(0));
        assertThat(server.acceptedEvents().values()).containsExactly(2);
        again.close();
        network.settle();
    }

    private RawPeer raw(EntityAddr addr, Revision revision) {
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr);
        return (revision == Revision.MSGR2_0 ? peer.rev0() : peer).reach(Stage.SESSION);
    }

    /** The server believes in a session whose SERVER_IDENT has not left yet. */
    @ParameterizedTest
    @MethodSource("pairs")
    @Scenario("S28")
    void aStaleAnswerIsNotSent(Pair pair) {
        meet(pair);
        Hold hold = server.net.holdAt(FaultPoint.write(Tag.SERVER_IDENT));
        dial();
        lostByTheClientOnly(hold);
        assertThat(hold.stream().isOpen()).isFalse();
        hold.release();
        network.settle();

        assertOnlyTheNewestIsThere();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 1, 0, 0));
        assertThat(server.ends()).containsExactly(null, End.REPLACED);
        assertThat(client.conn()).isEqualTo(conn(2, 2, 0, 1));
    }

    @ParameterizedTest
    @MethodSource("pairs")
    @Scenario("S28")
    void aStaleAnswerToAReconnectIsNotSent(Pair pair) {
        meet(pair);
        dial();
        Hold hold = server.net.holdAt(FaultPoint.write(Tag.SESSION_RECONNECT_OK));
        loseTheFirstConnection();
        lostByTheClientOnly(hold);
        assertThat(hold.stream().isOpen()).isFalse();
        hold.release();
        network.settle();

        assertOnlyTheNewestIsThere();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 3), acc(1, 0, 1, 0), acc(1, 0, 1, 0));
        assertThat(server.ends()).containsExactly(null, End.REPLACED, End.REPLACED);
        assertThat(client.conn()).isEqualTo(conn(3, 1, 2, 2));
    }

    /**
     * It is from a process that has died since. Its cookie is another one and its number the lower: so is that of a peer that was
     * restarted with its clock set back; but this connection was opened before the session was.
     */
    @ParameterizedTest
    @EnumSource
    @Scenario("S26")
    void aStaleIdentOfAPredecessorIsDropped(SessionMode mode) {
        EntityAddr addr = EntityAddr.parse("v2:127.0.0.1:6801/9");
        server = actor("osd.3", mode, Policy.losslessPeer());
        client = actor("osd.7", mode, Policy.losslessPeer());
        bind(server.messenger);
        bind(client.messenger, addr);
        Hold hold = server.net.holdAt(FaultPoint.read(Tag.CLIENT_IDENT));
        dial();
        crash(client);
        client = actor("osd.7", mode, Policy.losslessPeer());
        bind(client.messenger, addr);
        dial();
        awaitReceived(server, 2);
        // Now it dials, and gets nowhere.
        client.net.refuse(true);
        server.net.refuse(true);
        client.net.loseAll();
        server.send(server.session(), 2);
        network.settle();
        hold.release();
        network.settle();

        assertThat(server.ends()).containsExactly(End.CLOSED, null);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        server.net.refuse(false);
        advance(Duration.ofSeconds(1));
        assertOnlyOneIsOpen();
        assertTraffic(client, server);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }

    private void assertOnlyOneIsOpen() {
        assertThat(server.net.streams()).filteredOn(FaultStream::isOpen).hasSize(1);
    }

    /**
     * Ceph takes a session over in two steps, and tells WAIT or RETRY_GLOBAL to whoever comes between them. Ours does it in one,
     * so nobody can: of two that come at once the second takes over from the first. The rules for it are there nonetheless, and
     * have a test.
     */
    @ParameterizedTest
    @EnumSource
    @Scenario("S33")
    void nobodyComesInTheMiddleOfATakeOver(SessionMode mode) {
        meet(new Pair(Policy.losslessClient(), Policy.statefulServer(), mode));
        comeTwiceAtOnce(Tag.CLIENT_IDENT);
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 2), acc(1, 0, 0, 0), acc(1, 1, 0, 0));
        comeTwiceAtOnce(Tag.SESSION_RECONNECT);
        assertThat(server.accs())
                .startsWith(acc(1, 1, 0, 4))
                .endsWith(acc(1, 0, 1, 0), acc(1, 0, 0, 0), acc(1, 0, 1, 0))
                .hasSize(6);

        assertThat(server.written(Tag.WAIT) + server.written(Tag.SESSION_RETRY_GLOBAL))
                .isZero();
        assertOnlyOneIsOpen();
        assertTraffic(client, server);
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }

    private void comeTwiceAtOnce(Tag with) {
        Hold first = server.net.holdAt(FaultPoint.read(with));
        client.net.loseAll();
        dial();
        Hold second = server.net.holdAt(FaultPoint.read(with));
        // A third one, of nobody: the two are on one loop then, and do not overtake each other on their way to the
        // session's.
        RawPeer.dial(
                        network,
                        network.transport(leaks.allocator()),
                        server.messenger.addresses().first())
                .close();
        lostByTheClientOnly(first);
        first.release();
        second.release();
        network.settle();
    }
}
