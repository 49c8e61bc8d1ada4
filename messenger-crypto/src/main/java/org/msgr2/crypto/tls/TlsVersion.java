package org.msgr2.crypto.tls;

/** The versions of TLS that are spoken; older ones are not. */
public enum TlsVersion {
    TLS_1_2("TLSv1.2"),
    TLS_1_3("TLSv1.3");

    private final String jdkName;

    TlsVersion(String jdkName) {
        this.jdkName = jdkName;
    }

    /** As the JDK and OpenSSL call it: {@code TLSv1.3}. */
    @Override
    public String toString() {
        return jdkName;
    }
}
