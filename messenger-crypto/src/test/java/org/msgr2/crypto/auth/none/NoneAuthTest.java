package org.msgr2.crypto.auth.none;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.msgr2.core.FaultKind;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.frame.ControlFrame;
import org.msgr2.core.frame.ControlFrame.AuthDone;
import org.msgr2.core.frame.ControlFrame.AuthRequest;
import org.msgr2.core.frame.Preamble;
import org.msgr2.core.frame.Tag;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Limits;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.WireReader;
import org.msgr2.core.wire.WireWriter;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthClient.Offer;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthMode;
import org.msgr2.crypto.auth.AuthOutcome;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.Capabilities;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.MethodRefusedException;
import org.msgr2.crypto.auth.PeerIdentity;
import org.msgr2.crypto.auth.SessionKey;

class NoneAuthTest {
    private static final EntityName ADMIN = EntityName.parse("client.admin");
    private static final int NONE = AuthMethod.NONE.code();
    private static final List<Integer> CRC = List.of(1);
    private static final int GLOBAL_ID_BYTES = 8;

    private final NoneAuth auth = new NoneAuth(ADMIN);

    /** The frame's fields, from its only segment, which lies between the preamble and its crc. */
    private static ControlFrame recorded(String capture, Tag tag) throws ProtocolException {
        RecordedFrame frame = CephVectors.capture(capture).frames().stream()
                .filter(f -> f.tag().equals(tag.name()))
                .findFirst()
                .orElseThrow();
        ByteBuf segment = Unpooled.wrappedBuffer(frame.wire(), Preamble.BYTES, frame.wireLength() - Preamble.BYTES - 4);
        return ControlFrame.read(tag, new WireReader(segment), Limits.defaults().frames());
    }

    private static Opaque payload(int mode, EntityName name, long globalId) {
        ByteBuf bytes = Unpooled.buffer();
        WireWriter out = new WireWriter(bytes);
        name.write(out.u8(mode));
        out.u64(globalId);
        return Opaque.copyOf(ByteBufUtil.getBytes(bytes));
    }

    @Test
    @Scenario("A02")
    void asksAMonitorAsARealClientDoes() throws ProtocolException {
        AuthRequest request = (AuthRequest) recorded("a_none_crc_client_mon", Tag.AUTH_REQUEST);
        Offer offer = auth.client(EntityType.MON).start();
        assertThat(offer.method().code()).isEqualTo(request.method());
        assertThat(offer.modes().stream().map(ConnectionMode::code)).isEqualTo(request.preferredModes());
        assertThat(offer.payload().toByteArray()).isEqualTo(request.payload().toByteArray());
    }

