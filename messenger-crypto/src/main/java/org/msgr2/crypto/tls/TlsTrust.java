package org.msgr2.crypto.tls;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Set;

/** Whose certificates are believed. Whatever the sort, {@link Anyone} excepted, an expired one is not. Immutable. */
public sealed interface TlsTrust {

    /**
     * Certificates that one of these has signed, or that are among these. Of the one that dials it is also required that the
     * peer's certificate names the address or the name that was dialled.
     *
     * @param certificates at least one
     */
    record Authorities(List<X509Certificate> certificates) implements TlsTrust {
        public Authorities {
            certificates = List.copyOf(certificates);
            if (certificates.isEmpty()) {
                throw new IllegalArgumentException("no certificate of an authority was given");
            }
        }

        @Override
        public String toString() {
            return certificates.size() == 1 ? "one authority" : certificates.size() + " authorities";
        }
    }

    /** The authorities that the JDK knows, as a browser does. Not for clients' certificates: anybody can have one of those. */
    record PublicAuthorities() implements TlsTrust {
        @Override
        public String toString() {
            return "public authorities";
        }
    }

    /**
     * Exactly these certificates, whatever names they bear and whoever signed them.
     *
     * @param fingerprints at least one
     */
    record Pinned(Set<Fingerprint> fingerprints) implements TlsTrust {
        public Pinned {
            fingerprints = Set.copyOf(fingerprints);
            if (fingerprints.isEmpty()) {
                throw new IllegalArgumentException("no fingerprint was given");
            }
        }

        @Override
        public String toString() {
            return fingerprints.size() == 1 ? "one pinned certificate" : fingerprints.size() + " pinned certificates";
        }
    }

    /** Any certificate at all: encrypted, but with whom is unknown. For development only. */
    record Anyone() implements TlsTrust {
        @Override
        public String toString() {
            return "INSECURE, any certificate";
        }
    }

    static TlsTrust authorities(List<X509Certificate> certificates) {
        return new Authorities(certificates);
    }

    static TlsTrust publicAuthorities() {
        return new PublicAuthorities();
    }

    static TlsTrust pinned(Fingerprint... fingerprints) {
        return new Pinned(Set.of(fingerprints));
    }

    /** Believes everybody. For development only. */
    static TlsTrust insecure() {
        return new Anyone();
    }
}
