package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.Connection;
import org.msgr2.session.ConnectionInfo;
import org.msgr2.session.Messenger;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.SessionMode;

/** Two messengers that meet: by which address, as whom, with which features, and with how much to say. */
class RoundTripTest extends TrafficTestBase {

    /** The half about msgr1 is not ours: such an address is never dialled. */
    @Scenario("P02")
    @ParameterizedTest
    @EnumSource
    void ofTwoAddressesTheOneOfMsgr2IsDialled(SessionMode mode) {
        End server = server(mode, "osd.0", Policy.statefulServer());
        for (boolean v1First : new boolean[] {true, false}) {
            EntityAddrVec both = EntityAddrVec.parse(
                    v1First
                            ? "[v1:127.0.0.1:6789/0," + server.addr + "]"
                            : "[" + server.addr + ",v1:127.0.0.1:6789/0]");
            End client = client(mode, "client.7", Policy.losslessClient());
            Connection connection = client.messenger.connect(EntityType.OSD, both);
            ConnectionInfo info = network.get("ready", connection.ready());
            assertThat(client.net.attempts()).containsExactly(server.addr);
            assertThat(connection.peerAddr()).isEqualTo(server.addr);
            assertThat(info.peerAddrs().msgr2()).isEqualTo(server.addr);
            assertThat(info.revision()).isEqualTo(mode.revision());
            assertThat(info.mode()).isEqualTo(mode.mode());
            assertEchoFlows(connection, server, client);
            assertThat(client.messenger.connect(EntityType.OSD, both)).isSameAs(connection);
            client.close();
        }
    }

    @Scenario("P09")
    @ParameterizedTest
    @EnumSource
    void aPeerWithoutARequiredFeatureNeverConnects(SessionMode mode) {
        CephFeatures pgid = CephFeatures.of(CephFeature.PGID64);
        Policy demanding = Policy.statefulServer().withFeatures(CephFeatures.MESSENGER.or(pgid), pgid);
        End server = server(mode, "osd.0", demanding);
        End without = client(mode, "client.7", Policy.losslessClient());
        Connection never = without.dial(server);
        send(never, 1, 3);
        advance(Duration.ofMinutes(10));
        assertThat(never.info()).isNull();
        assertThat(without.count(SessionEvent.Connected.class)).isZero();
        assertThat(without.count(SessionEvent.AttemptFailed.class)).isGreaterThan(10);
        assertThat(without.heard.all(SessionEvent.AttemptFailed.class))
                .allSatisfy(failed -> assertThat(failed.cause()).hasMessageContaining("PGID64"));
        assertThat(server.count(SessionEvent.Accepted.class)).isZero();
        assertThat(server.heard.messages()).isEmpty();
        never.markDown();

        End with = client(
                mode,
                "client.8",
                Policy.losslessClient().withFeatures(CephFeatures.MESSENGER.or(pgid), CephFeatures.NONE));
        Connection connection = with.connect(server);
        assertThat(connection.info().features().has(CephFeature.PGID64)).isTrue();
        assertEchoFlows(connection, server, with);
    }

    /** One server, which takes both; its clients come one after the other, as they were told to. */
    @Scenario("P17")
    @ParameterizedTest
    @EnumSource
    void cephxAndNoneInSequence(SessionMode mode) {
        List<ConnectionMode> both = List.of(ConnectionMode.SECURE, ConnectionMode.CRC);
        End server = server(
                mode,
                "osd.0",
                Policy.statelessServer(),
                builder -> builder.auth(self -> realm().authOrNone("osd.0", both)));
        for (int round = 0; round < 2; round++) {
            for (AuthMethod method : List.of(AuthMethod.CEPHX, AuthMethod.NONE)) {
                UnaryOperator<Messenger.Builder> auth = builder -> builder.auth(self -> method == AuthMethod.CEPHX
                        ? realm().auth("client.7", List.of(mode.mode()))
                        : new NoneAuth(self));
                End client = client(mode, "client.7", Policy.lossyClient(), auth);
                Connection connection = client.connect(server);
                ConnectionInfo seen = server.only().info();
                assertThat(seen.identity().method()).isEqualTo(method);
                assertThat(seen.identity().authenticated()).isEqualTo(method == AuthMethod.CEPHX);
                // Without a proof there is no secret, and without a secret no encryption.
                assertThat(seen.mode()).isEqualTo(method == AuthMethod.CEPHX ? mode.mode() : ConnectionMode.CRC);
                assertEchoFlows(connection, server, client);
                client.close();
                network.settle();
            }
        }
    }
}
