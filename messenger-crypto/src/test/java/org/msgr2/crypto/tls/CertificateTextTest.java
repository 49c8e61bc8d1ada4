package org.msgr2.crypto.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class CertificateTextTest {
    @Test
    void isOneLineWhateverIsInTheCertificate() {
        TlsIdentity identity = SelfSigned.make(
                List.of("a\nrefused: b\u001b[31m", "x.example"),
                Instant.parse("2026-11-01T00:00:00Z"),
                Duration.ofDays(1));
        X509Certificate certificate = identity.chain().get(0);
        assertThat(CertificateText.describe(certificate))
                .hasLineCount(1)
                .doesNotContain("\u001b")
                .endsWith("(" + identity.fingerprint() + ")");
        assertThat(CertificateText.subject(certificate)).hasSizeLessThanOrEqualTo(200);
    }
}
