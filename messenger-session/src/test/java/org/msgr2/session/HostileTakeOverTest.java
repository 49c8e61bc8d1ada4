package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.wire.Limits;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;
import org.msgr2.session.transport.Transport;

/** Peers that claim what is not theirs, or leave behind more than they may. */
class HostileTakeOverTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int CONNECTIONS_MAX = 3;

    private final RecordingDispatcher events = new RecordingDispatcher();
    private Transport raw;

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void rawEnd() {
        raw = network.transport(leaks.allocator());
    }

    @Test
    void aSessionThatWeHaveDialledIsNotTakenOverWherePeersAreNotRegistered() {
        List<RawPeer> dialled = new ArrayList<>();
        EntityAddr osd = RawPeer.listen(
                        network,
                        raw,
                        peer -> dialled.add(peer.reach(Stage.SESSION).send(established(peer))))
                .addr();
        Messenger node =
                start(messenger("mds.0").dialPolicy(Policy.losslessClient()).dispatcher(events));
        EntityAddr addr = bind(node);
        network.get("ready", node.connect(EntityType.OSD, osd).ready());
        ControlFrame.ClientIdent ident = (ControlFrame.ClientIdent) dialled.get(0).frames().stream()
                .map(RawPeer.In::control)
                .filter(ControlFrame.ClientIdent.class::isInstance)
                .findFirst()
                .orElseThrow();

        RawPeer thief = RawPeer.dial(network, raw, addr).reach(Stage.SESSION);
        thief.send(new ControlFrame.SessionReconnect(EntityAddrVec.of(osd), ident.cookie(), 77, 9, 1, 0));
        network.settle();

        assertThat(thief.lastFrame().control()).isEqualTo(new ControlFrame.SessionReset(true));
        assertThat(dialled.get(0).isClosed()).isFalse();
        assertThat(events.count(SessionEvent.Accepted.class)).isZero();
        thief.close();
        network.settle();
    }

    private static ControlFrame.ServerIdent established(RawPeer peer) {
        return new ControlFrame.ServerIdent(
                EntityAddrVec.of(peer.target()), 3, 1, CephFeatures.MESSENGER, CephFeatures.MSGR2_REQUIRED, 0, 77);
    }

    /** A server that only a few may use at once. */
    private Messenger stateful() {
        Limits limits = Limits.defaults();
        return start(messenger("mds.0")
                .acceptPolicy(Policy.statefulServer())
                .limits(limits.withQueues(limits.queues().withConnectionsMax(CONNECTIONS_MAX)))
                .dispatcher(events));
    }

    private RawPeer client(EntityAddr server, int nonce) {
        RawPeer peer = RawPeer.dial(network, raw, server).reach(Stage.SESSION);
        network.settle();
        if (!peer.isClosed()) {
            EntityAddrVec self = EntityAddrVec.parse("any:127.0.0.1:0/" + nonce);
            peer.send(new ControlFrame.ClientIdent(
                    self, server, 9, 1, CephFeatures.MESSENGER, CephFeatures.MSGR2_REQUIRED, 0, nonce));
            network.settle();
        }
        return peer;
    }

    private static boolean isReady(RawPeer peer) {
        return !peer.isClosed() && peer.lastFrame().control() instanceof ControlFrame.ServerIdent;
    }

    private void leave(RawPeer peer) {
        peer.close();
        network.settle();
    }

    @Test
    void sessionsOfPeersThatDoNotComeBackKeepNobodyOut() {
        Messenger server = stateful();
        EntityAddr addr = bind(server);
        for (int nonce = 1; nonce <= 10; nonce++) {
            RawPeer peer = client(addr, nonce);
            assertThat(isReady(peer)).as("client " + nonce).isTrue();
            leave(peer);
            assertThat(server.connections()).hasSize(Math.min(nonce, CONNECTIONS_MAX));
        }
        assertThat(events.all(SessionEvent.Reset.class))
                .as("those that were absent for the longest")
                .hasSize(10 - CONNECTIONS_MAX)
                .allSatisfy(reset -> assertThat(reset.cause()).hasMessageContaining("3 connections"));
    }

    @Test
    void sessionsOfPeersThatAreThereAreKept() {
        Messenger server = stateful();
        EntityAddr addr = bind(server);
        List<RawPeer> there = new ArrayList<>();
        for (int nonce = 1; nonce <= CONNECTIONS_MAX; nonce++) {
            there.add(client(addr, nonce));
        }
        assertThat(client(addr, 10).isClosed()).isTrue();
        leave(there.get(0));
        // It is back before anybody wants its place.
        there.set(0, client(addr, 1));
        assertThat(client(addr, 11).isClosed()).isTrue();
        assertThat(there).allMatch(HostileTakeOverTest::isReady);
        assertThat(events.count(SessionEvent.Reset.class)).isZero();
        there.forEach(this::leave);
    }

    /**
     * A process whose clock went back when it was restarted looks like an old attempt of its predecessor. The session has nothing to
     * send and nobody to hear from: it would refuse the peer for as long as the clock is behind.
     */
    @Test
    void aSessionThatRefusesAnOldAttemptFindsOutWhetherItsPeerIsThere() {
        List<RawPeer> dialled = new ArrayList<>();
        EntityAddr peer = RawPeer.listen(network, raw, dialled::add).addr();
        Messenger node = start(messenger("osd.0")
                .dialPolicy(Policy.losslessPeer())
                .acceptPolicy(Policy.losslessPeer())
                .dispatcher(events));
        EntityAddr addr = bind(node);
        RawPeer first = osd(addr, peer, 10, 1);
        assertThat(isReady(first)).isTrue();
        leave(first);
        assertThat(events.all(SessionEvent.Interrupted.class)).allMatch(SessionEvent.Interrupted::waiting);
        assertThat(dialled).as("on standby").isEmpty();

        RawPeer restarted = osd(addr, peer, 5, 2);

        assertThat(restarted.isClosed()).isTrue();
        assertThat(dialled).hasSize(1);
        assertThat(node.stats().acceptDecisions())
                .containsEntry("IDENT_NEW", 1L)
                .containsEntry("IDENT_STALE", 1L);
        dialled.get(0).close();
        network.settle();
    }

    private RawPeer osd(EntityAddr node, EntityAddr self, long globalSeq, long cookie) {
        RawPeer peer = RawPeer.dial(network, raw, node).reach(Stage.SESSION);
        network.settle();
        peer.send(new ControlFrame.ClientIdent(
                EntityAddrVec.of(self),
                node,
                7,
                globalSeq,
                CephFeatures.MESSENGER,
                CephFeatures.MSGR2_REQUIRED,
                0,
                cookie));
        network.settle();
        return peer;
    }
}
