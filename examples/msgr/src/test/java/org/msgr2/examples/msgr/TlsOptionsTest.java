package org.msgr2.examples.msgr;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.crypto.tls.ClientAuth;
import org.msgr2.crypto.tls.PemFiles;
import org.msgr2.crypto.tls.SelfSigned;
import org.msgr2.crypto.tls.TlsConfig;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsIdentity;
import org.msgr2.crypto.tls.TlsTrust;
import org.msgr2.session.Messenger;
import org.msgr2.session.service.EchoService;

/** {@code --tls} and its companions, by {@code msgr ping}. */
class TlsOptionsTest {
    private static final EntityAddr ANY_PORT = EntityAddr.parse("v2:127.0.0.1:0");

    private final TlsIdentity identity = SelfSigned.local(Instant.now());
    private Messenger node;

    @TempDir
    Path directory;

    private Path certificate;
    private Path key;

    @BeforeEach
    void start() throws Exception {
        certificate = directory.resolve("cert.pem");
        key = directory.resolve("key.pem");
        PemFiles.write(identity, certificate, key);
        node = Messenger.builder("osd.7").service(new EchoService()).build();
    }

    @AfterEach
    void stop() {
        node.close();
    }

    private Run ping(TlsConfig serving, String... options) throws Exception {
        String addr = node.bindTls(ANY_PORT, TlsContext.of(serving)).toString();
        return Run.of(Stream.concat(Stream.of("ping", "--auth=none", "--count=1", addr), Stream.of(options))
                .toArray(String[]::new));
    }

    @Test
    void believesAnAuthorityAndShowsWhoIsThere() throws Exception {
        Run run = ping(TlsConfig.server(identity), "--tls", "--tls-ca=" + certificate);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .containsPattern("tls +TLSv1.3 TLS_\\w+, peer: .*"
                        + identity.fingerprint().text());
    }

    @Test
    void believesAPinnedFingerprintAndShowsTheSameAsJson() throws Exception {
        Run run = ping(TlsConfig.server(identity), "--json", "--tls-pin=" + identity.fingerprint());
        assertThat(run.err()).isEmpty();
        JsonNode tls = run.json().get("tls");
        assertThat(tls.get("protocol").asText()).isEqualTo("TLSv1.3");
        assertThat(tls.get("cipher_suite").asText()).startsWith("TLS_");
        assertThat(tls.get("peer_fingerprint").asText())
                .isEqualTo(identity.fingerprint().toString());
        assertThat(tls.get("peer_subject").asText()).isNotEmpty();
    }

    @Test
    void showsACertificateOfItsOwnIfItHasOne() throws Exception {
        TlsConfig serving =
                TlsConfig.server(identity).withClientAuth(ClientAuth.REQUIRED, TlsTrust.pinned(identity.fingerprint()));
        String pin = "--tls-pin=" + identity.fingerprint();
        assertThat(ping(serving, pin, "--tls-cert=" + certificate, "--tls-key=" + key)
                        .exitCode())
                .isZero();
        Run without = ping(serving, pin);
        assertThat(without.exitCode()).isEqualTo(1);
        assertThat(without.error()).contains("the peer requires a client certificate, and we have none");
    }

    @Test
    void aCertificateThatNobodyVouchesForIsRefusedWithWhatToDo() throws Exception {
        Run run = ping(TlsConfig.server(identity), "--tls");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.error())
                .contains("untrusted certificate", identity.fingerprint().text())
                .endsWith("; give --tls-ca FILE or, after a look at the node's own fingerprint, --tls-pin SHA256");
    }

    @Test
    void theNameMayBeAnotherThanTheAddress() throws Exception {
        String ca = "--tls-ca=" + certificate;
        assertThat(ping(TlsConfig.server(identity), ca, "--tls-name=localhost").exitCode())
                .isZero();
        Run other = ping(TlsConfig.server(identity), ca, "--tls-name=example.org");
        assertThat(other.exitCode()).isEqualTo(1);
        assertThat(other.error()).contains("example.org");
    }

    @ParameterizedTest
    @CsvSource({
        "--tls-cert=c,--tls,2,--tls-cert and --tls-key go together",
        "--tls-key=k,--tls,2,--tls-cert and --tls-key go together",
        "--tls-pin=zz,--tls,2,not a SHA-256 fingerprint: 'zz'",
        "--tls-ca=no/such/file,--tls,1,no/such/file: no such file",
    })
    void whatCannotWorkIsRefusedBeforeAnythingIsTried(String option, String tls, int exitCode, String message) {
        Run run = Run.of("ping", "--auth=none", option, tls, "v2:127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(exitCode);
        assertThat(run.error()).contains(message);
    }

    @Test
    void anAuthorityAndAPinAreWrongUsage() {
        Run run = Run.of("ping", "--auth=none", "--tls-ca=f", "--tls-pin=" + identity.fingerprint(), "v2:127.0.0.1:1");

        assertThat(run.exitCode()).isEqualTo(2);
        assertThat(run.error()).contains("give --tls-ca or --tls-pin");
    }
}
