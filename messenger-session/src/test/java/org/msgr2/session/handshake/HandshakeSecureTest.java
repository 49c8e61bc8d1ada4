package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.handshake.HandshakeFixture.REMOTE;
import static org.msgr2.session.handshake.HandshakeFixture.TARGET;
import static org.msgr2.session.handshake.HandshakeFixture.assertFault;
import static org.msgr2.session.handshake.HandshakeFixture.weak;
import static org.msgr2.session.handshake.HandshakeFixture.with;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.FrameCipher;
import org.msgr2.core.frame.FrameDecoder;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.FrameBytes;
import org.msgr2.core.testing.FrameFeed;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.crypto.onwire.AeadProvider;
import org.msgr2.crypto.onwire.ConnectionSecret;
import org.msgr2.session.handshake.Handshake.Status;

/** Handshakes that end in secure mode, in both revisions. */
class HandshakeSecureTest {
    private static final Opaque SECRET = secret();
    private static final SessionKey KEY = SessionKey.of(new byte[] {1, 2, 3});

    /** Of AUTH_SIGNATURE in secure mode: one block of 80 bytes in msgr2.1; 32 + 32 + 16 in msgr2.0; and a tag. */
    private static final int SIGNATURE_BYTES = 96;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private HandshakeFixture fixture;

    @BeforeEach
    void prepare() {
        fixture = new HandshakeFixture(leaks.allocator());
    }

    private static Opaque secret() {
        byte[] bytes = new byte[64];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (200 - i);
        }
        return Opaque.copyOf(bytes);
    }

    private HandshakeConfig config(EntityType self, Revision revision, boolean allowed) {
        HandshakeConfig config =
                fixture.config(self, new ScriptedAuth().key(KEY).secure(SECRET));
        return weak(with(config, revision == Revision.MSGR2_1 ? 1 : 0, 0), allowed);
    }

    private HandshakeEnd client(Revision revision, boolean allowed) throws ProtocolException {
        return HandshakeEnd.connecting(config(EntityType.CLIENT, revision, allowed), TARGET, EntityType.MON);
    }

    private HandshakeEnd server(Revision revision, boolean allowed) throws ProtocolException {
        return HandshakeEnd.accepting(config(EntityType.MON, revision, allowed), REMOTE);
    }

    @Scenario("A10")
    @ParameterizedTest
    @EnumSource
    void theFirstEncryptedFrameIsTheSignature(Revision revision) throws ProtocolException {
        try (HandshakeEnd client = client(revision, true);
                HandshakeEnd server = server(revision, true)) {
            HandshakeEnd.join(client, server);
            assertThat(client.status()).isEqualTo(Status.DONE);
            assertThat(server.status()).isEqualTo(Status.DONE);
            for (HandshakeEnd end : new HandshakeEnd[] {client, server}) {
                assertThat(end.secured().mode()).isEqualTo(ConnectionMode.SECURE);
                assertThat(end.secured().revision()).isEqualTo(revision);
            }
            checkSignature(revision, client, server, true);
            checkSignature(revision, server, client, false);
        }
    }

    /** Decrypts the last bytes of the handshake by hand: they sign all that came before them. */
    private static void checkSignature(Revision revision, HandshakeEnd from, HandshakeEnd to, boolean connector)
            throws ProtocolException {
        byte[] sent = from.sent();
        byte[] frame = Arrays.copyOfRange(sent, sent.length - SIGNATURE_BYTES, sent.length);
        byte[] covered = Arrays.copyOf(to.sent(), to.sent().length - SIGNATURE_BYTES);
        ConnectionSecret secret = ConnectionSecret.of(SECRET);
        ByteBuf plain = Unpooled.buffer();
        try (FrameCipher cipher = connector
                ? secret.towardsAcceptor(revision, AeadProvider.jdk())
                : secret.towardsConnector(revision, AeadProvider.jdk())) {
            cipher.open(Unpooled.wrappedBuffer(frame), plain);
        }
        assertThat(plain.getUnsignedByte(0)).isEqualTo((short) Tag.AUTH_SIGNATURE.code());
        assertThat(ByteBufUtil.getBytes(plain, 32, 32))
                .isEqualTo(KEY.sign(covered, covered.length).toByteArray());
    }

    @ParameterizedTest
    @EnumSource
    void bothDirectionsGoOnWhereTheHandshakeStopped(Revision revision) throws ProtocolException {
        try (HandshakeEnd client = client(revision, true);
                HandshakeEnd server = server(revision, true)) {
            HandshakeEnd.join(client, server);
            for (int i = 0; i < 3; i++) {
                ControlFrame frame = new ControlFrame.Keepalive2(new UTime(i, 7));
                assertArrives(frame, client.secured(), server.secured().decoder());
                assertArrives(frame, server.secured(), client.secured().decoder());
            }
        }
    }

    private static void assertArrives(ControlFrame frame, Secured from, FrameDecoder to) throws ProtocolException {
        byte[] wire = FrameBytes.of(from.encoder(), frame);
        FrameFeed.Outcome outcome = FrameFeed.whole(
                to,
                wire,
                received -> assertThat(received.toControl(Limits.defaults())).isEqualTo(frame));
        assertThat(outcome.frames()).isEqualTo(1);
    }

    /** Who speaks msgr2.0 comes to no secure mode unless both ends were told that it may. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void secureModeOfMsgr20IsRefusedUnlessItIsAllowed(boolean clientAllows) throws ProtocolException {
        try (HandshakeEnd client = client(Revision.MSGR2_0, clientAllows);
                HandshakeEnd server = server(Revision.MSGR2_1, !clientAllows)) {
            String frame = clientAllows ? "AUTH_REQUEST" : "AUTH_DONE";
            assertFault(
                    () -> HandshakeEnd.join(client, server),
                    FaultKind.FEATURE,
                    frame + ": secure mode of msgr2.0 is weak, and refused");
            // The acceptor refuses before it says that it is satisfied: of 26 bytes of banner and 89 or more of HELLO,
            // no more.
            assertThat(server.sent().length < 150).isEqualTo(clientAllows);
        }
    }

    /** The secret is used once, whatever comes of the handshake. */
    @Test
    void aSignatureThatDoesNotMatchIsAFaultInSecureModeToo() throws ProtocolException {
        HandshakeConfig other = fixture.config(
                EntityType.MON,
                new ScriptedAuth().key(SessionKey.of(new byte[] {9})).secure(SECRET));
        try (HandshakeEnd client = client(Revision.MSGR2_1, false);
                HandshakeEnd server = HandshakeEnd.accepting(other, REMOTE)) {
            assertFault(
                    () -> HandshakeEnd.join(client, server),
                    FaultKind.AUTH,
                    "AUTH_SIGNATURE: the signature does not match what was exchanged");
        }
    }

    /** Whoever does not have the secret cannot even say AUTH_SIGNATURE. */
    @ParameterizedTest
    @EnumSource
    void anotherSecretIsAFault(Revision revision) throws ProtocolException {
        byte[] bytes = SECRET.toByteArray();
        bytes[3] ^= 1;
        HandshakeConfig config =
                fixture.config(EntityType.MON, new ScriptedAuth().key(KEY).secure(Opaque.copyOf(bytes)));
        HandshakeConfig other = weak(with(config, revision == Revision.MSGR2_1 ? 1 : 0, 0), true);
        try (HandshakeEnd client = client(revision, true);
                HandshakeEnd server = HandshakeEnd.accepting(other, REMOTE)) {
            assertThatThrownBy(() -> HandshakeEnd.join(client, server))
                    .isInstanceOfSatisfying(
                            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.INTEGRITY));
        }
    }
}
