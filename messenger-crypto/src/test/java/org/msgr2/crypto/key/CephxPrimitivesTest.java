package org.msgr2.crypto.key;

import static org.assertj.core.api.Assertions.assertThat;
import static org.msgr2.crypto.key.TestKeys.NO_ENTROPY;
import static org.msgr2.crypto.key.TestKeys.aes;
import static org.msgr2.crypto.key.TestKeys.bytes;
import static org.msgr2.crypto.key.TestKeys.hex;
import static org.msgr2.crypto.key.TestKeys.opaque;
import static org.msgr2.crypto.key.TestKeys.reader;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.msgr2.core.ProtocolException;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.wire.Opaque;
import org.msgr2.core.wire.UTime;
import org.msgr2.core.wire.WireReader;
import org.msgr2.crypto.auth.SessionKey;

/**
 * Every value of {@code z_cephx_primitives.json}, recorded of Ceph 16.2.15, but for the frames in it: those are checked in
 * the package of frame ciphers.
 */
class CephxPrimitivesTest {
    private static final JsonNode ALL = CephVectors.json("ceph/z_cephx_primitives.json");

    @Test
    void knowsWhatThereIs() {
        Map<String, Integer> sizes = new TreeMap<>();
        ALL.properties()
                .forEach(entry -> sizes.put(entry.getKey(), entry.getValue().size()));
        assertThat(sizes)
                .isEqualTo(Map.of(
                        "crc32c", 6,
                        "encrypt_framing", 4,
                        "challenge_key", 1,
                        "real_mon_secure_handshake", 14,
                        "real_osd_secure_handshake", 14,
                        "rotating", 3,
                        "service_ticket", 3));
    }

    @Test
    void computesCrcs() {
        for (JsonNode row : ALL.get("crc32c")) {
            CRC32C crc = new CRC32C();
            crc.update(bytes(row.get("data").asText()));
            assertThat(Integer.toHexString(~(int) crc.getValue())).isEqualTo(Integer.toHexString((int)
                    Long.parseLong(row.get("seed_ffffffff").asText(), 16)));
        }
    }

    @Test
    void encryptsInTheEnvelope() throws ProtocolException {
        for (JsonNode row : ALL.get("encrypt_framing")) {
            AesKey key = aes(row.get("key").asText());
            byte[] payload = bytes(row.get("plain_payload").asText());
            Opaque sealed = key.encodeEncrypt(KeyUsage.PLAIN, out -> out.bytes(payload), NO_ENTROPY);
            assertThat(hex(TestKeys.written(out -> out.blob(sealed))))
                    .isEqualTo(row.get("wrapped_with_len").asText());
            assertThat(hex(key.decrypt(KeyUsage.PLAIN, sealed)))
                    .isEqualTo(row.get("plaintext_with_header").asText());
            assertThat(rest(key.decodeDecrypt(KeyUsage.PLAIN, sealed))).isEqualTo(payload);
        }
    }

    @Test
    void foldsChallenges() {
        JsonNode row = ALL.get("challenge_key").get(0);
        assertThat(aes(row.get("key").asText())
                        .challengeProof(u64(row, "server_challenge"), u64(row, "client_challenge")))
                .isEqualTo(u64(row, "key_out"));
        JsonNode frames = ALL.get("real_mon_secure_handshake").get("frames_auth");
        JsonNode request = frames.get(2).get("fields");
        assertThat(aes(ALL.get("real_mon_secure_handshake")
                                .get("client_entity_secret")
                                .asText())
                        .challengeProof(
                                u64(frames.get(1).get("fields"), "server_challenge"), u64(request, "client_challenge")))
                .isEqualTo(u64(request, "key"));
    }

