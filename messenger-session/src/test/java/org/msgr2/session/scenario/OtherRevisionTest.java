package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.SessionMode;

/**
 * A session that is taken over by a connection of another revision, as when its client was upgraded: the layout of frames belongs to
 * the connection. Ceph once went on with the old one (spec/msgr2 §9.2). The client is made of bytes, which do not encrypt.
 */
class OtherRevisionTest extends ScenarioTestBase {
    private static final EntityAddrVec SELF = EntityAddrVec.parse("any:127.0.0.1:0/99");
    private static final long COOKIE = 77;
    private static final byte[] FRONT = new byte[100];

    private Actor server;
    private EntityAddr addr;

    @BeforeEach
    void listen() {
        server = actor("osd.3", SessionMode.CRC, Policy.statefulServer());
        addr = bind(server.messenger);
    }

    private RawPeer dial(Revision revision) {
        RawPeer peer = RawPeer.dial(network, network.transport(leaks.allocator()), addr);
        return (revision == Revision.MSGR2_0 ? peer.rev0() : peer).reach(Stage.SESSION);
    }

    private static Revision other(Revision revision) {
        return revision == Revision.MSGR2_0 ? Revision.MSGR2_1 : Revision.MSGR2_0;
    }

    private ControlFrame.ClientIdent ident(long globalSeq) {
        return new ControlFrame.ClientIdent(
                SELF, addr, 9, globalSeq, CephFeatures.MESSENGER, CephFeatures.MSGR2_REQUIRED, 0, COOKIE);
    }

    private void lose(RawPeer peer) {
        peer.close();
        network.settle();
    }

    /** Both ends understand each other on it. */
    private void assertSpeaks(RawPeer peer, Revision revision, long seq) {
        peer.send(peer.message(Actor.TYPE, seq, seq, FRONT));
        server.send(server.session(), 1);
        network.settle();
        assertThat(server.heard.tids()).isEqualTo(numbers(seq));
        assertThat(peer.frames()).anyMatch(frame -> frame.is(Tag.MESSAGE));
        assertThat(server.session().info().revision()).isEqualTo(revision);
        assertThat(server.resets()).isEqualTo(Resets.NONE);
        assertThat(server.heard.count(SessionEvent.Discarded.class)).isZero();
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S13")
    void ofAnIdentWhoseAnswerWasLost(Revision first) {
        lose(dial(first).send(ident(1)));
        RawPeer again = dial(other(first)).send(ident(2));
        network.settle();
        assertThat(again.lastFrame().control()).isInstanceOf(ControlFrame.ServerIdent.class);
        assertSpeaks(again, other(first), 1);
        assertThat(server.acceptedEvents().values()).containsExactly(2);
        lose(again);
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S14")
    void ofASessionThatGoesOn(Revision first) {
        RawPeer peer = dial(first).send(ident(1));
        network.settle();
        ControlFrame.ServerIdent ident =
                (ControlFrame.ServerIdent) peer.lastFrame().control();
        assertSpeaks(peer, first, 1);
        lose(peer);
        RawPeer again = dial(other(first));
        again.send(new ControlFrame.SessionReconnect(SELF, COOKIE, ident.cookie(), 2, 1, 1));
        network.settle();
        assertThat(again.lastFrame().control()).isEqualTo(new ControlFrame.SessionReconnectOk(1));
        assertSpeaks(again, other(first), 2);
        lose(again);
    }
}
