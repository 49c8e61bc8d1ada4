package org.msgr2.crypto.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class SelfSignedTest {
    private static final Instant NOW = Instant.parse("2026-11-01T12:00:00Z");

    @Test
    void isForThisMachineUnlessNamesAreGiven() throws Exception {
        TlsIdentity identity = SelfSigned.local(NOW);
        X509Certificate certificate = identity.chain().get(0);
        assertThat(identity.chain()).hasSize(1);
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=localhost");
        assertThat(certificate.getSubjectAlternativeNames())
                .containsExactly(List.of(2, "localhost"), List.of(7, "127.0.0.1"), List.of(7, "0:0:0:0:0:0:0:1"));
        assertThat(((ECPublicKey) certificate.getPublicKey())
                        .getParams()
                        .getOrder()
                        .bitLength())
                .isEqualTo(256);
        certificate.verify(certificate.getPublicKey());
        assertThat(certificate.getBasicConstraints()).as("no authority").isEqualTo(-1);
        assertThat(certificate.getExtendedKeyUsage())
                .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(certificate.getSerialNumber()).isPositive();
    }

    @Test
    void endsWhenItWasTold() {
        X509Certificate certificate = SelfSigned.make(List.of("a.example", "10.0.0.7"), NOW, Duration.ofHours(2))
                .chain()
                .get(0);
        assertThat(certificate.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
        assertThat(certificate.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofHours(2)));
    }

    @Test
    void refusesNoNamesAndNoEnd() {
        assertThatThrownBy(() -> SelfSigned.make(List.of(), NOW, Duration.ofDays(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("0 names, expected 1 to 64");
        for (Duration validity : List.of(Duration.ZERO, Duration.ofDays(-1), Duration.ofDays(398))) {
            assertThatThrownBy(() -> SelfSigned.make(List.of("a"), NOW, validity))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("validity of " + validity);
        }
    }

    @Test
    void makesAnotherKeyEachTime() {
        TlsIdentity one = SelfSigned.local(NOW);
        TlsIdentity other = SelfSigned.local(NOW);
        assertThat(one.key()).isNotEqualTo(other.key());
        assertThat(one.chain().get(0).getSerialNumber())
                .isNotEqualTo(other.chain().get(0).getSerialNumber());
        assertThat(one.fingerprint()).isNotEqualTo(other.fingerprint());
    }

    @Test
    void shortensALongNameForTheSubjectOnly() throws Exception {
        String name = "n".repeat(60) + "." + "m".repeat(60);
        X509Certificate certificate =
                SelfSigned.make(List.of(name), NOW, Duration.ofDays(1)).chain().get(0);
        assertThat(certificate.getSubjectX500Principal().getName()).hasSize("CN=".length() + 64);
        assertThat(certificate.getSubjectAlternativeNames()).containsExactly(List.of(2, name));
    }
}
