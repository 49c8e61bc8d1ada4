package org.msgr2.session.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.session.scenario.Counts.acc;
import static org.msgr2.session.scenario.Counts.conn;
import static org.msgr2.session.scenario.Resets.reset;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.feature.CephFeature;
import org.msgr2.core.feature.CephFeatures;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.Scenario;
import org.msgr2.session.Connection;
import org.msgr2.session.HandshakeListener.End;
import org.msgr2.session.Policy;
import org.msgr2.session.SessionEvent;
import org.msgr2.session.testing.RawPeer;
import org.msgr2.session.testing.RawPeer.Stage;
import org.msgr2.session.testing.SessionMode;

/** Peers that are not who was looked for, or cannot do what is required, or are one another's namesakes. */
class IdentityTest extends ScenarioTestBase {
    private static final int NONCE = 4711;
    /** At 0, 0.2, 0.6, 1.4, 3, 6.2, 12.6, 25.4, 40.4 and 55.4 s: the wait doubles, up to 15 s (spec/msgr2 §5.7). */
    private static final int ATTEMPTS_IN_A_MINUTE = 10;

    private Actor client;
    private Actor server;

    /** A policy of the one that dials, and the mode. */
    record Dialling(Policy policy, SessionMode mode) {
        @Override
        public String toString() {
            return policy.name() + ", " + mode;
        }
    }

    static Stream<Dialling> clients() {
        return SessionMode.all()
                .flatMap(mode -> Stream.of(Policy.lossyClient(), Policy.losslessClient())
                        .map(policy -> new Dialling(policy, mode)));
    }

    private void assertRetriedForAMinute(Connection connection, int idents) {
        advance(Duration.ofMinutes(1));
        assertThat(client.conn()).isEqualTo(conn(ATTEMPTS_IN_A_MINUTE, idents, 0, 0));
        assertThat(client.heard.count(SessionEvent.AttemptFailed.class)).isEqualTo(ATTEMPTS_IN_A_MINUTE);
        assertThat(client.resets()).isEqualTo(Resets.NONE);
        connection.markDown();
        advance(Duration.ofMinutes(1));
        assertThat(client.net.attempts()).as("none after mark_down").hasSize(ATTEMPTS_IN_A_MINUTE);
    }

    /** As of a daemon that was restarted: its nonce is another one now. */
    @ParameterizedTest
    @MethodSource("clients")
    @Scenario("S34")
    void aServerDoesNotAnswerForItsPredecessor(Dialling dialling) {
        server = actor("osd.3", dialling.mode(), Policy.statefulServer());
        client = actor("client.7", dialling.mode(), dialling.policy());
        EntityAddr stale =
                bind(server.messenger, EntityAddr.parse("v2:127.0.0.1:6800/5")).withNonce(4);
        Connection connection = client.dial(EntityType.OSD, stale);
        assertRetriedForAMinute(connection, ATTEMPTS_IN_A_MINUTE);

        assertThat(server.accs()).hasSize(ATTEMPTS_IN_A_MINUTE).containsOnly(acc(1, 1, 0, 0));
        assertThat(server.ends()).containsOnly(End.CLOSED);
        assertThat(server.messenger.stats().handshakesFailed()).isEqualTo(ATTEMPTS_IN_A_MINUTE);
    }

