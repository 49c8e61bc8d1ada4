package org.msgr2.crypto.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.util.ReferenceCountUtil;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import javax.net.ssl.SSLEngine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TlsContextTest {
    private static final TlsIdentity IDENTITY = SelfSigned.local(Instant.parse("2026-11-01T12:00:00Z"));

    @ParameterizedTest
    @EnumSource
    void speaksNothingOldAndNothingWithoutForwardSecrecy(TlsProvider provider) throws Exception {
        TlsContext context = TlsContext.of(TlsConfig.server(IDENTITY).withProvider(provider));
        for (SSLEngine engine : List.of(
                context.newServerEngine(UnpooledByteBufAllocator.DEFAULT),
                context.newClientEngine(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", 1))) {
            assertThat(engine.getEnabledProtocols())
                    .contains("TLSv1.2", "TLSv1.3")
                    .doesNotContain("TLSv1", "TLSv1.1");
            assertThat(engine.getEnabledCipherSuites())
                    .isNotEmpty()
                    .allMatch(suite -> suite.matches("TLS_(ECDHE_.*)?(AES_..._GCM|CHACHA20_POLY1305)_.*")
                            || suite.matches("TLS_ECDHE_(ECDSA|RSA)_WITH_.*(GCM|POLY1305)_.*"));
            ReferenceCountUtil.release(engine);
        }
    }

    @Test
    void checksNamesUnlessTheCertificateItselfIsPinned() throws Exception {
        assertThat(identification(TlsTrust.authorities(IDENTITY.chain()))).isEqualTo("HTTPS");
        assertThat(identification(TlsTrust.publicAuthorities())).isEqualTo("HTTPS");
        assertThat(identification(TlsTrust.pinned(IDENTITY.fingerprint()))).isNullOrEmpty();
        assertThat(identification(TlsTrust.insecure())).isNullOrEmpty();
    }

    private static String identification(TlsTrust trust) throws Exception {
        return TlsContext.of(TlsConfig.client(trust).withProvider(TlsProvider.JDK))
                .newClientEngine(UnpooledByteBufAllocator.DEFAULT, "127.0.0.1", 1)
                .getSSLParameters()
                .getEndpointIdentificationAlgorithm();
    }

    @Test
    void cannotListenWithoutAKey() throws Exception {
        TlsContext context = TlsContext.of(TlsConfig.client(TlsTrust.insecure()));
        assertThat(context.canListen()).isFalse();
        assertThatThrownBy(() -> context.newServerEngine(UnpooledByteBufAllocator.DEFAULT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("takes a private key and a certificate");
        assertThat(TlsContext.of(TlsConfig.server(IDENTITY)).canListen()).isTrue();
    }

    @Test
    void saysWhatItIs() throws Exception {
        assertThat(TlsContext.of(TlsConfig.server(IDENTITY)
                        .withClientAuth(ClientAuth.REQUIRED, TlsTrust.authorities(IDENTITY.chain()))
                        .withProvider(TlsProvider.JDK)))
                .hasToString("TLSv1.2/TLSv1.3 by JDK " + Runtime.version().feature()
                        + ", trusts one authority, certificates of clients REQUIRED, is CN=localhost ("
                        + IDENTITY.fingerprint() + ")");
        assertThat(TlsContext.of(TlsConfig.client(TlsTrust.insecure()).withVersions(EnumSet.of(TlsVersion.TLS_1_3)))
                        .description())
                .isEqualTo("TLSv1.3 by " + TlsProvider.best().description() + ", trusts INSECURE, any certificate");
    }

    @Test
    void showsNoSecrets() {
        assertThat(TlsConfig.server(IDENTITY).toString())
                .doesNotContainIgnoringCase("private")
                .contains(IDENTITY.fingerprint().toString());
    }

    @Test
    void refusesToAskClientsForWhatAnybodyHas() {
        assertThatThrownBy(() ->
                        TlsConfig.server(IDENTITY).withClientAuth(ClientAuth.REQUIRED, TlsTrust.publicAuthorities()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("none is trusted");
        assertThatThrownBy(() -> new TlsTrust.Pinned(Set.of())).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TlsTrust.authorities(List.of())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void prefersBoringSsl() {
        assertThat(TlsProvider.best()).isEqualTo(TlsProvider.OPENSSL);
        assertThat(TlsProvider.OPENSSL.description()).isEqualTo("BoringSSL (netty-tcnative)");
    }
}
