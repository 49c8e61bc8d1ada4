package org.msgr2.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.session.testing.FlakyTransport;
import org.msgr2.session.testing.LogCapture;
import org.msgr2.session.testing.NetworkTestBase;
import org.msgr2.session.testing.RecordingDispatcher;
import org.msgr2.session.testing.TestNetwork;

/** Which policy a session has: by the type of its peer, or as the application chooses for each. */
class PeerPoliciesTest extends NetworkTestBase<TestNetwork.Virtual> {
    private static final int TYPE = 0x7d00;

    private final RecordingDispatcher atServer = new RecordingDispatcher();
    private final RecordingDispatcher atClient = new RecordingDispatcher();

    @Override
    protected TestNetwork.Virtual newNetwork() {
        return TestNetwork.virtual();
    }

    private Connection connect(Messenger from, EntityType type, EntityAddr addr) {
        Connection connection = from.connect(type, addr);
        network.get("ready", connection.ready());
        network.settle();
        return connection;
    }

    private Connection acceptedLast() {
        return atServer.log().stream()
                .filter(heard -> heard.what() instanceof SessionEvent.Accepted)
                .reduce((earlier, later) -> later)
                .orElseThrow()
                .connection();
    }

    private static boolean lossy(Connection connection) {
        ConnectionInfo info = connection.info();
        assertThat(info).isNotNull();
        return info.lossy();
    }

    @Test
    void anOsdHasLosslessPeersAndStatelessClients() {
        Messenger osd = start(messenger("osd.3")
                .acceptPolicy(EntityType.OSD, Policy.losslessPeer())
                .dispatcher(atServer));
        EntityAddr addr = bind(osd);
        FlakyTransport breaking = new FlakyTransport(network.transport(leaks.allocator()));
        Messenger peer = start(network.messenger("osd.7", leaks.allocator(), breaking)
                .dialPolicy(EntityType.OSD, Policy.losslessPeer())
                .dispatcher(atClient));
        Messenger client =
                start(messenger("client.7").dialPolicy(Policy.losslessClient()).dispatcher(atClient));

        Connection fromPeer = connect(peer, EntityType.OSD, addr);
        assertThat(fromPeer.policy()).isEqualTo(Policy.losslessPeer());
        assertThat(lossy(fromPeer)).isFalse();
        assertThat(acceptedLast().policy()).isEqualTo(Policy.losslessPeer());

        Connection fromClient = connect(client, EntityType.OSD, addr);
        assertThat(lossy(fromClient)).as("the acceptor decides").isTrue();
        assertThat(acceptedLast().policy()).isEqualTo(Policy.statelessServer());

        breaking.cut();
        assertThat(fromPeer.send(message(TYPE, 1)).accepted()).isTrue();
        network.await("sent again", () -> atServer.messages().size() == 1);
        assertThat(atClient.count(SessionEvent.Reset.class)).isZero();
    }

    @Test
    void whatIsDialledHasThePolicyOfItsType() {
        Messenger mon = start(messenger("mon.a"));
        Messenger mds = start(messenger("mds.a").acceptPolicy(Policy.statefulServer()));
        Messenger client = start(messenger("client.7").dialPolicy(EntityType.MDS, Policy.losslessClient()));

        Connection toMon = connect(client, EntityType.MON, bind(mon));
        Connection toMds = connect(client, EntityType.MDS, bind(mds));
        assertThat(toMon.policy()).isEqualTo(Policy.lossyClient());
        assertThat(toMds.policy()).isEqualTo(Policy.losslessClient());
        assertThat(lossy(toMon)).isTrue();
        assertThat(lossy(toMds)).isFalse();
    }

    @Test
    void theApplicationMayChooseForEachPeer() {
        List<IncomingPeer> asked = new CopyOnWriteArrayList<>();
        Messenger server = start(messenger("mds.0")
                .acceptPolicy(peer -> {
                    asked.add(peer);
                    return peer.lossy() ? Policy.statelessServer() : Policy.statefulServer();
                })
                .acceptPolicy(EntityType.MGR, Policy.statelessServer())
                .dispatcher(atServer));
        EntityAddr addr = bind(server);
        Messenger forgetful = start(messenger("client.1"));
        Messenger faithful = start(messenger("client.2").dialPolicy(Policy.losslessClient()));
        Messenger mgr = start(messenger("mgr.x").dialPolicy(Policy.losslessClient()));

        assertThat(lossy(connect(forgetful, EntityType.MDS, addr))).isTrue();
        assertThat(acceptedLast().policy()).isEqualTo(Policy.statelessServer());
        assertThat(lossy(connect(faithful, EntityType.MDS, addr))).isFalse();
        assertThat(acceptedLast().policy()).isEqualTo(Policy.statefulServer());
        assertThat(lossy(connect(mgr, EntityType.MDS, addr)))
                .as("the exception for its type comes first")
                .isTrue();
        assertThat(asked).extracting(IncomingPeer::lossy).containsExactly(true, false);
        assertThat(asked).extracting(IncomingPeer::type).containsOnly(EntityType.CLIENT);
        assertThat(asked)
                .extracting(peer -> peer.identity().name())
                .containsExactly(EntityName.parse("client.1"), EntityName.parse("client.2"));
    }

    @Test
    void aChoiceThatCannotBeEndsThatConnectionOnly() {
        Messenger server = start(messenger("mds.0")
                .acceptPolicy(peer -> peer.lossy() ? Policy.lossyClient() : Policy.statefulServer())
                .dispatcher(atServer));
        EntityAddr addr = bind(server);
        try (LogCapture log = LogCapture.of("org.msgr2.session.driver.Link")) {
            Connection refused =
                    start(messenger("client.1").dispatcher(atClient)).connect(EntityType.MDS, addr);
            network.settle();
            assertThat(refused.ready().toCompletableFuture()).isNotDone();
            assertThat(atClient.all(SessionEvent.AttemptFailed.class))
                    .singleElement()
                    .satisfies(failed -> {
                        assertThat(failed.cause().kind()).isEqualTo(FaultKind.TRANSPORT);
                        assertThat(failed.refused()).as("somebody listens").isFalse();
                    });
            assertThat(log.lines()).anyMatch(line -> line.contains("internal error"));
            refused.markDown();
        }
        Messenger other = start(messenger("client.2").dialPolicy(Policy.losslessClient()));
        assertThat(lossy(connect(other, EntityType.MDS, addr))).isFalse();
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTH", "ANY"})
    void aTypeThatNoNodeIsOfHasNoPolicy(EntityType type) {
        assertThatThrownBy(() -> messenger("osd.1").acceptPolicy(type, Policy.statefulServer()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no node is of type " + type);
        assertThatThrownBy(() -> messenger("osd.1").dialPolicy(type, Policy.lossyClient()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no node is of type " + type);
    }

    @Test
    void aPolicyForTheOtherEndIsRefused() {
        assertThatThrownBy(() -> messenger("osd.1").acceptPolicy(EntityType.OSD, Policy.lossyClient()))
                .hasMessage("policy lossy_client is for dialling");
        assertThatThrownBy(() -> messenger("osd.1").dialPolicy(EntityType.OSD, Policy.statefulServer()))
                .hasMessage("policy stateful_server never dials");
    }
}
