package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;
import static org.msgr2.session.scenario.Resets.reset;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SendResult;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.SessionMode;

/** An end that gives a session up, and what the other one is told of it when they meet again. */
class MarkDownTest extends TrafficTestBase {

    static Stream<Arguments> modesAndEnds() {
        List<Arguments> all = new ArrayList<>();
        for (SessionMode mode : SessionMode.values()) {
            all.add(Arguments.of(mode, true));
            all.add(Arguments.of(mode, false));
        }
        return all.stream();
    }

    @Scenario("P11")
    @ParameterizedTest
    @EnumSource
    void aServersSessionGoesOnAsANewOneWhenItsClientHasForgottenIt(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection first = client.connect(server);
        Connection session = server.only();
        assertEchoFlows(first, server, client);
        first.markDown();
        network.settle();
        assertThat(client.messenger.connections()).isEmpty();
        assertThat(server.count(SessionEvent.Interrupted.class)).isEqualTo(1);

        Connection second = client.connect(server);

        assertThat(second).isNotSameAs(first);
        assertThat(server.only()).isSameAs(session);
        // Both sockets together: the specification's acc(1,1,0,2) is of the session and its first socket.
        assertThat(server.acc()).isEqualTo(acc(2, 2, 0, 2));
        assertThat(server.resets()).isEqualTo(reset(0, 1));
        assertThat(client.conn()).isEqualTo(conn(2, 2, 0, 2));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertEchoFlows(second, server, client);
    }

    /** Where both ends may dial, ours would not be told: a peer that has never spoken may not have heard of the session. */
    @Scenario("P11")
    @ParameterizedTest
    @EnumSource
    void aServerIsToldEvenIfItsClientNeverSpoke(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        client.connect(server).markDown();
        network.settle();
        Connection session = server.only();
        client.connect(server);
        assertThat(server.only()).isSameAs(session);
        assertThat(server.acc()).isEqualTo(acc(2, 2, 0, 2));
        assertThat(server.resets()).isEqualTo(reset(0, 1));
    }

    @Scenario("P12")
    @ParameterizedTest
    @EnumSource
    void aClientIsToldThatItsServerHasForgottenTheSession(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection session = client.connect(server);
        Connection first = server.only();

        first.markDown();
        network.settle();

        assertThat(client.conn()).isEqualTo(conn(2, 2, 1, 2));
        assertThat(client.resets()).isEqualTo(reset(0, 1));
        assertThat(client.only()).isSameAs(session);
        assertThat(server.acc()).isEqualTo(acc(2, 2, 1, 2));
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        assertThat(server.only()).isNotSameAs(first);
        assertEchoFlows(session, server, client);
    }

    @Scenario("P13")
    @ParameterizedTest
    @EnumSource
    void aLossyClientIsResetAndComesBackWhenItIsAskedTo(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statelessServer());
        End client = client(mode, "client.7", Policy.lossyClient());
        Connection first = client.connect(server);

        server.only().markDown();
        network.settle();
        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertThat(client.messenger.connections()).isEmpty();
        assertThat(first.closed().toCompletableFuture()).isDone();

