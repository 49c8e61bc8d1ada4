package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.handshake.HandshakeFixture.MON_A;
import static org.msgr2.session.handshake.HandshakeFixture.REMOTE;
import static org.msgr2.session.handshake.HandshakeFixture.SIGNATURE_FRAME_BYTES;
import static org.msgr2.session.handshake.HandshakeFixture.TARGET;
import static org.msgr2.session.handshake.HandshakeFixture.assertFault;
import static org.msgr2.session.handshake.HandshakeFixture.rounds;
import static org.msgr2.session.handshake.HandshakeFixture.with;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.CrcFrameEncoder;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.session.handshake.Handshake.Status;
import org.msgr2.session.handshake.HandshakeFixture.Cut;

/** Rounds, refusals and modes: what the authentication of either end may do to a handshake. */
class HandshakeAuthTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private HandshakeFixture fixture;

    @BeforeEach
    void prepare() {
        fixture = new HandshakeFixture(leaks.allocator());
    }

    @Test
    @Scenario({"A13", "A15"})
    void moreRoundsBehindARefusalAreCoveredByTheSignatures() throws ProtocolException {
        SessionKey key = SessionKey.of(new byte[] {1, 2, 3});
        ScriptedAuth script = new ScriptedAuth().key(key).refusals(1).rounds(3);
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth().key(key));
                HandshakeEnd server = fixture.accepting(script)) {
            HandshakeEnd.join(client, server, Cut.BYTE_BY_BYTE.sizes(0));
            assertThat(script.asked)
                    .containsExactly(
                            "server for client",
                            "request 2 [1] 0",
                            "request 1 [2, 1] 100",
                            "more 3",
                            "more 2",
                            "more 1");
            assertThat(server.secured().identity()).isEqualTo(client.secured().identity());
            // The signatures are no zeros: each is what the key makes of the other's bytes before its own.
            assertSigned(client.sent(), server.sent(), key);
            assertSigned(server.sent(), client.sent(), key);
        }
    }

    private static void assertSigned(byte[] bySigner, byte[] byPeer, SessionKey key) {
        int at = bySigner.length - SIGNATURE_FRAME_BYTES;
        assertThat(bySigner[at]).isEqualTo((byte) 7);
        assertThat(Arrays.copyOfRange(bySigner, at + 32, at + 64))
                .isEqualTo(
                        key.sign(byPeer, byPeer.length - SIGNATURE_FRAME_BYTES).toByteArray());
    }

    @Test
    @Scenario("A03")
    void anotherOfferFollowsARefusalOnTheSameConnection() throws ProtocolException {
        ScriptedAuth client = new ScriptedAuth();
        try (HandshakeEnd a = fixture.connecting(client);
                HandshakeEnd b = fixture.accepting(new ScriptedAuth().refusals(1))) {
            HandshakeEnd.join(a, b);
            assertThat(client.asked).containsExactly("client for mon", "bad method 2 -95 [1] [1, 2]");
            assertThat(a.status()).isEqualTo(b.status()).isEqualTo(Status.DONE);
        }
    }

    @Test
    @Scenario("A04")
    void aRefusalWithoutAnotherOfferEndsTheAttempt() throws ProtocolException {
        try (HandshakeEnd a = fixture.connecting(new ScriptedAuth().stubborn());
                HandshakeEnd b = fixture.accepting(new ScriptedAuth().refusals(1))) {
            assertFault(() -> HandshakeEnd.join(a, b), FaultKind.AUTH, "AUTH_BAD_METHOD: refused");
        }
    }

    @Test
    @Scenario("A06")
    void theAcceptorGoesOnReadingAfterARefusal() throws ProtocolException {
        try (HandshakeEnd a = fixture.connecting(new ScriptedAuth());
                HandshakeEnd b = fixture.accepting(new ScriptedAuth().refusals(7))) {
            HandshakeEnd.join(a, b);
            assertThat(b.status()).isEqualTo(Status.DONE);
        }
    }

    @Test
    @Scenario("A26")
    void theAcceptorTakesOnlySoManyRounds() throws ProtocolException {
        HandshakeConfig few = with(fixture.config(EntityType.MON, new ScriptedAuth().rounds(100)), rounds(5));
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth());
                HandshakeEnd server = HandshakeEnd.accepting(few, REMOTE)) {
            assertFault(
                    () -> HandshakeEnd.join(client, server),
                    FaultKind.LIMIT,
                    "AUTH_REQUEST_MORE: more than 5 rounds of authentication");
        }
    }

    @Test
    @Scenario("A26")
    void theConnectorTakesOnlySoManyRounds() throws ProtocolException {
        for (ScriptedAuth endless : List.of(new ScriptedAuth().rounds(100), new ScriptedAuth().refusals(100))) {
            HandshakeConfig few = with(fixture.config(EntityType.CLIENT, new ScriptedAuth()), rounds(5));
            HandshakeConfig many = with(fixture.config(EntityType.MON, endless), rounds(1000));
            try (HandshakeEnd client = HandshakeEnd.connecting(few, TARGET, EntityType.MON);
                    HandshakeEnd server = HandshakeEnd.accepting(many, REMOTE)) {
                assertThatThrownBy(() -> HandshakeEnd.join(client, server))
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT))
                        .hasMessageEndingWith(": more than 5 rounds of authentication");
            }
        }
    }

    @Test
    void whatIsToldToAPeerBeforeTheSessionIsBounded() throws ProtocolException {
        // A banner of 26 bytes, a HELLO of 72, and refusals of 60 bytes until there are 8 KiB.
        HandshakeConfig patient = with(fixture.config(EntityType.MON, new ScriptedAuth().refusals(1000)), rounds(1000));
        HandshakeConfig persistent = with(fixture.config(EntityType.CLIENT, new ScriptedAuth()), rounds(1000));
        try (HandshakeEnd client = HandshakeEnd.connecting(persistent, TARGET, EntityType.MON);
                HandshakeEnd server = HandshakeEnd.accepting(patient, REMOTE)) {
            assertThatThrownBy(() -> HandshakeEnd.join(client, server))
                    .isInstanceOfSatisfying(
                            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT))
                    .hasMessageContaining("more than 8192 bytes to tell the peer before the session");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6, 20})
    void asManyRoundsAsAreAllowedArePassed(int allowed) throws ProtocolException {
        Limits.Handshake limits = rounds(allowed);
        // A request and four answers: five frames from each end.
        HandshakeConfig mon = with(fixture.config(EntityType.MON, new ScriptedAuth().rounds(4)), limits);
        HandshakeConfig client = with(fixture.config(EntityType.CLIENT, new ScriptedAuth()), limits);
        try (HandshakeEnd a = HandshakeEnd.connecting(client, TARGET, EntityType.MON);
                HandshakeEnd b = HandshakeEnd.accepting(mon, REMOTE)) {
            HandshakeEnd.join(a, b);
            assertThat(a.status()).isEqualTo(Status.DONE);
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"SECURE", "UNKNOWN"})
    @Scenario("A09")
    void theConnectorRefusesAModeThatItDidNotOffer(ConnectionMode mode) throws ProtocolException {
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth());
                HandshakeEnd server = fixture.accepting(new ScriptedAuth())) {
            client.feed(server.takeSent());
            server.feed(client.takeSent());
            client.feed(server.takeSent());
            byte[] done = FrameBytes.of(
                    new CrcFrameEncoder(Revision.MSGR2_1), new ControlFrame.AuthDone(1, mode.code(), Opaque.EMPTY));
            assertFault(
                    () -> client.feed(done),
                    FaultKind.AUTH,
                    "AUTH_DONE: the peer chose mode " + mode.code() + " (" + mode + "), offered were [crc]");
        }
    }

    /** Not even that it is satisfied. */
    @ParameterizedTest
    @EnumSource(names = {"SECURE", "UNKNOWN"})
    void theAcceptorSaysNothingOfAModeThatItCannotSpeak(ConnectionMode mode) throws ProtocolException {
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth());
                HandshakeEnd server = fixture.accepting(new ScriptedAuth().chosen(mode))) {
            client.feed(server.takeSent());
            server.feed(client.takeSent());
            client.feed(server.takeSent());
            assertFault(
                    () -> server.feed(client.takeSent()),
                    mode == ConnectionMode.SECURE ? FaultKind.AUTH : FaultKind.FEATURE,
                    mode == ConnectionMode.SECURE
                            ? "AUTH_REQUEST: a connection secret of 0 bytes, secure mode needs 40"
                            : "AUTH_REQUEST: connection mode " + mode + " is not available");
            assertThat(server.takeSent()).isEmpty();
        }
    }

    /** What HELLO claims has to be proven, unless it is no privilege. */
    @ParameterizedTest
    @CsvSource({
        "client, client.a, true",
        "client, mon., true",
        "client, osd.0, true",
        "osd, osd.0, true",
        "mgr, mgr.x, true",
        "mon, mon., true",
        "mds, mds.a, true",
        "osd, client.a, false",
        "mon, client.admin, false",
        "mgr, osd.0, false",
        "mds, mgr.x, false"
    })
    void aDaemonProvesThatItIsOne(String claimed, String proven, boolean accepted) throws ProtocolException {
        EntityType type = EntityType.ofLabel(claimed);
        EntityName name = EntityName.parse(proven);
        HandshakeConfig config = fixture.config(type, new ScriptedAuth());
        try (HandshakeEnd client = HandshakeEnd.connecting(config, TARGET, EntityType.MON);
                HandshakeEnd server = fixture.accepting(new ScriptedAuth().name(name))) {
            if (accepted) {
                HandshakeEnd.join(client, server);
                assertThat(server.status()).isEqualTo(Status.DONE);
                assertThat(server.secured().identity().name()).isEqualTo(name);
            } else {
                assertFault(
                        () -> HandshakeEnd.join(client, server),
                        FaultKind.AUTH,
                        "AUTH_REQUEST: the peer authenticated as " + name + ", and claims to be of type " + claimed);
                assertThat(client.handshake().waitingFor()).isEqualTo("the answer to AUTH_REQUEST");
            }
        }
    }

    /** Without authentication nothing is proven, and nothing granted for it. */
    @Test
    void withoutAuthenticationAnyTypeCanBeClaimed() throws ProtocolException {
        NoneAuth osdByName = new NoneAuth(EntityName.parse("client.a"));
        HandshakeConfig config = fixture.config(EntityType.OSD, osdByName);
        try (HandshakeEnd client = HandshakeEnd.connecting(config, TARGET, EntityType.MON);
                HandshakeEnd server = fixture.accepting(MON_A)) {
            HandshakeEnd.join(client, server);
            assertThat(server.secured().identity().authenticated()).isFalse();
        }
    }
}
