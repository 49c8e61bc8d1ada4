package org.msgr2.crypto.tls;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;

/** A peer's certificate was refused. The message names its subject, its fingerprint and the reason, in one line. */
public final class UntrustedCertificateException extends CertificateException {
    private static final long serialVersionUID = 1L;

    UntrustedCertificateException(X509Certificate certificate, String reason, Throwable cause) {
        super("untrusted certificate of " + CertificateText.describe(certificate) + ": " + reason, cause);
    }
}