        Connection second = client.connect(server);
        assertThat(client.conn()).isEqualTo(conn(2, 2, 0, 2));
        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertThat(server.acc()).isEqualTo(acc(2, 2, 0, 2));
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        assertEchoFlows(second, server, client);
    }

    /** Both ways back: the end that has forgotten the session dials, or the one that has not. */
    @Scenario("P14")
    @ParameterizedTest
    @MethodSource("modesAndEnds")
    void aReusingPeerIsToldOnce(SessionMode mode, boolean dialerForgets) {
        for (boolean forgetfulComesBack : new boolean[] {true, false}) {
            Pair pair = new Pair(mode, Policy.losslessPeerReuse(), dialerForgets);
            pair.forget();
            if (forgetfulComesBack) {
                pair.forgetful.connect(pair.other);
            } else {
                // What it sends makes it dial; the message was for the peer's former self, and is named.
                send(pair.session, 1, 1);
                network.settle();
                assertThat(pair.other.heard.all(SessionEvent.Discarded.class))
                        .singleElement()
                        .satisfies(discarded -> assertThat(discarded.messages()).isEqualTo(1));
            }
            assertThat(pair.other.count(SessionEvent.RemoteReset.class)).isEqualTo(1);
            assertThat(pair.forgetful.count(SessionEvent.RemoteReset.class)).isZero();
            pair.assertOneSessionEach();
            pair.close();
        }
    }

    /**
     * When the end that has forgotten the session dials. If the other one does, it hears of it all the same: whom nobody knows gets
     * a full reset, whatever the policy (spec/msgr2 §5.4 row 1).
     */
    @Scenario("P15")
    @ParameterizedTest
    @MethodSource("modesAndEnds")
    void aPeerIsNotTold(SessionMode mode, boolean dialerForgets) {
        Pair pair = new Pair(mode, Policy.losslessPeer(), dialerForgets);
        pair.forget();
        pair.forgetful.connect(pair.other);
        assertThat(pair.other.count(SessionEvent.RemoteReset.class)).isZero();
        assertThat(pair.forgetful.count(SessionEvent.RemoteReset.class)).isZero();
        assertThat(pair.other.count(SessionEvent.Discarded.class)).isZero();
        pair.assertOneSessionEach();
    }

    /** Two peers with a session, of which one will forget it. */
    private final class Pair {
        private final End forgetful;
        private final End other;
        private final Connection forgotten;
        private final Connection session;

        Pair(SessionMode mode, Policy policy, boolean dialerForgets) {
            End dialer = peer(mode, "osd.0", policy);
            End acceptor = peer(mode, "osd.1", policy);
            dialer.connect(acceptor);
            forgetful = dialerForgets ? dialer : acceptor;
            other = dialerForgets ? acceptor : dialer;
            forgotten = forgetful.only();
            session = other.only();
            // Both ends know the session by now, and know that the other one does.
            assertEchoFlows(session, forgetful, other);
        }

        void forget() {
            forgotten.markDown();
            network.settle();
            assertThat(forgetful.messenger.connections()).isEmpty();
            assertThat(forgetful.count(SessionEvent.Reset.class)).isZero();
            assertThat(other.heard.all(SessionEvent.Interrupted.class))
                    .singleElement()
                    .satisfies(interrupted -> assertThat(interrupted.waiting()).isTrue());
        }

        void assertOneSessionEach() {
            assertThat(other.only()).isSameAs(session);
            assertThat(forgetful.only()).isNotSameAs(forgotten);
            assertThat(other.count(SessionEvent.Reset.class)).isZero();
            assertThat(forgetful.openStreams()).isEqualTo(1);
            assertThat(other.openStreams()).isEqualTo(1);
            assertEchoFlows(session, forgetful, other);
        }

        void close() {
            Messenger one = forgetful.messenger;
            network.close(one);
            other.close();
        }
    }

    @Scenario("P42")
    @ParameterizedTest
    @EnumSource
    void whatIsSentAfterwardsGoesNowhere(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection connection = client.connect(server);
        connection.markDown();
        // Ceph drops it silently. Ours drops it too, and says so: the message is still the caller's.
        var late = message(TYPE, 1, 100);
        assertThat(connection.send(late).outcome()).isEqualTo(SendResult.Outcome.CLOSED);
        assertThat(late.refCnt()).isEqualTo(1);
        late.release();
        network.settle();
        assertThat(connection.send(message(TYPE, 2)).outcome()).isEqualTo(SendResult.Outcome.CLOSED);
        network.settle();
        assertThat(server.heard.messages()).isEmpty();
        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        assertThat(client.count(SessionEvent.Discarded.class)).isZero();
        assertThat(connection.queuedMessages()).isZero();
    }

    @Scenario("P43")
    @ParameterizedTest
    @MethodSource("modesAndEnds")
    void aDisposableConnectionEndsWithTheNextFault(SessionMode mode, boolean atClient) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        End client = client(mode, "client.7", Policy.losslessClient());
        Connection dialled = client.connect(server);
        Connection disposable = atClient ? dialled : server.only();
        End end = atClient ? client : server;
        End other = atClient ? server : client;
        disposable.markDisposable();
        assertEchoFlows(dialled, server, client);

        end.net.loseAll();
        network.settle();

        assertThat(disposable.closed().toCompletableFuture()).isDone();
        assertThat(end.count(SessionEvent.Reset.class)).isEqualTo(1);
        assertThat(end.count(SessionEvent.Interrupted.class)).isZero();
        assertThat(other.count(SessionEvent.Reset.class)).isZero();
        assertThat(other.count(SessionEvent.Interrupted.class)).isEqualTo(1);
        if (atClient) {
            assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
            assertThat(client.messenger.connections()).isEmpty();
        } else {
            assertThat(client.conn()).isEqualTo(conn(2, 2, 1, 2));
            assertThat(client.resets()).isEqualTo(reset(0, 1)); // the server knows nothing of the session any more
            assertThat(server.only()).isNotSameAs(disposable);
        }
    }
}
