package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.handshake.HandshakeFixture.CLIENT_A;
import static org.msgr2.session.handshake.HandshakeFixture.MON_A;
import static org.msgr2.session.handshake.HandshakeFixture.REMOTE;
import static org.msgr2.session.handshake.HandshakeFixture.SIGNATURE_FRAME_BYTES;
import static org.msgr2.session.handshake.HandshakeFixture.TARGET;
import static org.msgr2.session.handshake.HandshakeFixture.assertFault;
import static org.msgr2.session.handshake.HandshakeFixture.signed;
import static org.msgr2.session.handshake.HandshakeFixture.with;

import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.RawFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.session.handshake.Handshake.Status;

/** What the signatures cover, and what their logs may cost. */
class HandshakeSignatureTest {
    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private HandshakeFixture fixture;

    @BeforeEach
    void prepare() {
        fixture = new HandshakeFixture(leaks.allocator());
    }

    @Test
    @Scenario("A10")
    void differentKeysMakeDifferentSignatures() throws ProtocolException {
        try (HandshakeEnd a = fixture.connecting(new ScriptedAuth().key(SessionKey.of(new byte[] {1})));
                HandshakeEnd b = fixture.accepting(new ScriptedAuth().key(SessionKey.of(new byte[] {2})))) {
            assertFault(
                    () -> HandshakeEnd.join(a, b),
                    FaultKind.AUTH,
                    "AUTH_SIGNATURE: the signature does not match what was exchanged");
        }
    }

    @Test
    @Scenario("A12")
    void withoutAKeyTheSignatureMustBeZeros() throws ProtocolException {
        try (HandshakeEnd a = fixture.connecting(new ScriptedAuth());
                HandshakeEnd b = fixture.accepting(new ScriptedAuth().key(SessionKey.of(new byte[] {2})))) {
            assertFault(
                    () -> HandshakeEnd.join(a, b),
                    FaultKind.AUTH,
                    "AUTH_SIGNATURE: the signature does not match what was exchanged");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @Scenario("A11")
    void noByteOfBannerAndHelloCanBeChangedOnTheWay(boolean fromClient) throws ProtocolException {
        SessionKey key = SessionKey.of(new byte[] {1});
        int faults = 0;
        for (int at = 0; at < 26 + 72; at++) {
            try (HandshakeEnd client = fixture.connecting(new ScriptedAuth().key(key));
                    HandshakeEnd server = fixture.accepting(new ScriptedAuth().key(key))) {
                HandshakeEnd from = fromClient ? client : server;
                HandshakeEnd to = fromClient ? server : client;
                to.feed(tampered(from.takeSent(), at));
                from.feed(to.takeSent());
                to.feed(tampered(from.takeSent(), at - 26));
                HandshakeEnd.join(client, server);
                // A banner or a HELLO that was made longer swallows what follows: that end waits for the rest.
                assertThat(at).as("byte that nobody missed").isIn(8, 26 + 2);
                assertThat(to.status()).isEqualTo(Status.NEED_BYTES);
            } catch (ProtocolException e) {
                faults++;
            }
        }
        assertThat(faults).isGreaterThanOrEqualTo(26 + 72 - 2);
    }

    /** One bit is different, and the crcs are right again. */
    private static byte[] tampered(byte[] bytes, int at) {
        if (at < 0 || at >= bytes.length) {
            return bytes;
        }
        byte[] changed = bytes.clone();
        changed[at] ^= 0x40;
        if (changed.length == 72) {
            RawFrame.sealCrcs(Revision.MSGR2_1, changed);
            if (Arrays.equals(changed, bytes)) {
                changed[at] ^= 0x40; // it was a crc
            }
        }
        return changed;
    }

    @Test
    @Scenario("A11")
    void aFeatureBitThatNobodyKnowsIsSignedToo() throws ProtocolException {
        SessionKey key = SessionKey.of(new byte[] {1});
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth().key(key));
                HandshakeEnd server = fixture.accepting(new ScriptedAuth().key(key))) {
            byte[] banner = client.takeSent();
            banner[17] ^= 1;
            server.feed(banner);
            assertFault(
                    () -> HandshakeEnd.join(client, server),
                    FaultKind.AUTH,
                    "AUTH_SIGNATURE: the signature does not match what was exchanged");
        }
    }

    @Test
    @Scenario("A14")
    void anotherAttemptBeginsWithEmptyLogs() throws ProtocolException {
        SessionKey key = SessionKey.of(new byte[] {1});
        HandshakeConfig client = fixture.config(EntityType.CLIENT, new ScriptedAuth().key(key));
        HandshakeConfig server = fixture.config(EntityType.MON, new ScriptedAuth().key(key));
        for (int attempt = 0; attempt < 3; attempt++) {
            try (HandshakeEnd a = HandshakeEnd.connecting(client, TARGET, EntityType.MON);
                    HandshakeEnd b = HandshakeEnd.accepting(server, REMOTE)) {
                b.feed(Arrays.copyOf(a.sent(), 5 + attempt));
            }
        }
        try (HandshakeEnd a = HandshakeEnd.connecting(client, TARGET, EntityType.MON);
                HandshakeEnd b = HandshakeEnd.accepting(server, REMOTE)) {
            HandshakeEnd.join(a, b);
            assertThat(a.status()).isEqualTo(b.status()).isEqualTo(Status.DONE);
        }
    }

    @Test
    void signatureLogsAreBounded() throws ProtocolException {
        // Each end sends 26 bytes of banner, 72 of HELLO and at least 50 of AUTH.
        for (int max = 1; max < 140; max++) {
            HandshakeConfig small = with(fixture.config(EntityType.CLIENT, CLIENT_A), signed(max));
            HandshakeEnd server = fixture.accepting(MON_A);
            HandshakeEnd[] client = new HandshakeEnd[1];
            try (server) {
                assertThatThrownBy(() -> {
                            client[0] = HandshakeEnd.connecting(small, TARGET, EntityType.MON);
                            HandshakeEnd.join(client[0], server);
                        })
                        .as("at most " + max)
                        .isInstanceOfSatisfying(
                                ProtocolException.class,
                                e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT))
                        .hasMessageMatching(
                                "(HELLO: )?more than " + max + " bytes (sent|received) before the signature");
            } finally {
                if (client[0] != null) {
                    client[0].close();
                }
            }
        }
    }

    @Test
    void aSignatureLogOfJustTheRightSizeIsEnough() throws ProtocolException {
        byte[][] sent = new byte[2][];
        try (HandshakeEnd client = fixture.connecting(CLIENT_A);
                HandshakeEnd server = fixture.accepting(MON_A)) {
            HandshakeEnd.join(client, server);
            sent[0] = client.sent();
            sent[1] = server.sent();
        }
        int max = Math.max(sent[0].length, sent[1].length) - SIGNATURE_FRAME_BYTES;
        for (int room : new int[] {max, max + 1}) {
            try (HandshakeEnd client = HandshakeEnd.connecting(
                            with(fixture.config(EntityType.CLIENT, CLIENT_A), signed(room)), TARGET, EntityType.MON);
                    HandshakeEnd server =
                            HandshakeEnd.accepting(with(fixture.config(EntityType.MON, MON_A), signed(room)), REMOTE)) {
                HandshakeEnd.join(client, server);
                assertThat(client.status()).isEqualTo(server.status()).isEqualTo(Status.DONE);
            }
        }
    }
}
