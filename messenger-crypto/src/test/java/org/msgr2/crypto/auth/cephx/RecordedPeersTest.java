package org.msgr2.crypto.auth.cephx;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.Capture;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.AuthReply;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.cephx.LoginListener.Reason;
import org.msgr2.crypto.key.CryptoKey;
import org.msgr2.crypto.key.KeyType;
import org.msgr2.crypto.key.KeyUsage;
import org.msgr2.crypto.key.Keyring;

/** The peers of recorded connections, clients and daemons of Ceph 16.2.15, at our servers. */
class RecordedPeersTest {
    private static final int PREAMBLE_BYTES = 32;
    private static final JsonNode PRIMITIVES = CephVectors.json("ceph/z_cephx_primitives.json");
    private static final List<ConnectionMode> BOTH = ServerKit.BOTH;

    private final ServerKit kit = new ServerKit();

    /** The AUTH payloads of one connection, in order; what the server said is only compared with. */
    record Handshake(Capture capture, List<Integer> modes, Opaque request, Opaque more, Opaque reply, Opaque done) {

        static Handshake of(Capture capture) {
            try {
                WireReader request = body(capture, "AUTH_REQUEST");
                assertThat(request.u32("method")).isEqualTo(2);
                List<Integer> modes = new ArrayList<>();
                for (long n = request.u32("modes"); n > 0; n--) {
                    modes.add(request.s32("mode"));
                }
                WireReader done = body(capture, "AUTH_DONE");
                done.u64("global_id");
                done.u32("mode");
                return new Handshake(
                        capture,
                        modes,
                        request.blob("payload", 4096),
                        body(capture, "AUTH_REQUEST_MORE").blob("payload", 4096),
                        body(capture, "AUTH_REPLY_MORE").blob("payload", 4096),
                        done.blob("payload", 4096));
            } catch (ProtocolException e) {
                throw new AssertionError(e);
            }
        }

        private static WireReader body(Capture capture, String tag) {
            RecordedFrame frame = capture.frames().stream()
                    .filter(each -> each.tag().equals(tag))
                    .findFirst()
                    .orElseThrow();
            int length = frame.json().at("/fields/seg/0/0").asInt();
            return new WireReader(Unpooled.wrappedBuffer(frame.wire(), PREAMBLE_BYTES, length));
        }

        JsonNode field(String tag, String name) {
            return capture.frames().stream()
                    .filter(each -> each.tag().equals(tag))
                    .findFirst()
                    .orElseThrow()
                    .fields()
                    .get(name);
        }

        ConnectionMode mode() {
            return field("AUTH_DONE", "con_mode").asText().equals("secure")
                    ? ConnectionMode.SECURE
                    : ConnectionMode.CRC;
        }

        @Override
        public String toString() {
            return capture.name();
        }
    }

    private static boolean isCephx(Capture capture) {
        return !capture.name().startsWith("a_none");
    }

    static Stream<Handshake> logins() {
        return CephVectors.all()
                .filter(RecordedPeersTest::isCephx)
                .filter(capture -> capture.server().equals("mon"))
                .map(Handshake::of);
    }

    static Stream<Handshake> authorizers() {
        return CephVectors.all()
                .filter(RecordedPeersTest::isCephx)
                .filter(capture -> !capture.server().equals("mon"))
                .map(Handshake::of);
    }

    private static CryptoKey key(String hex) {
        return CryptoKey.of(KeyType.AES, UTime.ZERO, HexFormat.of().parseHex(hex));
    }

    private static long u64(JsonNode hex) {
        return Long.parseUnsignedLong(hex.asText().substring(2), 16);
    }

    /** Capabilities were not recorded: some that make the tickets as long as they are. */
    private static Keyring keyring(Capture capture) {
        Keyring keyring = Keyring.EMPTY;
        for (Map.Entry<String, JsonNode> entity :
                capture.json().at("/secrets/keyring").properties()) {
            keyring = keyring.with(
                    EntityName.parse(entity.getKey()),
                    key(entity.getValue().get("secret_hex").asText()),
                    Map.of("mon", "allow *", "osd", "allow *", "mgr", "allow *", "mds", "allow *"));
        }
        return keyring;
    }

