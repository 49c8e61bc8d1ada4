package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Test;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.tls.TlsConfig;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.session.netty.NettyIo;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestCertificates;
import org.msgr2.session.testing.TestNetwork;

/** Sessions that came inside TLS and have lost their connection do not go on in the open. */
class TlsSessionsTest extends NetworkTestBase<TestNetwork> {
    private static final int TYPE = 0x7c06;

    private final TestCertificates authority = new TestCertificates("authority");
    private final RecordingDispatcher atNode = new RecordingDispatcher();
    private final RecordingDispatcher atPeer = new RecordingDispatcher();

    @Override
    protected TestNetwork newNetwork() {
        return TestNetwork.netty(NettyIo.NIO);
    }

    private TlsContext dialling() {
        return TestCertificates.context(TlsConfig.client(authority.trust()));
    }

    private EntityAddr bindTls(Messenger messenger, String name) {
        try {
            TlsConfig serving = TlsConfig.server(authority.issue(name, "127.0.0.1"));
            return messenger.bindTls(network.anyPort(), TestCertificates.context(serving));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Messenger.Builder peer(String name, RecordingDispatcher events) {
        return messenger(name)
                .acceptPolicy(Policy.losslessPeer())
                .dialPolicy(Policy.losslessPeer())
                .dispatcher(events);
    }

    /** Of the node: a session that the peer has dialled and whose connection is gone. */
    private Connection interrupted(Connection dialled) {
        network.get("ready", dialled.ready());
        network.await("accepted", () -> atNode.count(SessionEvent.Accepted.class) == 1);
        dialled.markDown();
        network.await("interrupted", () -> atNode.count(SessionEvent.Interrupted.class) == 1);
        return atNode.log().get(0).connection();
    }

    @Test
    void waitsForThePeerIfThereIsNoTlsToDialWith() {
        EntityAddr addr = bindTls(start(peer("osd.3", atNode)), "node");
        Messenger other = start(peer("osd.7", atPeer));
        bindTls(other, "peer");
        Connection session = interrupted(other.connect(EntityType.OSD, addr, dialling()));
        session.send(message(TYPE, 1));
        network.settle();
        assertThat(atNode.count(SessionEvent.AttemptFailed.class)).isZero();
        assertThat(session.queuedMessages()).isEqualTo(1);

        network.get("back", other.connect(EntityType.OSD, addr, dialling()).ready());
        network.await("arrived", () -> atPeer.messages().size() == 1);
        assertThat(atNode.log()).extracting(heard -> heard.connection()).containsOnly(session);
        assertThat(atNode.count(SessionEvent.AttemptFailed.class)).isZero();
    }

    @Test
    void dialsThePeerInsideTlsIfItDialsEverybodySo() {
        EntityAddr addr = bindTls(start(peer("osd.3", atNode).tls(dialling())), "node");
        Messenger other = start(peer("osd.7", atPeer));
        bindTls(other, "peer");
        Connection session = interrupted(other.connect(EntityType.OSD, addr, dialling()));
        session.send(message(TYPE, 1));
        network.await("dialled", () -> atNode.count(SessionEvent.Connected.class) == 1);
        assertThat(session.info().tls()).isNotNull();
        assertThat(atNode.count(SessionEvent.AttemptFailed.class)).isZero();
    }
}
