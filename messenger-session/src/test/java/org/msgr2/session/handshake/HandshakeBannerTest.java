package org.msgr2.session.handshake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.msgr2.session.handshake.HandshakeFixture.CLIENT_A;
import static org.msgr2.session.handshake.HandshakeFixture.MON_A;
import static org.msgr2.session.handshake.HandshakeFixture.REMOTE;
import static org.msgr2.session.handshake.HandshakeFixture.SIGNATURE_FRAME_BYTES;
import static org.msgr2.session.handshake.HandshakeFixture.TARGET;
import static org.msgr2.session.handshake.HandshakeFixture.assertFault;
import static org.msgr2.session.handshake.HandshakeFixture.with;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.Revision;
import org.msgr2.core.testing.LeakCheck;
import org.msgr2.core.testing.Scenario;
import org.msgr2.crypto.auth.SessionKey;
import org.msgr2.session.handshake.Handshake.Status;
import org.msgr2.session.handshake.HandshakeFixture.Cut;

/** The first bytes of a connection, from peers of all kinds. */
class HandshakeBannerTest {
    private static final byte[] MAGIC = "ceph v2\n".getBytes(StandardCharsets.US_ASCII);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private HandshakeFixture fixture;

    @BeforeEach
    void prepare() {
        fixture = new HandshakeFixture(leaks.allocator());
    }

    /** A banner whose payload has that length, whatever it is; bytes behind the first 16 are 0xff. */
    private static byte[] banner(int length, long supported, long required) {
        ByteBuffer whole =
                ByteBuffer.allocate(MAGIC.length + 2 + Math.max(16, length)).order(ByteOrder.LITTLE_ENDIAN);
        whole.put(MAGIC).putShort((short) length).putLong(supported).putLong(required);
        while (whole.hasRemaining()) {
            whole.put((byte) 0xff);
        }
        return Arrays.copyOf(whole.array(), MAGIC.length + 2 + length);
    }