    // --- At our monitor

    @Scenario({"A01", "A21"})
    @ParameterizedTest
    @MethodSource("logins")
    void ourMonitorLetsARecordedPeerIn(Handshake recorded) throws ProtocolException {
        Keyring keyring = keyring(recorded.capture());
        TicketAuthority authority = kit.authority(
                keyring,
                AuthorityOptions.DEFAULTS.withKeyTypes(KeyType.AES, AuthorityOptions.DEFAULTS.entityKeyTypes()));
        kit.dice.load(u64(recorded.field("AUTH_REPLY_MORE", "server_challenge")));
        AuthServer server = CephxServer.monitor(authority).server(EntityType.CLIENT);
        AuthReply challenge = server.request(2, recorded.modes(), recorded.request());
        assertThat(challenge).isEqualTo(new AuthReply.More(recorded.reply()));
        AuthReply reply = server.requestMore(recorded.more());
        MonRequest said = MonRequest.read(Decoding.reader(recorded.request()));
        if (said.globalId() != 0) {
            // The key that sealed its old ticket was not recorded. The proof of its own key was right, or we would have
            // said so.
            ServerKit.assertRefused(reply, -13);
            assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.RECLAIM, 1L));
            return;
        }
        AuthReply.Done done = ServerKit.accepted(reply);
        assertThat(done.mode()).isEqualTo(recorded.mode());
        assertThat(done.outcome().identity().name()).isEqualTo(said.name());
        assertThat(kit.failures.counts()).isEmpty();
        assertSameShape(
                done.payload(),
                recorded.done(),
                keyring.find(said.name()).orElseThrow().key());
    }

    private static void assertSameShape(Opaque ours, Opaque theirs, CryptoKey key) throws ProtocolException {
        WireReader[] in = {Decoding.reader(ours), Decoding.reader(theirs)};
        assertThat(ResponseHeader.read(in[0])).isEqualTo(ResponseHeader.read(in[1]));
        LoginReply[] replies = {LoginReply.read(in[0]), LoginReply.read(in[1])};
        assertThat(shape(replies[0].login(), key)).isEqualTo(shape(replies[1].login(), key));
        assertThat(replies[0].secretBlob().length())
                .isEqualTo(replies[1].secretBlob().length());
        assertThat(replies[0].extra().isEmpty()).isEqualTo(replies[1].extra().isEmpty());
        if (!replies[0].extra().isEmpty()) {
            assertThat(shape(extra(replies[0]), sessionKey(replies[0], key)))
                    .isEqualTo(shape(extra(replies[1]), sessionKey(replies[1], key)));
        }
    }

    private static ServiceTicketReply extra(LoginReply reply) throws ProtocolException {
        return ServiceTicketReply.read(Decoding.reader(reply.extra()));
    }

    private static CryptoKey sessionKey(LoginReply reply, CryptoKey key) throws ProtocolException {
        return Envelope.open(
                        key,
                        KeyUsage.TICKET_SESSION_KEY,
                        reply.login().tickets().get(0).sealedTicket(),
                        ServiceTicket::read)
                .sessionKey();
    }

    /** Everything that is not random: services, validities, the ids of sealing keys, and that there is one ticket each. */
    private static List<String> shape(ServiceTicketReply reply, CryptoKey key) throws ProtocolException {
        List<String> shape = new ArrayList<>();
        for (IssuedTicket ticket : reply.tickets()) {
            ServiceTicket opened =
                    Envelope.open(key, KeyUsage.TICKET_SESSION_KEY, ticket.sealedTicket(), ServiceTicket::read);
            TicketBlob blob = TicketBlob.read(Decoding.reader(ticket.ticket()));
            shape.add(ticket.service() + " " + ticket.encrypted() + " "
                    + opened.sessionKey().type() + " " + opened.validity() + " " + blob.secretId() + " "
                    + blob.sealed().length() % 16);
        }
        return shape;
    }

    @Scenario("A07")
    @ParameterizedTest
    @MethodSource("logins")
    void ourMonitorRefusesARecordedPeerWithAnotherChallenge(Handshake recorded) throws ProtocolException {
        TicketAuthority authority = kit.authority(keyring(recorded.capture()), AuthorityOptions.DEFAULTS);
        AuthServer server = authority.server(BOTH);
        server.request(2, recorded.modes(), recorded.request());
        ServerKit.assertRefused(server.requestMore(recorded.more()), -13);
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.WRONG_KEY, 1L));
    }

    // --- At our services

    /** The rotating keys of the cluster that the capture is of, if they were recorded. */
    private static @Nullable RotatingSecrets recordedKeys(Handshake recorded) throws ProtocolException {
        for (JsonNode each : PRIMITIVES.get("rotating")) {
            String entity = each.get("entity").asText();
            String secret = each.get("entity_secret").asText();
            JsonNode inCapture =
                    recorded.capture().json().at("/secrets/keyring").path(entity);
            if (entity.startsWith(recorded.capture().server() + ".")
                    && inCapture.path("secret_hex").asText().equals(secret)) {
                byte[] front =
                        HexFormat.of().parseHex(each.get("mauthreply_front").asText());
                AuthReplyMessage message = AuthReplyMessage.read(Unpooled.wrappedBuffer(front));
                WireReader in = Decoding.reader(message.payload());
                assertThat(ResponseHeader.read(in)).isEqualTo(new ResponseHeader(RequestType.GET_ROTATING_KEY, 0));
                return Envelope.open(
                        key(secret),
                        KeyUsage.ROTATING_SECRETS,
                        in.blob("rotating secrets", 1000),
                        RotatingSecrets::read);
            }
        }
        return null;
    }

    @Scenario({"A15", "A19"})
    @ParameterizedTest
    @MethodSource("authorizers")
    void ourServiceBelievesARecordedPeer(Handshake recorded) throws ProtocolException {
        RotatingSecrets secrets = recordedKeys(recorded);
        Authorizer shown = Authorizer.read(Decoding.reader(recorded.request()));
        Opaque request = recorded.request();
        Opaque more = recorded.more();
        CryptoKey sessionKey;
        if (secrets == null) {
            // Without the sealing key, the ticket is sealed anew around the recorded session key.
            sessionKey = key(recorded.field("AUTH_REQUEST", "session_key").asText());
            SortedMap<Long, ExpiringKey> keys = new TreeMap<>();
            Instant expiration = ServerKit.START.plusSeconds(7200);
            keys.put(2L, new ExpiringKey(ServerKit.key(KeyType.AES, 7), WallTime.of(expiration)));
            secrets = new RotatingSecrets(keys, 2);
            AuthTicket ticket = new AuthTicket(
                    ServerKit.ADMIN,
                    shown.globalId(),
                    AuthTicket.AUID,
                    WallTime.of(ServerKit.START),
                    WallTime.of(ServerKit.START.plusSeconds(3600)),
                    AuthCaps.of("allow *"),
                    0);
            CryptoKey dated = CryptoKey.of(KeyType.AES, WallTime.of(ServerKit.START), sessionKey.secret());
            TicketBlob blob = new TicketBlob(
                    2,
                    Envelope.seal(
                            keys.get(2L).key(), KeyUsage.TICKET_INFO, new ServiceTicketInfo(ticket, dated), kit.dice));
            request = new Authorizer(shown.globalId(), shown.service(), blob, shown.sealedAuthorize()).encoded();
            more = new Authorizer(
                            shown.globalId(),
                            shown.service(),
                            blob,
                            Authorizer.read(Decoding.reader(recorded.more())).sealedAuthorize())
                    .encoded();
        } else {
            ExpiringKey seal = secrets.keys().get(shown.ticket().secretId());
            ServiceTicketInfo info = Envelope.open(
                    seal.key(), KeyUsage.TICKET_INFO, shown.ticket().sealed(), ServiceTicketInfo::read);
            kit.clock.set(info.ticket().created().toInstant().plusSeconds(1));
            sessionKey = info.sessionKey();
        }
        long challenge = Envelope.open(
                        sessionKey, KeyUsage.AUTHORIZE_CHALLENGE, challengeBlob(recorded), AuthorizeChallenge::read)
                .challenge();
        kit.dice.load(challenge);
        AuthServer server =
                CephxServer.service(verifier(shown.service(), secrets)).server(EntityType.CLIENT);
        assertThat(server.request(2, recorded.modes(), request))
                .as("sealed with AES, the same challenge is the same ciphertext")
                .isEqualTo(new AuthReply.More(challengeBlob(recorded)));
        AuthReply.Done done = ServerKit.accepted(server.requestMore(more));
        assertThat(done.globalId()).isEqualTo(shown.globalId());
        assertThat(done.mode()).isEqualTo(recorded.mode());
        assertThat(done.payload().length()).isEqualTo(recorded.done().length());
        if (done.mode() == ConnectionMode.CRC) {
            assertThat(done.payload()).as("without a random secret, the same").isEqualTo(recorded.done());
        }
        assertThat(kit.failures.counts()).isEmpty();
    }

    private static Opaque challengeBlob(Handshake recorded) {
        return recorded.reply();
    }

    private AuthorizerVerifier verifier(EntityType service, RotatingSecrets secrets) {
        return new AuthorizerVerifier(
                service,
                RotatingKeys.of(secrets),
                delay -> CompletableFuture.failedFuture(new IllegalStateException("nobody to ask")),
                TicketChecks.ALL,
                kit.clock,
                kit.dice,
                kit.failures);
    }

    @Test
    void mostClustersRotatingKeysWereRecorded() throws ProtocolException {
        int recorded = 0;
        for (Handshake each : authorizers().toList()) {
            recorded += recordedKeys(each) == null ? 0 : 1;
        }
        assertThat(recorded).isEqualTo(5);
    }

    @Scenario("A15")
    @Test
    void recordedTicketsPassEveryCheck() throws ProtocolException {
        for (JsonNode each : PRIMITIVES.get("service_ticket")) {
            EntityType service = EntityType.ofLabel(each.get("service").asText());
            CryptoKey seal = key(each.get("rotating_secret").asText());
            Opaque payload = Opaque.copyOf(
                    HexFormat.of().parseHex(each.get("authorizer_payload").asText()));
            Authorizer shown = Authorizer.read(Decoding.reader(payload));
            ServiceTicketInfo info =
                    Envelope.open(seal, KeyUsage.TICKET_INFO, shown.ticket().sealed(), ServiceTicketInfo::read);
            Instant created = info.ticket().created().toInstant();
            kit.clock.set(created.plusSeconds(10));
            SortedMap<Long, ExpiringKey> keys = new TreeMap<>();
            keys.put(1L, new ExpiringKey(seal, WallTime.of(created.plusSeconds(10))));
            keys.put(each.get("secret_id").asLong(), new ExpiringKey(seal, WallTime.of(created.plusSeconds(3610))));
            AuthServer server = verifier(service, new RotatingSecrets(keys, 2)).server(BOTH);
            assertThat(server.request(2, List.of(1), payload)).isInstanceOf(AuthReply.More.class);
            kit.clock.set(created.plusSeconds(3630));
            ServerKit.assertRefused(
                    verifier(service, new RotatingSecrets(keys, 2)).server(BOTH).request(2, List.of(1), payload), -13);
        }
        assertThat(kit.failures.counts()).isEqualTo(Map.of(Reason.EXPIRED, 3L));
    }
}
