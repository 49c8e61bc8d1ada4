package org.msgr2.crypto.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.msgr2.core.testing.CephVectors;
import org.msgr2.core.testing.CephVectors.Capture;
import org.msgr2.core.testing.CephVectors.RecordedFrame;
import org.msgr2.core.testing.Scenario;
import org.msgr2.core.wire.Opaque;

class SessionKeyTest {
    private static final int AUTH_NONE = 1;

    /** Both directions of 19 connections; of four more the session key was not recorded. */
    private static final int SIGNED_WITH_A_RECORDED_KEY = 38;

    private static final int SIGNED_WITHOUT_A_KEY = 4;

    /** What the other end had sent before its own signature: from its banner to its last frame of authentication. */
    private static byte[] sentByThePeerOf(RecordedFrame signature, Capture capture) {
        String peer = signature.dir().equals("C->S") ? "S->C" : "C->S";
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        for (RecordedFrame frame : capture.frames(peer)) {
            if (frame.tag().equals("AUTH_SIGNATURE")) {
                return sent.toByteArray();
            }
            assertThat(frame.truncated()).as(frame.toString()).isFalse();
            sent.writeBytes(frame.wire());
        }
        throw new AssertionError(capture + ": the peer never signed");
    }

    private static byte[] hex(JsonNode text) {
        return HexFormat.of().parseHex(text.asText());
    }

    @Test
    @Scenario("A12")
    void signsWhatTheRecordedPeersSignedInCrcAndInSecureMode() {
        int signed = 0;
        int zeros = 0;
        int secure = 0;
        for (Capture capture : CephVectors.all().toList()) {
            for (RecordedFrame frame : capture.frames()) {
                if (!frame.tag().equals("AUTH_SIGNATURE")) {
                    continue;
                }
                byte[] log = sentByThePeerOf(frame, capture);
                Opaque signature = Opaque.copyOf(hex(frame.fields().get("signature")));
                if (frame.fields().has("hmac_key")) {
                    assertThat(log)
                            .as(frame.toString())
                            .hasSize(frame.fields().get("hmac_input_len").asInt());
                    SessionKey key = SessionKey.of(hex(frame.fields().get("hmac_key")));
                    assertThat(key.sign(log, log.length)).as(frame.toString()).isEqualTo(signature);
                    signed++;
                    secure += capture.mode().equals("secure") ? 1 : 0;
                } else if (usesAuthNone(capture)) {
                    assertThat(SessionKey.NONE.sign(log, log.length))
                            .as(frame.toString())
                            .isEqualTo(signature);
                    assertThat(signature.toByteArray()).containsOnly(0).hasSize(SessionKey.SIGNATURE_BYTES);
                    zeros++;
                }
            }
        }
        assertThat(signed).isEqualTo(SIGNED_WITH_A_RECORDED_KEY);
        assertThat(secure).isEqualTo(10);
        assertThat(zeros).isEqualTo(SIGNED_WITHOUT_A_KEY);
    }

    private static boolean usesAuthNone(Capture capture) {
        return capture.frames("C->S").stream()
                .filter(frame -> frame.tag().equals("AUTH_REQUEST"))
                .allMatch(frame -> frame.fields().get("method").asInt() == AUTH_NONE);
    }

    @Test
    void aSignatureChangesWithEveryByteOfTheLogAndOfTheKey() {
        RecordedFrame frame = CephVectors.capture("b_cephx_crc_client_mon").frames().stream()
                .filter(f -> f.tag().equals("AUTH_SIGNATURE"))
                .findFirst()
                .orElseThrow();
        byte[] log = sentByThePeerOf(frame, CephVectors.capture("b_cephx_crc_client_mon"));
        byte[] secret = hex(frame.fields().get("hmac_key"));
        Opaque right = SessionKey.of(secret).sign(log, log.length);
        for (int i = 0; i < log.length; i++) {
            log[i] ^= 1;
            assertThat(SessionKey.of(secret).sign(log, log.length)).isNotEqualTo(right);
            log[i] ^= 1;
        }
        for (int i = 0; i < secret.length; i++) {
            secret[i] ^= (byte) 0x80;
            assertThat(SessionKey.of(secret).sign(log, log.length)).isNotEqualTo(right);
            secret[i] ^= (byte) 0x80;
        }
        assertThat(SessionKey.of(secret).sign(log, log.length)).isEqualTo(right);
    }

    @Test
    void signsOnlyTheFirstBytesOfALongerArray() {
        // RFC 4231, case 2, with room behind the data.
        SessionKey key = SessionKey.of("Jefe".getBytes(StandardCharsets.US_ASCII));
        byte[] data = "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII);
        byte[] log = new byte[512];
        System.arraycopy(data, 0, log, 0, data.length);
        log[data.length] = 7;
        assertThat(key.sign(log, data.length).toByteArray())
                .isEqualTo(HexFormat.of().parseHex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
        assertThat(SessionKey.NONE.sign(log, 0)).isEqualTo(Opaque.zeros(32));
    }

    @Test
    void copiesTheSecretAndNeverPrintsIt() {
        byte[] secret = {0x41, 0x42, 0x43};
        SessionKey key = SessionKey.of(secret);
        Opaque before = key.sign(new byte[0], 0);
        secret[0] = 0;
        assertThat(key.sign(new byte[0], 0)).isEqualTo(before);
        assertThat(key).hasToString("session key");
        assertThat(SessionKey.NONE).hasToString("no session key");
    }

    @Test
    void refusesAnEmptySecret() {
        assertThatThrownBy(() -> SessionKey.of(new byte[0]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must not be empty");
    }
}
