package org.msgr2.crypto.tls;

import io.netty.handler.ssl.OpenSslCertificateException;
import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Decides about a peer's certificate, and says why not. Thread-safe.
 *
 * <p>An extended trust manager, although nothing here has a socket: the plain sort is wrapped by Netty in a way that leaves the
 * host's name unchecked.
 */
final class TrustCheck extends X509ExtendedTrustManager {
    /** What BoringSSL makes an alert of, by the numbers of OpenSSL's {@code x509_vfy.h}. */
    private static final int NOT_YET_VALID = 9;

    private static final int EXPIRED = 10;
    private static final int REJECTED = 28;

    private final TlsTrust trust;
    private final TlsProvider provider;
    /** The JDK's, which knows of chains and names; null where neither matters. */
    private final @Nullable X509ExtendedTrustManager chains;

    private TrustCheck(TlsTrust trust, TlsProvider provider, @Nullable X509ExtendedTrustManager chains) {
        this.trust = trust;
        this.provider = provider;
        this.chains = chains;
    }

    static TrustCheck of(TlsTrust trust, TlsProvider provider) {
        if (trust instanceof TlsTrust.Authorities own) {
            return new TrustCheck(trust, provider, chains(own.certificates()));
        }
        return new TrustCheck(trust, provider, trust instanceof TlsTrust.PublicAuthorities ? Public.CHAINS : null);
    }

    /** The JDK's own authorities: some 150, read once, and only if somebody asks. */
    private static final class Public {
        static final X509ExtendedTrustManager CHAINS = chains(null);
    }

    /** @param authorities null for the JDK's own */
    private static X509ExtendedTrustManager chains(@Nullable List<X509Certificate> authorities) {
        try {
            KeyStore store = null;
            if (authorities != null) {
                store = KeyStore.getInstance("PKCS12");
                store.load(null, null);
                for (int i = 0; i < authorities.size(); i++) {
                    store.setCertificateEntry("authority-" + i, authorities.get(i));
                }
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(store);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalArgumentException("the trusted certificates cannot be used: " + e.getMessage(), e);
        }
        throw new IllegalStateException("this JDK has no PKIX trust manager");
    }

    /** Whether a certificate has to bear the name or the address that was dialled. */
    boolean namesMatter() {
        return chains != null;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, () -> known(chains).checkServerTrusted(chain, authType, engine), engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
            throws CertificateException {
        check(chain, () -> known(chains).checkClientTrusted(chain, authType, engine), engine);
    }

    @FunctionalInterface
    private interface ChainCheck {
        void run() throws CertificateException;
    }

    private void check(X509Certificate[] chain, ChainCheck byAuthority, SSLEngine engine) throws CertificateException {
        if (trust instanceof TlsTrust.Anyone) {
            return;
        }
        X509Certificate own = chain[0];
        try {
            // The JDK does not look at the dates of a certificate that is itself among the trusted ones.
            own.checkValidity();
            if (trust instanceof TlsTrust.Pinned pinned) {
                if (!pinned.fingerprints().contains(Fingerprint.of(own))) {
                    throw new CertificateException("it is not " + pinned);
                }
            } else {
                byAuthority.run();
            }
        } catch (CertificateException e) {
            throw refusal(new UntrustedCertificateException(own, reason(e, own, engine), e), e);
        }
    }

    /** Without a number of its own, BoringSSL tells the peer of an internal error. */
    private CertificateException refusal(UntrustedCertificateException why, CertificateException cause) {
        if (provider != TlsProvider.OPENSSL) {
            return why;
        }
        int code = cause instanceof CertificateExpiredException
                ? EXPIRED
                : cause instanceof CertificateNotYetValidException ? NOT_YET_VALID : REJECTED;
        return new OpenSslCertificateException(why, code);
    }

    private static String reason(CertificateException refusal, X509Certificate own, SSLEngine engine) {
        for (Throwable cause = refusal; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateExpiredException) {
                return "expired on " + own.getNotAfter().toInstant();
            }
            if (cause instanceof CertificateNotYetValidException) {
                return "not valid before " + own.getNotBefore().toInstant();
            }
            if (cause instanceof CertPathBuilderException) {
                return "no trusted authority has signed it";
            }
        }
        String text = String.valueOf(refusal.getMessage());
        // As the JDK's check of names begins all of its refusals.
        if (text.startsWith("No subject alternative") || text.startsWith("No name matching")) {
            return "wrong host: it is not for " + engine.getPeerHost();
        }
        return text.lines().findFirst().orElse("no reason given");
    }

    private static X509ExtendedTrustManager known(@Nullable X509ExtendedTrustManager manager) {
        if (manager == null) {
            throw new IllegalStateException("no authority is asked");
        }
        return manager;
    }

    /**
     * Nobody: a peer that is told whom we trust sends no certificate rather than a wrong one, and neither end would learn what
     * is wrong with it.
     */
    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return new X509Certificate[0];
    }

    // Without an engine the name is unknown, and nothing here is without one.

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw withoutEngine();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) throws CertificateException {
        throw withoutEngine();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw withoutEngine();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
            throws CertificateException {
        throw withoutEngine();
    }

    private static CertificateException withoutEngine() {
        return new CertificateException("certificates are checked for engines only");
    }
}
