package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.handshake.HandshakeFixture.CLIENT_A;
import static org.msgr2.session.handshake.HandshakeFixture.MON_A;
import static org.msgr2.session.handshake.HandshakeFixture.REMOTE;
import static org.msgr2.session.handshake.HandshakeFixture.TARGET;
import static org.msgr2.session.handshake.HandshakeFixture.assertFault;
import static org.msgr2.session.handshake.HandshakeFixture.with;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.session.handshake.Handshake.Status;
import org.msgr2.session.handshake.HandshakeFixture.Cut;

/** Two ends joined by nothing but buffers. */
class HandshakeTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private HandshakeFixture fixture;

    @BeforeEach
    void prepare() {
        fixture = new HandshakeFixture(leaks.allocator());
    }

    @ParameterizedTest
    @EnumSource
    @Scenario({"A02", "F29"})
    void bothEndsAgreeHoweverTheStreamIsCut(Cut cut) throws ProtocolException {
        for (long seed = 0; seed < 20; seed++) {
            try (HandshakeEnd client = fixture.connecting(CLIENT_A);
                    HandshakeEnd server = fixture.accepting(MON_A)) {
                HandshakeEnd.join(client, server, cut.sizes(seed));
                assertAgreement(client.secured(), server.secured(), Revision.MSGR2_1);
                assertThat(client.unread()).isEmpty();
                assertThat(server.unread()).isEmpty();
            }
        }
    }

    private static void assertAgreement(Secured client, Secured server, Revision revision) {
        assertThat(client.connecting()).isTrue();
        assertThat(server.connecting()).isFalse();
        assertThat(client.revision()).isEqualTo(server.revision()).isEqualTo(revision);
        assertThat(client.mode()).isEqualTo(server.mode()).isEqualTo(ConnectionMode.CRC);
        assertThat(client.peerType()).isEqualTo(EntityType.MON);
        assertThat(server.peerType()).isEqualTo(EntityType.CLIENT);
        assertThat(client.seenAs()).isEqualTo(REMOTE);
        assertThat(server.seenAs()).isEqualTo(TARGET);
        assertThat(server.identity().name()).isEqualTo(EntityName.parse("client.a"));
        assertThat(client.identity().name()).isEqualTo(new EntityName(EntityType.MON, "*"));
        assertThat(client.identity().globalId()).isEqualTo(server.identity().globalId());
        assertThat(client.identity().authenticated()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"1, 1, MSGR2_1", "0, 1, MSGR2_0", "1, 0, MSGR2_0", "0, 0, MSGR2_0", "3, 1, MSGR2_1", "1, 5, MSGR2_1"})
    @Scenario("B06")
    void speakTheNewerRevisionOnlyIfBothOfferIt(long clientOffers, long serverOffers, Revision revision)
            throws ProtocolException {
        for (Cut cut : Cut.values()) {
            try (HandshakeEnd client = HandshakeEnd.connecting(
                            with(fixture.config(EntityType.CLIENT, CLIENT_A), clientOffers, 0),
                            TARGET,
                            EntityType.MON);
                    HandshakeEnd server = HandshakeEnd.accepting(
                            with(fixture.config(EntityType.MON, MON_A), serverOffers, 0), REMOTE)) {
                HandshakeEnd.join(client, server, cut.sizes(clientOffers));
                assertAgreement(client.secured(), server.secured(), revision);
                assertThat(client.secured().peerBanner().bits()).isEqualTo(serverOffers);
                assertThat(server.secured().peerBanner().bits()).isEqualTo(clientOffers);
            }
        }
    }

    @Test
    @Scenario("B07")
    void bothEndsSendTheirBannerUnasked() throws ProtocolException {
        try (HandshakeEnd client = fixture.connecting(CLIENT_A);
                HandshakeEnd server = fixture.accepting(MON_A)) {
            assertThat(client.takeSent()).isEqualTo(server.takeSent()).hasSize(26);
            assertThat(client.handshake().waitingFor()).isEqualTo("the banner");
        }
    }

    @Test
    void anEndSaysWhatItWaitsFor() throws ProtocolException {
        ScriptedAuth auth = new ScriptedAuth();
        try (HandshakeEnd client = fixture.connecting(auth);
                HandshakeEnd server = fixture.accepting(auth)) {
            for (String[] next : new String[][] {
                {"the banner", "the banner"},
                {"HELLO", "HELLO"},
                {"the answer to AUTH_REQUEST", "AUTH_REQUEST"},
                {"the answer to AUTH_REQUEST", "AUTH_SIGNATURE"},
            }) {
                assertThat(client.handshake().waitingFor()).isEqualTo(next[0]);
                assertThat(server.handshake().waitingFor()).isEqualTo(next[1]);
                byte[] fromClient = client.takeSent();
                byte[] fromServer = server.takeSent();
                server.feed(fromClient);
                client.feed(fromServer);
            }
            server.feed(client.takeSent());
            assertThat(client.status()).isEqualTo(server.status()).isEqualTo(Status.DONE);
            assertThat(auth.asked).containsExactlyInAnyOrder("server for client", "client for mon", "request 2 [1] 0");
        }
    }

    @Test
    @Scenario("B08")
    void aPeerOfAnotherTypeIsRefusedForGood() throws ProtocolException {
        try (HandshakeEnd client =
                        HandshakeEnd.connecting(fixture.config(EntityType.CLIENT, CLIENT_A), TARGET, EntityType.OSD);
                HandshakeEnd server = fixture.accepting(MON_A)) {
            assertThatThrownBy(() -> HandshakeEnd.join(client, server))
                    .isInstanceOfSatisfying(ProtocolException.class, e -> {
                        assertThat(e.kind()).isEqualTo(FaultKind.AUTH);
                        assertThat(e.terminal()).isTrue();
                    })
                    .hasMessage("HELLO: the peer is of type mon, expected osd");
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"AUTH", "ANY"})
    void aTypeThatNoNodeHasIsRefused(EntityType type) throws ProtocolException {
        HandshakeConfig odd = fixture.config(type, MON_A);
        try (HandshakeEnd client =
                        HandshakeEnd.connecting(fixture.config(EntityType.CLIENT, CLIENT_A), TARGET, EntityType.ANY);
                HandshakeEnd server = HandshakeEnd.accepting(odd, REMOTE)) {
            assertFault(
                    () -> HandshakeEnd.join(client, server),
                    FaultKind.MALFORMED,
                    "HELLO: entity_type: no node is of type " + type);
        }
    }

    @Test
    void anyPeerWillDoIfNoTypeIsExpected() throws ProtocolException {
        try (HandshakeEnd client =
                        HandshakeEnd.connecting(fixture.config(EntityType.CLIENT, CLIENT_A), TARGET, EntityType.ANY);
                HandshakeEnd server = fixture.accepting(MON_A)) {
            HandshakeEnd.join(client, server);
            assertThat(client.secured().peerType()).isEqualTo(EntityType.MON);
        }
    }

    @Test
    void theResultIsGivenOnce() throws ProtocolException {
        try (HandshakeEnd client = fixture.connecting(CLIENT_A);
                HandshakeEnd server = fixture.accepting(MON_A)) {
            assertThatThrownBy(() -> client.handshake().secured())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the handshake is not done: it waits for the banner");
            HandshakeEnd.join(client, server);
            assertThatThrownBy(() -> client.handshake().secured()).isInstanceOf(IllegalStateException.class);
        }
    }
}
