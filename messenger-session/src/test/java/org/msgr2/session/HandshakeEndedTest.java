package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.session.HandshakeListener.End;
import org.msgr2.session.HandshakeListener.HandshakeEnded;
import org.msgr2.session.testing.FlakyTransport;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;

/** What a node tells of connections that became no session of their own, and what a session counts of its connections. */
class HandshakeEndedTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final EntityAddrVec PEER = EntityAddrVec.parse("any:127.0.0.1:0/7");

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final List<HandshakeEnded> ended = new ArrayList<>();
    private Transport raw;
    private Messenger server;
    private EntityAddr addr;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void aStatefulServer() {
        raw = network.transport(leaks.allocator());
        server = start(messenger("mds.0")
                .acceptPolicy(Policy.statefulServer())
                .handshakeListener(ended::add)
                .dispatcher(atServer));
        addr = bind(server);
    }

    private RawPeer dial() {
        RawPeer peer = RawPeer.dial(network, raw, addr).reach(Stage.SESSION);
        network.settle();
        return peer;
    }

    private RawPeer ident(RawPeer peer, long cookie, long globalSeq) {
        peer.send(new ControlFrame.ClientIdent(
                PEER, addr, 9, globalSeq, CephFeatures.MESSENGER, CephFeatures.MSGR2_REQUIRED, 0, cookie));
        network.settle();
        return peer;
    }

    private void leave(RawPeer peer) {
        peer.close();
        network.settle();
    }

    private Connection accepted() {
        return atServer.log().get(0).connection();
    }

    @Test
    void oneThatBecomesASessionIsNotOfThem() {
        leave(ident(dial(), 5, 1));
        assertThat(ended).isEmpty();
        assertThat(accepted().stats()).isEqualTo(new ConnectionStats(0, 0, 0, 1, 0, 1, 0));
    }

    @Test
    void oneThatThePeerGivesUpIsClosed() {
        leave(dial());
        assertThat(ended).singleElement().satisfies(one -> {
            assertThat(one.end()).isEqualTo(End.CLOSED);
            assertThat(one.clientIdents()).isZero();
            assertThat(one.sessionReconnects()).isZero();
            assertThat(one.remote().toString()).startsWith("v2:127.0.0.1:");
            ProtocolException cause = one.cause();
            assertThat(cause)
                    .isNotNull()
                    .hasMessage(
                            "peer " + one.remote() + ": the peer closed the connection while waiting for CLIENT_IDENT");
        });
        assertThat(server.stats().handshakesFailed()).isEqualTo(1);
    }

    @Test
    void aStaleOneIsClosedWithWhatItHasSaid() {
        RawPeer newer = ident(dial(), 5, 2);
        RawPeer stale = ident(dial(), 5, 1);
        assertThat(stale.isClosed()).isTrue();
        assertThat(ended).singleElement().satisfies(one -> {
            assertThat(one.end()).isEqualTo(End.CLOSED);
            assertThat(one.clientIdents()).isEqualTo(1);
            assertThat(one.cause())
                    .isNotNull()
                    .extracting(ProtocolException::kind)
                    .isEqualTo(FaultKind.SEQUENCE);
        });
        assertThat(accepted().stats().established()).isEqualTo(1);
        leave(newer);
    }

    @Test
    void oneThatASessionTakesOverIsReplaced() {
        RawPeer first = ident(dial(), 5, 1);
        RawPeer second = ident(dial(), 5, 2);
        assertThat(first.isClosed()).isTrue();
        assertThat(ended).singleElement().satisfies(one -> {
            assertThat(one.end()).isEqualTo(End.REPLACED);
            assertThat(one.clientIdents()).isEqualTo(1);
            assertThat(one.cause()).isNull();
        });
        assertThat(server.stats().handshakesFailed()).isZero();
        assertThat(accepted().stats()).isEqualTo(new ConnectionStats(0, 0, 0, 2, 0, 2, 0));
        leave(second);
    }

    @Test
    void oneThatIsToldThatItsSessionIsForgottenCountsWhatItSays() {
        RawPeer peer = dial();
        peer.send(new ControlFrame.SessionReconnect(PEER, 5, 6, 1, 1, 0));
        network.settle();
        assertThat(peer.lastFrame().control()).isEqualTo(new ControlFrame.SessionReset(true));
        leave(peer);
        assertThat(ended).singleElement().satisfies(one -> {
            assertThat(one.sessionReconnects()).isEqualTo(1);
            assertThat(one.clientIdents()).isZero();
        });
    }

    @Test
    void bothEndsCountAReconnect() {
        FlakyTransport breaking = new FlakyTransport(network.transport(leaks.allocator()));
        Messenger client =
                start(network.messenger("client.7", leaks.allocator(), breaking).dialPolicy(Policy.losslessClient()));
        Connection connection = client.connect(EntityType.MDS, addr);
        network.get("ready", connection.ready());
        network.settle();
        breaking.cut();
        network.settle();
        assertThat(connection.stats()).isEqualTo(new ConnectionStats(2, 1, 1, 0, 0, 2, 0));
        assertThat(accepted().stats()).isEqualTo(new ConnectionStats(0, 0, 0, 1, 1, 2, 0));
        assertThat(ended).singleElement().satisfies(one -> {
            assertThat(one.end()).isEqualTo(End.REPLACED);
            assertThat(one.sessionReconnects()).isEqualTo(1);
        });
        accepted().markDown();
        network.await("ready again", () -> connection.stats().established() == 3);
        assertThat(connection.stats()).isEqualTo(new ConnectionStats(3, 2, 2, 0, 0, 3, 1));
    }

    @Test
    void aListenerThatThrowsHarmsNobody() {
        Messenger careless =
                start(messenger("mds.1").acceptPolicy(Policy.statefulServer()).handshakeListener(one -> {
                    throw new IllegalStateException("careless");
                }));
        EntityAddr carelessAddr = bind(careless);
        try (LogCapture log = LogCapture.of("org.msgr2.session.driver.Node")) {
            leave(RawPeer.dial(network, raw, carelessAddr).reach(Stage.SESSION));
            assertThat(log.lines()).anyMatch(line -> line.contains("the listener for handshakes failed"));
        }
        Messenger client = start(messenger("client.7"));
        network.get("ready", client.connect(EntityType.MDS, carelessAddr).ready());
        assertThat(careless.stats().handshakes()).isZero();
    }
}
