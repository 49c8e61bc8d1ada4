package org.msgr2.crypto.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
    private static final String TEXT =
            "AB:01:CD:EF:AB:01:CD:EF:AB:01:CD:EF:AB:01:CD:EF:" + "AB:01:CD:EF:AB:01:CD:EF:AB:01:CD:EF:AB:01:CD:EF";

    @Test
    void isTheSha256OfTheEncodedCertificate() throws Exception {
        TlsIdentity identity = SelfSigned.local(Instant.now());
        byte[] encoded = identity.chain().get(0).getEncoded();
        assertThat(identity.fingerprint().text().replace(":", ""))
                .isEqualToIgnoringCase(HexFormat.of()
                        .formatHex(MessageDigest.getInstance("SHA-256").digest(encoded)));
    }

    @Test
    void readsWhatItAndOthersPrint() {
        Fingerprint expected = new Fingerprint(TEXT);
        assertThat(expected).hasToString("sha256:" + TEXT);
        assertThat(Fingerprint.parse(expected.toString())).isEqualTo(expected);
        assertThat(Fingerprint.parse(TEXT.toLowerCase(Locale.ROOT))).isEqualTo(expected);
        assertThat(Fingerprint.parse(" " + TEXT.replace(":", "") + "\n")).isEqualTo(expected);
        assertThat(Fingerprint.parse("sha256 Fingerprint=" + TEXT)).isEqualTo(expected);
        assertThat(Fingerprint.parse("SHA256 Fingerprint=" + TEXT)).isEqualTo(expected);
        assertThat(Fingerprint.parse("SHA-256:" + TEXT)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sha256:", "AB:CD", "sha1:" + TEXT, TEXT + ":00", "GG" + TEXT})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> Fingerprint.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + text + "'")
                .hasMessageContaining("32 bytes");
    }
}