    /** No messenger of ours answers like that, so the server is made of bytes, which do not encrypt. */
    @ParameterizedTest
    @EnumSource(Revision.class)
    @Scenario("S35")
    void aClientDoesNotTalkToSomebodyElse(Revision revision) {
        SessionMode mode = revision == Revision.MSGR2_1 ? SessionMode.CRC : SessionMode.CRC_OF_MSGR20;
        EntityAddr addr = RawPeer.listen(network, network.transport(leaks.allocator()), peer -> {
                    RawPeer speaking = revision == Revision.MSGR2_0 ? peer.rev0() : peer;
                    speaking.reach(Stage.SESSION)
                            .send(RawPeer.serverIdent(
                                    EntityAddrVec.of(peer.target().withNonce(9)), CephFeatures.MESSENGER));
                })
                .addr();
        client = actor("client.7", mode, Policy.losslessClient());
        Connection connection = client.dial(EntityType.OSD, addr);
        assertRetriedForAMinute(connection, ATTEMPTS_IN_A_MINUTE);
        assertThat(client.heard.all(SessionEvent.AttemptFailed.class))
                .allSatisfy(failed -> assertThat(failed.cause()).hasMessageContaining("wrong node"));
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S36")
    void aServerNamesExactlyTheFeaturesThatAreMissing(SessionMode mode) {
        CephFeatures offered = CephFeatures.MSGR2_REQUIRED.or(CephFeatures.of(CephFeature.UID));
        CephFeatures missing = CephFeatures.of(CephFeature.SERVER_KRAKEN, CephFeature.PGID64);
        server = actor(
                "osd.3",
                mode,
                Policy.statefulServer()
                        .withFeatures(CephFeatures.PACIFIC, missing.or(CephFeatures.of(CephFeature.UID))));
        client = actor("client.7", mode, Policy.losslessClient().withFeatures(offered, CephFeatures.NONE));
        EntityAddr addr = bind(server.messenger);
        Connection connection = client.dial(EntityType.OSD, addr);
        assertRetriedForAMinute(connection, ATTEMPTS_IN_A_MINUTE);

        assertThat(server.written(Tag.IDENT_MISSING_FEATURES)).isEqualTo(ATTEMPTS_IN_A_MINUTE);
        assertThat(client.heard.all(SessionEvent.AttemptFailed.class)).allSatisfy(failed -> {
            assertThat(failed.cause().kind()).isEqualTo(FaultKind.FEATURE);
            assertThat(failed.cause()).hasMessageEndingWith("do not offer: " + missing);
        });
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S37")
    void theServerDecidesThatASessionIsLossy(SessionMode mode) {
        server = actor("osd.3", mode, Policy.statelessServer());
        client = actor("client.7", mode, Policy.losslessClient());
        EntityAddr addr = bind(server.messenger);
        Connection connection = client.dial(EntityType.OSD, addr);
        awaitReady(connection);
        assertTraffic(client, server);
        assertThat(connection.info().lossy()).isTrue();
        assertThat(client.written(Tag.ACK)).isZero();
        client.net.loseAll();
        client.send(connection, 1);
        advance(Duration.ofMinutes(1));

        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertThat(server.resets()).isEqualTo(reset(1, 0));
        assertThat(client.conn()).isEqualTo(conn(1, 1, 0, 1));
        assertThat(client.messenger.connections()).isEmpty();
    }

    /** A client whose addresses are those of another one. */
    private Actor namesake(String name, SessionMode mode) {
        return actor(name, mode, Policy.lossyClient(), builder -> builder.entropy(nonce(NONCE)));
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S38")
    void nobodyIsRegisteredByAStatelessServer(SessionMode mode) {
        server = actor("osd.3", mode, Policy.statelessServer());
        EntityAddr addr = bind(server.messenger);
        client = namesake("client.7", mode);
        Actor other = namesake("client.7", mode);
        awaitReady(client.dial(EntityType.OSD, addr));
        awaitReady(other.dial(EntityType.OSD, addr));
        network.settle();
        client.send(client.session(), 1);
        other.send(other.session(), 2);
        network.await("both", () -> server.heard.messages().size() == 3);

        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 1), acc(1, 1, 0, 1));
        assertThat(server.messenger.connections()).hasSize(2);
        assertThat(server.messenger.connections())
                .extracting(connection -> connection.info().peerAddrs())
                .containsOnly(EntityAddrVec.parse("any:127.0.0.1:0/" + NONCE));
        assertThat(server.resets()).isEqualTo(Resets.NONE);
    }

    @ParameterizedTest
    @EnumSource
    @Scenario("S39")
    void theNewerReplacesTheOlderAtARegisteringServer(SessionMode mode) {
        server = actor("osd.3", mode, Policy.statelessRegisteredServer());
        EntityAddr addr = bind(server.messenger);
        client = namesake("client.7", mode);
        Actor newer = namesake("client.7", mode);
        awaitReady(client.dial(EntityType.OSD, addr));
        Connection older = server.session();
        awaitReady(newer.dial(EntityType.OSD, addr));
        network.settle();

        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 1), acc(1, 1, 0, 1));
        assertThat(server.resets()).isEqualTo(reset(1, 0));
        assertThat(server.heard.log(older)).last().isInstanceOf(SessionEvent.Reset.class);
        assertThat(client.resets()).isEqualTo(reset(1, 0));
        assertTraffic(newer, server);
    }

    /** Ceph lets it; with us nobody evicts whom he is not, where it is known who he is. */
    @ParameterizedTest
    @EnumSource
    @Scenario("S39")
    void anotherEntityDoesNotReplaceTheOlder(SessionMode mode) {
        server = actor("osd.3", mode, Policy.statelessRegisteredServer());
        EntityAddr addr = bind(server.messenger);
        client = namesake("client.7", mode);
        Actor thief = namesake("client.8", mode);
        awaitReady(client.dial(EntityType.OSD, addr));
        thief.dial(EntityType.OSD, addr);
        network.settle();

        boolean known = mode.isSecure();
        assertThat(server.accs()).containsExactly(acc(1, 1, 0, 1), acc(1, 1, 0, known ? 0 : 1));
        assertThat(server.resets()).isEqualTo(known ? Resets.NONE : reset(1, 0));
        assertThat(thief.conn()).isEqualTo(conn(1, 1, 0, known ? 0 : 1));
        assertTraffic(known ? client : thief, server);
    }

    /** What a peer may have besides: an address of msgr1, or a second one of msgr2. */
    static Stream<Dialling> others() {
        return clients();
    }

    @ParameterizedTest
    @MethodSource("others")
    @Scenario("S44")
    void onlyTheFirstAddressIsTried(Dialling dialling) {
        server = actor("osd.3", dialling.mode(), Policy.statefulServer());
        client = actor("client.7", dialling.mode(), dialling.policy());
        EntityAddr reachable = bind(server.messenger);
        EntityAddr nobody = freeAddr();
        for (EntityAddr second : List.of(reachable.withType(EntityAddr.Type.LEGACY), reachable)) {
            Connection connection = client.dial(EntityType.OSD, EntityAddrVec.of(nobody, second));
            advance(Duration.ofSeconds(10));
            assertThat(connection.ready().toCompletableFuture()).isNotDone();
            connection.markDown();
            network.settle();
        }
        assertThat(client.net.attempts()).hasSize(2 * 6).containsOnly(nobody);
        assertThat(server.accs()).isEmpty();
        assertThat(client.resets()).isEqualTo(Resets.NONE);
    }
}