    @Test
    @Scenario("A02")
    void asksAServiceAsARealClientDoes() throws ProtocolException {
        AuthRequest request = (AuthRequest) recorded("a_none_crc_client_osd", Tag.AUTH_REQUEST);
        AuthDone given = (AuthDone) recorded("a_none_crc_client_mon", Tag.AUTH_DONE);
        byte[] unknown = request.payload().toByteArray();
        Arrays.fill(unknown, unknown.length - GLOBAL_ID_BYTES, unknown.length, (byte) 0);
        List<EntityType> services = List.of(EntityType.OSD, EntityType.MDS, EntityType.MGR, EntityType.ANY);
        for (EntityType service : services) {
            Offer offer = auth.client(service).start();
            assertThat(offer.method()).isEqualTo(AuthMethod.NONE);
            assertThat(offer.modes()).containsExactly(ConnectionMode.CRC);
            assertThat(offer.payload().toByteArray()).as(service.toString()).isEqualTo(unknown);
        }
        // A service's answer says nothing new about us, a monitor's does.
        auth.client(EntityType.OSD).done(77, ConnectionMode.CRC, Opaque.EMPTY);
        auth.client(EntityType.MON).done(given.globalId(), ConnectionMode.CRC, given.payload());
        for (EntityType service : services) {
            assertThat(auth.client(service).start().payload()).isEqualTo(request.payload());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a_none_crc_client_mon", "a_none_crc_client_osd"})
    @Scenario("A02")
    void answersTheRecordedRequestsAsTheRecordedServersDid(String capture) throws ProtocolException {
        AuthRequest request = (AuthRequest) recorded(capture, Tag.AUTH_REQUEST);
        AuthDone expected = (AuthDone) recorded(capture, Tag.AUTH_DONE);
        AuthReply reply = new NoneServer(expected::globalId)
                .request(request.method(), request.preferredModes(), request.payload());
        PeerIdentity peer = new PeerIdentity(AuthMethod.NONE, ADMIN, expected.globalId(), Capabilities.NONE);
        assertThat(reply)
                .isEqualTo(new AuthReply.Done(
                        expected.globalId(),
                        ConnectionMode.ofCode(expected.connectionMode()),
                        expected.payload(),
                        new AuthOutcome(peer, SessionKey.NONE, Opaque.EMPTY)));
        assertThat(peer.authenticated()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"MON, 10", "OSD, 1"})
    void clientAndServerAgree(EntityType peerType, int authMode) throws ProtocolException {
        AuthClient client = auth.client(peerType);
        Offer offer = client.start();
        assertThat(offer.payload().toByteArray()[0]).isEqualTo((byte) authMode);
        AuthReply.Done done = (AuthReply.Done) auth.server(EntityType.CLIENT).request(NONE, CRC, offer.payload());
        assertThat(done.outcome().identity().name()).isEqualTo(ADMIN);
        AuthOutcome outcome = client.done(done.globalId(), done.mode(), done.payload());
        assertThat(outcome.identity())
                .isEqualTo(new PeerIdentity(
                        AuthMethod.NONE, new EntityName(peerType, "*"), done.globalId(), Capabilities.NONE));
        assertThat(outcome.sessionKey()).isSameAs(SessionKey.NONE);
        assertThat(outcome.connectionSecret()).isEqualTo(Opaque.EMPTY);
    }

    @Test
    void givesEachNewClientAnIdOfItsOwnAndLetsAnOldOneKeepIts() throws ProtocolException {
        long first = globalId(0);
        long second = globalId(0);
        assertThat(first).isGreaterThan(4096);
        assertThat(second).isEqualTo(first + 1);
        assertThat(globalId(4711)).isEqualTo(4711);
        assertThat(globalId(0)).isEqualTo(second + 1);
    }

    private long globalId(long claimed) throws ProtocolException {
        AuthServer server = auth.server(EntityType.CLIENT);
        return ((AuthReply.Done) server.request(NONE, CRC, payload(AuthMode.MON, ADMIN, claimed))).globalId();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 4, 77, -1})
    @Scenario("A06")
    void refusesOtherMethodsAndSaysWhatItAllows(int method) throws ProtocolException {
        AuthReply reply = auth.server(EntityType.CLIENT).request(method, CRC, payload(AuthMode.MON, ADMIN, 0));
        assertThat(reply)
                .isEqualTo(new AuthReply.BadMethod(-95, List.of(AuthMethod.NONE), List.of(ConnectionMode.CRC)));
    }

    @Test
    void refusesModesWithoutCrcAndSaysWhatItAllows() throws ProtocolException {
        for (List<Integer> modes : List.of(List.of(2), List.of(0), List.of(2, 7, -1))) {
            AuthReply reply = auth.server(EntityType.CLIENT).request(NONE, modes, payload(AuthMode.MON, ADMIN, 0));
            assertThat(reply)
                    .as(modes.toString())
                    .isEqualTo(new AuthReply.BadMethod(-95, List.of(AuthMethod.NONE), List.of(ConnectionMode.CRC)));
        }
    }

    @Test
    void takesCrcWhereverItIsInTheListAndWithoutAList() throws ProtocolException {
        for (List<Integer> modes : List.of(List.<Integer>of(), List.of(2, 1), List.of(9, 1, 2))) {
            AuthReply reply = auth.server(EntityType.CLIENT).request(NONE, modes, payload(AuthMode.MON, ADMIN, 0));
            assertThat(reply).as(modes.toString()).isInstanceOf(AuthReply.Done.class);
            assertThat(((AuthReply.Done) reply).mode()).isEqualTo(ConnectionMode.CRC);
        }
    }

    @Test
    @Scenario("A24")
    void refusesAPayloadThatEndsEarlyAndNamesTheField() {
        byte[] whole = payload(AuthMode.AUTHORIZER, ADMIN, 5).toByteArray();
        for (int length = 0; length < whole.length; length++) {
            String field = length < 1 ? "auth_mode" : length < 14 ? "entity name" : "global_id";
            Opaque part = Opaque.copyOf(Arrays.copyOf(whole, length));
            assertThatThrownBy(() -> auth.server(EntityType.CLIENT).request(NONE, CRC, part))
                    .as(length + " bytes")
                    .isInstanceOfSatisfying(
                            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.MALFORMED))
                    .hasMessageStartingWith(field + ":");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {14, 0x7fff_ffff, -1, Integer.MIN_VALUE})
    @Scenario("A24")
    void refusesANameThatIsLongerThanThePayload(int stated) {
        byte[] bytes = payload(AuthMode.MON, ADMIN, 5).toByteArray();
        Unpooled.wrappedBuffer(bytes).setIntLE(5, stated);
        assertThatThrownBy(() -> auth.server(EntityType.CLIENT).request(NONE, CRC, Opaque.copyOf(bytes)))
                .isInstanceOf(ProtocolException.class)
                .hasMessageStartingWith("entity name: needs " + Integer.toUnsignedString(stated) + " bytes, 13 left");
    }

    @Test
    void refusesNamesThatAreNone() {
        byte[] stranger = payload(AuthMode.MON, ADMIN, 5).toByteArray();
        stranger[1] = 3;
        assertThatThrownBy(() -> auth.server(EntityType.CLIENT).request(NONE, CRC, Opaque.copyOf(stranger)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("entity name: unknown entity type 0x3");
        byte[] nameless = payload(AuthMode.MON, ADMIN, 5).toByteArray();
        nameless[5] = 0;
        assertThatThrownBy(() -> auth.server(EntityType.CLIENT).request(NONE, CRC, Opaque.copyOf(nameless)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("entity name: empty id");
        byte[] garbled = payload(AuthMode.MON, ADMIN, 5).toByteArray();
        garbled[9] = (byte) 0xff;
        assertThatThrownBy(() -> auth.server(EntityType.CLIENT).request(NONE, CRC, Opaque.copyOf(garbled)))
                .isInstanceOf(ProtocolException.class)
                .hasMessage("entity name: not UTF-8");
        Opaque endless = payload(AuthMode.MON, new EntityName(EntityType.CLIENT, "x".repeat(257)), 5);
        assertThatThrownBy(() -> auth.server(EntityType.CLIENT).request(NONE, CRC, endless))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.LIMIT))
                .hasMessageStartingWith("entity name: 257 bytes");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 9, 11, 19, 255})
    void refusesAnAuthModeThatItDoesNotKnow(int mode) {
        assertThatThrownBy(() -> auth.server(EntityType.CLIENT).request(NONE, CRC, payload(mode, ADMIN, 0)))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.MALFORMED))
                .hasMessage("auth_mode: " + mode + ", expected 10 or 1");
    }

