package org.msgr2.crypto.tls;

import io.netty.buffer.ByteBufAllocator;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A configuration ready for use: keys and certificates are loaded, so that what is wrong with them is said at start and not by
 * the first peer. To be made once and used for many connections. Immutable, thread-safe; what it holds outside of the heap is
 * freed with it.
 */
public final class TlsContext {
    /** All that TLS 1.3 has, and of TLS 1.2 what is as good: forward secrecy and authenticated encryption. */
    private static final List<String> CIPHERS = List.of(
            "TLS_AES_128_GCM_SHA256",
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

    /** The JDK's default for a handshake message, for BoringSSL too, whose own would be three times that. */
    private static final int CERTIFICATE_BYTES_MAX = 32 * 1024;

    /** Sessions that can be resumed are kept: so many, so long. The JDK's default is 20480 for a day. */
    private static final int SESSIONS_MAX = 1024;

    private static final int SESSION_SECONDS_MAX = 3600;

    private final TlsConfig config;
    private final SslContext client;
    private final @Nullable SslContext server;

    private TlsContext(TlsConfig config, SslContext client, @Nullable SslContext server) {
        this.config = config;
        this.client = client;
        this.server = server;
    }

    /** @throws SSLException if the provider does not take the key, the certificates or the versions; says which */
    public static TlsContext of(TlsConfig config) throws SSLException {
        try {
            TrustCheck check = TrustCheck.of(config.trust(), config.provider());
            TlsIdentity identity = config.identity();
            SslContextBuilder client = SslContextBuilder.forClient();
            if (identity != null) {
                client.keyManager(identity.key(), identity.chain());
            }
            // Whoever is pinned by fingerprint may be called what it likes.
            client.endpointIdentificationAlgorithm(check.namesMatter() ? "HTTPS" : null);
            SslContext server = identity == null
                    ? null
                    : build(
                            SslContextBuilder.forServer(identity.key(), identity.chain())
                                    .clientAuth(netty(config.clientAuth())),
                            config,
                            check);
            return new TlsContext(config, build(client, config, check), server);
        } catch (SSLException | RuntimeException e) {
            throw new SSLException(
                    "cannot set up TLS by " + config.provider().description() + ": " + e.getMessage(), e);
        }
    }

    private static SslContext build(SslContextBuilder builder, TlsConfig config, TrustCheck check) throws SSLException {
        if (config.provider() == TlsProvider.OPENSSL) {
            builder.option(OpenSslContextOption.MAX_CERTIFICATE_LIST_BYTES, CERTIFICATE_BYTES_MAX);
        }
        // The key store never leaves the heap: ten thousand rounds of key derivation, as PKCS#12 has them, protect
        // nothing.
        return builder.keyStoreType("JKS")
                .sslProvider(config.provider().netty())
                .trustManager(check)
                .protocols(config.versions().stream().map(TlsVersion::toString).toList())
                .ciphers(CIPHERS, SupportedCipherSuiteFilter.INSTANCE)
                .sessionCacheSize(SESSIONS_MAX)
                .sessionTimeout(SESSION_SECONDS_MAX)
                .build();
    }

    private static io.netty.handler.ssl.ClientAuth netty(ClientAuth auth) {
        return switch (auth) {
            case NONE -> io.netty.handler.ssl.ClientAuth.NONE;
            case OPTIONAL -> io.netty.handler.ssl.ClientAuth.OPTIONAL;
            case REQUIRED -> io.netty.handler.ssl.ClientAuth.REQUIRE;
        };
    }

    public TlsConfig config() {
        return config;
    }

    /** Whether there is a key and a certificate, without which nobody can listen. */
    public boolean canListen() {
        return server != null;
    }

    /**
     * For one connection that we dial. Ownership passes: an engine of OPENSSL is reference-counted, and Netty's SslHandler
     * releases it.
     *
     * @param ip that is dialled: what the peer's certificate has to bear, unless {@link TlsConfig#serverName} says otherwise
     */
    public SSLEngine newClientEngine(ByteBufAllocator allocator, String ip, int port) {
        String name = config.serverName();
        return client.newEngine(allocator, name == null ? ip : name, port);
    }

    /** For one connection that we accept. Ownership passes, as above. */
    public SSLEngine newServerEngine(ByteBufAllocator allocator) {
        if (server == null) {
            throw new IllegalStateException("to listen with TLS takes a private key and a certificate");
        }
        return server.newEngine(allocator);
    }

    /** For logs: versions, provider, whose certificates are believed and our own. */
    public String description() {
        String versions = config.versions().stream().map(TlsVersion::toString).collect(Collectors.joining("/"));
        StringBuilder text = new StringBuilder(versions)
                .append(" by ")
                .append(config.provider().description())
                .append(", trusts ")
                .append(config.trust());
        if (config.clientAuth() != ClientAuth.NONE) {
            text.append(", certificates of clients ").append(config.clientAuth());
        }
        if (config.identity() != null) {
            text.append(", is ").append(config.identity());
        }
        return text.toString();
    }

    @Override
    public String toString() {
        return description();
    }
}
