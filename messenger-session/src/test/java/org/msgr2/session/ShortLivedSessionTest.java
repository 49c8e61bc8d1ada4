package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** A server that accepts and closes at once, again and again: who dials it does not do so in a tight loop. */
class ShortLivedSessionTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7d00;

    private final RecordingDispatcher atClient = new RecordingDispatcher();
    private final List<RawPeer> streams = new ArrayList<>();

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    @BeforeEach
    void aClientOfAServerThatKeepsSessions() {
        EntityAddr addr = RawPeer.listen(network, network.transport(leaks.allocator()), this::answer)
                .addr();
        Connection connection = start(messenger("client.7")
                        .dialPolicy(Policy.losslessClient())
                        .dispatcher(atClient))
                .connect(EntityType.OSD, addr);
        network.get("ready", connection.ready());
        network.settle();
    }

    private void answer(RawPeer peer) {
        peer.reach(Stage.SESSION);
        peer.send(
                streams.isEmpty()
                        ? new ControlFrame.ServerIdent(
                                EntityAddrVec.of(peer.target()),
                                3,
                                1,
                                CephFeatures.MESSENGER,
                                CephFeatures.MSGR2_REQUIRED,
                                0,
                                77)
                        : new ControlFrame.SessionReconnectOk(0));
        streams.add(peer);
    }

    private RawPeer last() {
        return streams.get(streams.size() - 1);
    }

    /** Closes the connection, and tells how long it takes until the session is ready again. */
    private Duration closed() {
        int before = atClient.count(SessionEvent.Connected.class);
        Duration since = network.time().elapsed();
        last().close();
        network.await("ready again", () -> atClient.count(SessionEvent.Connected.class) > before);
        network.settle();
        return network.time().elapsed().minus(since);
    }

    private List<Long> closedOften(int times) {
        List<Long> waitsMs = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            waitsMs.add(closed().toMillis());
        }
        return waitsMs;
    }

    @Test
    void theFirstTimeItIsDialledAtOnceThenLaterAndLater() {
        assertThat(closedOften(10))
                .containsExactly(0L, 200L, 400L, 800L, 1600L, 3200L, 6400L, 12_800L, 15_000L, 15_000L);
        assertThat(atClient.all(SessionEvent.Interrupted.class))
                .hasSize(10)
                .noneMatch(SessionEvent.Interrupted::waiting);
        assertThat(atClient.count(SessionEvent.AttemptFailed.class)).isZero();
    }

    @Test
    void aSessionOnWhichAMessageCameHasLived() {
        assertThat(closedOften(4)).containsExactly(0L, 200L, 400L, 800L);
        last().send(last().message(TYPE, 1, 1, new byte[3]));
        network.await("a message", () -> atClient.messages().size() == 1);
        assertThat(closedOften(3)).containsExactly(0L, 0L, 200L);
    }

    @Test
    void aSessionThatLastedHasLived() {
        assertThat(closedOften(4)).containsExactly(0L, 200L, 400L, 800L);
        network.time().advance(Duration.ofSeconds(15));
        assertThat(closedOften(3)).containsExactly(0L, 0L, 200L);
        network.time().advance(Duration.ofSeconds(15).minusNanos(1));
        assertThat(closed()).isEqualTo(Duration.ofMillis(400));
    }
}