    @Test
    void ignoresWhatANewerClientAddsToThePayload() throws ProtocolException {
        byte[] longer = Arrays.copyOf(payload(AuthMode.MON, ADMIN, 9).toByteArray(), 40);
        AuthReply reply = auth.server(EntityType.CLIENT).request(NONE, CRC, Opaque.copyOf(longer));
        assertThat(((AuthReply.Done) reply).globalId()).isEqualTo(9);
    }

    @Test
    void neitherEndHasASecondRound() {
        assertThatThrownBy(() -> auth.server(EntityType.CLIENT).requestMore(Opaque.EMPTY))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.SEQUENCE));
        assertThatThrownBy(() -> auth.client(EntityType.MON).replyMore(Opaque.EMPTY))
                .isInstanceOfSatisfying(
                        ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.AUTH));
    }

    @Test
    @Scenario("A09")
    void theClientRefusesAModeThatItDidNotOffer() {
        for (ConnectionMode mode : List.of(ConnectionMode.SECURE, ConnectionMode.UNKNOWN)) {
            assertThatThrownBy(() -> auth.client(EntityType.MON).done(1, mode, Opaque.EMPTY))
                    .isInstanceOfSatisfying(
                            ProtocolException.class, e -> assertThat(e.kind()).isEqualTo(FaultKind.AUTH))
                    .hasMessage("the peer chose mode " + mode + ", offered was crc");
        }
    }

    @Test
    @Scenario("A04")
    void theClientGivesUpWhenItIsRefusedAndSaysWhatThePeerAllows() {
        assertThatThrownBy(() -> auth.client(EntityType.MON).badMethod(1, -95, List.of(2, 9), List.of(2, 1)))
                .isInstanceOfSatisfying(MethodRefusedException.class, e -> {
                    assertThat(e.kind()).isEqualTo(FaultKind.AUTH);
                    assertThat(e.method()).isEqualTo(AuthMethod.NONE);
                    assertThat(e.result()).isEqualTo(-95);
                    assertThat(e.allowedMethods()).containsExactly(AuthMethod.CEPHX, AuthMethod.UNKNOWN);
                    assertThat(e.allowedModes()).containsExactly(ConnectionMode.SECURE, ConnectionMode.CRC);
                })
                .hasMessage("the peer refuses method none with EOPNOTSUPP (-95): it allows methods [cephx, method 9],"
                        + " modes [secure, crc]");
    }
}
