package org.msgr2.crypto.tls;

/** Whether a listener asks who dials. */
public enum ClientAuth {
    /** It does not: authentication, if any, is the messenger's. */
    NONE,
    /** A peer may have a certificate; one that is not trusted is refused, none at all is not. */
    OPTIONAL,
    /** A peer without a trusted certificate is refused. */
    REQUIRED
}
