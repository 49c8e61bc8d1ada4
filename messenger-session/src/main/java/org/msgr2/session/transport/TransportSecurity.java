package org.msgr2.session.transport;

import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;
import org.msgr2.crypto.tls.CertificateText;

/**
 * What protects a stream below the protocol. Immutable.
 *
 * @param protocol as {@code TLSv1.3}
 * @param cipherSuite by its name in the standard
 * @param peerCertificate the one that the peer has proven to own; whether it was believed for its authority, for its
 *     fingerprint or unseen is a matter of our own configuration. Null if the peer showed none
 */
public record TransportSecurity(
        String protocol, String cipherSuite, @Nullable X509Certificate peerCertificate) {

    /** The distinguished name in the peer's certificate, in the form of RFC 2253, as the peer wrote it; null if the peer showed none. */
    public @Nullable String peerSubject() {
        return peerCertificate == null
                ? null
                : peerCertificate.getSubjectX500Principal().getName();
    }

    /** One line, whatever the peer has written into its certificate. */
    @Override
    public String toString() {
        String peer = peerCertificate == null ? "no certificate" : CertificateText.describe(peerCertificate);
        return protocol + " " + cipherSuite + ", peer: " + peer;
    }
}