    private static void feed(HandshakeEnd end, byte[] bytes, Cut cut) throws ProtocolException {
        for (int at = 0; at < bytes.length; ) {
            int size = Math.min(cut.sizes(at).getAsInt(), bytes.length - at);
            end.feed(Arrays.copyOfRange(bytes, at, at + size));
            at += size;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 17, 54, 55, 64, 255, 1024})
    @Scenario("B04")
    void theEndOfALongerBannerIsIgnored(int length) throws ProtocolException {
        for (Cut cut : Cut.values()) {
            try (HandshakeEnd client = fixture.connecting(CLIENT_A)) {
                feed(client, banner(length, 1, 0), cut);
                assertThat(client.handshake().waitingFor()).isEqualTo("HELLO");
                assertThat(client.unread()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void theEndOfALongerBannerIsSignedLikeTheRest(Cut cut) throws ProtocolException {
        SessionKey key = SessionKey.of(new byte[] {5});
        byte[] banner = banner(100, 1, 0);
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        try (HandshakeEnd client = fixture.connecting(new ScriptedAuth().key(key));
                HandshakeEnd server = fixture.accepting(new ScriptedAuth().key(key))) {
            // The server's own banner is shorter, so it will not take the signature; but the client's is what we want.
            assertThat(server.takeSent()).hasSize(26);
            feed(client, banner, cut);
            told.writeBytes(banner);
            assertThatThrownBy(() -> {
                        while (true) {
                            server.feed(client.takeSent());
                            byte[] more = server.takeSent();
                            client.feed(more);
                            told.writeBytes(more);
                        }
                    })
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageContaining("the signature does not match");
            byte[] sent = client.sent();
            int signed = told.size() - SIGNATURE_FRAME_BYTES;
            assertThat(Arrays.copyOfRange(sent, sent.length - 36, sent.length - 4))
                    .isEqualTo(key.sign(told.toByteArray(), signed).toByteArray());
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 15})
    @Scenario("B03")
    void aBannerThatIsTooShortIsRefused(int length) throws ProtocolException {
        try (HandshakeEnd client = fixture.connecting(CLIENT_A)) {
            assertFault(
                    () -> client.feed(banner(length, 1, 0)),
                    FaultKind.MALFORMED,
                    "banner: payload of " + length + " bytes, expected at least 16");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1025, 4096, 65535})
    void aBannerThatIsTooLongIsRefusedBeforeItComes(int length) throws ProtocolException {
        try (HandshakeEnd server = fixture.accepting(MON_A)) {
            byte[] prefix = Arrays.copyOf(banner(length, 1, 0), 10);
            assertFault(
                    () -> server.feed(prefix),
                    FaultKind.LIMIT,
                    "banner: payload of " + length + " bytes, at most 1024 are accepted");
        }
    }

    @Test
    @Scenario("B01")
    void aPeerOfTheOldProtocolIsNamed() throws ProtocolException {
        for (Cut cut : Cut.values()) {
            try (HandshakeEnd client = fixture.connecting(CLIENT_A)) {
                byte[] msgr1 = "ceph v027".getBytes(StandardCharsets.US_ASCII);
                assertThatThrownBy(() -> feed(client, msgr1, cut))
                        .isInstanceOfSatisfying(ProtocolException.class, e -> {
                            assertThat(e.kind()).isEqualTo(FaultKind.MALFORMED);
                            assertThat(e.terminal()).isFalse();
                        })
                        .hasMessageStartingWith("banner: the peer speaks msgr1");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"GET / HTTP/1.1, speaks HTTP", "SSH-2.0-OpenSSH, does not speak msgr2", "'\u0016\u0003', speaks TLS"})
    @Scenario("B02")
    void aStrangerIsFoundOutByItsFirstWrongByte(String text, String problem) throws ProtocolException {
        byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        try (HandshakeEnd server = fixture.accepting(MON_A)) {
            assertThatThrownBy(() -> server.feed(bytes))
                    .isInstanceOf(ProtocolException.class)
                    .hasMessageStartingWith("banner: the peer " + problem);
        }
        try (HandshakeEnd server = fixture.accepting(MON_A)) {
            assertThatThrownBy(() -> server.feed(Arrays.copyOf(bytes, 1))).isInstanceOf(ProtocolException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 0, 1, 32, bit 5", "1, 0, 3, 2, COMPRESSION", "0, 0, 1, 1, REVISION_1"})
    @Scenario("B05")
    void aPeerThatNeedsWhatWeLackIsRefusedForGood(
            long supported, long required, long theirs, long theirsRequired, String name) throws ProtocolException {
        HandshakeConfig config = with(fixture.config(EntityType.CLIENT, CLIENT_A), supported, required);
        try (HandshakeEnd client = HandshakeEnd.connecting(config, TARGET, EntityType.MON)) {
            assertTerminal(
                    () -> client.feed(banner(16, theirs, theirsRequired)),
                    "banner: the peer requires unsupported feature " + name);
        }
    }

    @Test
    @Scenario("B06")
    void aPeerThatLacksWhatWeNeedIsRefusedForGood() throws ProtocolException {
        HandshakeConfig config = with(fixture.config(EntityType.MON, MON_A), 1, 1);
        try (HandshakeEnd server = HandshakeEnd.accepting(config, REMOTE)) {
            assertTerminal(() -> server.feed(banner(16, 2, 0)), "banner: the peer lacks required feature REVISION_1");
        }
    }

    private static void assertTerminal(ThrowingCallable action, String message) {
        assertThatThrownBy(action)
                .isInstanceOfSatisfying(ProtocolException.class, e -> {
                    assertThat(e.kind()).isEqualTo(FaultKind.FEATURE);
                    assertThat(e.terminal()).isTrue();
                })
                .hasMessage(message);
    }

    @Test
    void nothingButTheBannerIsSentBeforeThePeersBanner() throws ProtocolException {
        try (HandshakeEnd client = fixture.connecting(CLIENT_A);
                HandshakeEnd server = fixture.accepting(MON_A)) {
            byte[] theirs = server.takeSent();
            for (int i = 0; i < theirs.length; i++) {
                assertThat(client.sent()).hasSize(26);
                assertThat(client.feed(Arrays.copyOfRange(theirs, i, i + 1))).isEqualTo(Status.NEED_BYTES);
            }
            assertThat(client.sent()).hasSize(26 + 72);
        }
    }

    @Test
    void framesFollowTheRevisionFromTheFirstOneOn() throws ProtocolException {
        try (HandshakeEnd client = fixture.connecting(CLIENT_A)) {
            client.feed(banner(16, 0, 0));
            // HELLO in msgr2.0: 36 bytes between the preamble and an epilogue of 17.
            assertThat(client.sent()).hasSize(26 + 32 + 36 + 17);
            assertThat(Revision.MSGR2_0).hasToString("msgr2.0");
        }
    }
}