    @Test
    void foldsThePublishedChallenges() {
        long server = 0x1122_3344_5566_7788L;
        long client = 0x99aa_bbcc_ddee_ff00L;
        AesKey aes =
                (AesKey) CryptoKey.of(KeyType.AES, UTime.ZERO, "1234567890123456".getBytes(StandardCharsets.US_ASCII));
        Aes256Krb5Key krb5 = TestKeys.krb5("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
        assertThat(CephVectors.lines("msgr2.txt"))
                .contains(
                        "challenge AES key=1234567890123456 sc=0x1122334455667788 cc=0x99aabbccddeeff00 -> 0x"
                                + Long.toHexString(aes.challengeProof(server, client)) + " 36",
                        "challenge AES256KRB5 key=00..1f -> 0x"
                                + Long.toHexString(krb5.challengeProof(server, client)));
        assertThat(hex(aes.encrypt(KeyUsage.PLAIN, "abc".getBytes(StandardCharsets.US_ASCII), NO_ENTROPY)))
                .isEqualTo("0ba3d1290cc47bb370aa355b24a7d152");
    }

    @Test
    void signsHandshakes() {
        for (String name : List.of("real_mon_secure_handshake", "real_osd_secure_handshake")) {
            JsonNode handshake = ALL.get(name);
            AesKey key = aes(handshake.get("session_key").asText());
            for (String end : List.of("server", "client")) {
                byte[] log = bytes(handshake
                        .get(handshake.get(end + "_signature_is_hmac_of").asText())
                        .asText());
                Opaque expected = opaque(handshake.get(end + "_signature").asText());
                assertThat(key.hmacSha256(log, 0, log.length)).isEqualTo(expected);
                assertThat(SessionKey.of(key.secret()).sign(log, log.length)).isEqualTo(expected);
            }
        }
    }

    /** What a monitor and an OSD answered when they were convinced. */
    @Test
    void decryptsConnectionSecrets() throws ProtocolException {
        JsonNode mon = ALL.get("real_mon_secure_handshake");
        WireReader done =
                reader(bytes(mon.at("/frames_auth/3/fields/auth_payload").asText()));
        done.bytes(2 + 4 + 1 + 4 + 4 + 1, "headers");
        WireReader forMe = aes(mon.get("client_entity_secret").asText())
                .decodeDecrypt(KeyUsage.TICKET_SESSION_KEY, done.blob("ticket", 1000));
        assertThat(forMe.u8("struct_v")).isEqualTo(1);
        CryptoKey session = CryptoKey.read(forMe, "session key");
        assertThat(hex(session.secret())).isEqualTo(mon.get("session_key").asText());
        assertThat(UTime.read(forMe, "validity")).isEqualTo(new UTime(259_200, 0));
        done.u8("encrypted");
        done.blob("ticket blob", 1000);
        WireReader outer = reader(done.blob("cbl", 1000).toByteArray());
        WireReader secret =
                session.decodeDecrypt(KeyUsage.AUTH_CONNECTION_SECRET, outer.blob("connection secret", 1000));
        assertThat(hex(secret.blob("connection secret", 64)))
                .isEqualTo(mon.get("connection_secret").asText());

        JsonNode osd = ALL.get("real_osd_secure_handshake");
        WireReader reply = aes(osd.get("session_key").asText())
                .decodeDecrypt(
                        KeyUsage.AUTHORIZE_REPLY,
                        reader(bytes(osd.at("/frames_auth/3/fields/auth_payload")
                                        .asText()))
                                .blob("reply", 1000));
        assertThat(reply.u8("struct_v")).isEqualTo(2);
        assertThat(reply.u64("nonce")).isEqualTo(u64(osd.at("/frames_auth/3/fields"), "nonce_plus_one"));
        assertThat(hex(reply.blob("connection secret", 64)))
                .isEqualTo(osd.get("connection_secret").asText());
    }

    @Test
    void decryptsAnAuthorizersChallenge() throws ProtocolException {
        JsonNode osd = ALL.get("real_osd_secure_handshake");
        JsonNode more = osd.at("/frames_auth/1/fields");
        WireReader challenge = aes(osd.get("session_key").asText())
                .decodeDecrypt(
                        KeyUsage.AUTHORIZE_CHALLENGE,
                        opaque(more.get("auth_payload").asText()));
        assertThat(challenge.u8("struct_v")).isEqualTo(more.get("challenge_v").asInt());
        assertThat(challenge.u64("challenge")).isEqualTo(u64(more, "server_challenge"));
        for (String frame : List.of("0", "2")) {
            checkAuthorizer(osd, osd.at("/frames_auth/" + frame + "/fields"));
        }
    }

    private static void checkAuthorizer(JsonNode osd, JsonNode request) throws ProtocolException {
        WireReader in = reader(bytes(request.get("auth_payload").asText()));
        in.bytes(1 + 8 + 4 + 1 + 8, "authorizer");
        in.blob("ticket", 1000);
        WireReader authorize =
                aes(osd.get("session_key").asText()).decodeDecrypt(KeyUsage.AUTHORIZE, in.blob("authorize", 1000));
        assertThat(authorize.u8("struct_v")).isEqualTo(2);
        assertThat(authorize.u64("nonce")).isEqualTo(u64(request, "nonce"));
        assertThat(authorize.u8("have_challenge"))
                .isEqualTo(request.get("have_challenge").asInt());
        assertThat(authorize.u64("challenge")).isEqualTo(u64(request, "server_challenge_plus_one"));
    }

    @Test
    void decryptsRotatingSecrets() throws ProtocolException {
        for (JsonNode row : ALL.get("rotating")) {
            WireReader reply = reader(bytes(row.get("mauthreply_front").asText()));
            reply.bytes(4 + 4 + 8, "protocol, result, global_id");
            WireReader blob = reader(reply.blob("blob", 1000).toByteArray());
            blob.bytes(2 + 4, "response header");
            WireReader secrets = aes(row.get("entity_secret").asText())
                    .decodeDecrypt(KeyUsage.ROTATING_SECRETS, blob.blob("secrets", 1000));
            assertThat(secrets.u8("struct_v")).isEqualTo(1);
            Map<Long, String> read = new TreeMap<>();
            for (int count = secrets.count("secrets", 9, 1); count > 0; count--) {
                long id = secrets.u64("id");
                secrets.u8("struct_v");
                read.put(id, hex(CryptoKey.read(secrets, "secret").secret()));
                UTime.read(secrets, "expiration");
            }
            Map<Long, String> expected = new TreeMap<>();
            row.get("secrets")
                    .properties()
                    .forEach(secret -> expected.put(
                            Long.valueOf(secret.getKey()), secret.getValue().asText()));
            assertThat(read).isEqualTo(expected).hasSize(3);
            secrets.u64("max_ver");
            assertThat(secrets.remaining()).isZero();
        }
    }

    /** Sealed again, a ticket is the same: type 1 is deterministic. */
    @Test
    void opensAndSealsTickets() throws ProtocolException {
        List<String> services = new ArrayList<>();
        for (JsonNode row : ALL.get("service_ticket")) {
            AesKey secret = aes(row.get("rotating_secret").asText());
            Opaque blob = opaque(row.get("blob").asText());
            byte[] plaintext = secret.decrypt(KeyUsage.TICKET_INFO, blob);
            assertThat(hex(plaintext)).isEqualTo(row.get("plaintext").asText());
            assertThat(secret.encrypt(KeyUsage.TICKET_INFO, plaintext, NO_ENTROPY))
                    .isEqualTo(blob);
            assertThat(secret.decodeDecrypt(KeyUsage.TICKET_INFO, blob).u8("struct_v"))
                    .isEqualTo(1);
            // The session key stands at the end; with it the authorizer opens, whose ticket this is.
            CryptoKey session = CryptoKey.read(
                    reader(Arrays.copyOfRange(plaintext, plaintext.length - 28, plaintext.length)), "key");
            WireReader authorizer = reader(bytes(row.get("authorizer_payload").asText()));
            authorizer.bytes(1 + 8 + 4 + 1 + 8, "authorizer");
            assertThat(authorizer.blob("ticket", 1000)).isEqualTo(blob);
            WireReader authorize = session.decodeDecrypt(KeyUsage.AUTHORIZE, authorizer.blob("authorize", 1000));
            assertThat(authorize.u8("struct_v")).isEqualTo(2);
            services.add(row.get("service").asText());
        }
        assertThat(services).containsExactly("osd", "mds", "mgr");
    }

    private static byte[] rest(WireReader in) throws ProtocolException {
        return in.bytes(in.remaining(), "rest");
    }

    private static long u64(JsonNode fields, String name) {
        return HexFormat.fromHexDigitsToLong(fields.get(name).asText().substring(2));
    }
}
