package org.msgr2.crypto.tls;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a listener, or one who dials, does TLS; {@link TlsContext} makes it work. Immutable; {@link #toString} shows nothing
 * secret.
 *
 * @param identity our key and certificates; needed to listen, and to dial peers that ask for them
 * @param trust whose certificates are believed
 * @param clientAuth whether a listener asks those who dial for a certificate; of no meaning for dialling
 * @param serverName the name that the certificate of a dialled peer has to bear; null means the IP address that was dialled
 * @param versions at least one
 * @param provider whose TLS it is
 */
public record TlsConfig(
        @Nullable TlsIdentity identity,
        TlsTrust trust,
        ClientAuth clientAuth,
        @Nullable String serverName,
        Set<TlsVersion> versions,
        TlsProvider provider) {

    /** @throws IllegalArgumentException for what cannot work, or would only look as if it protected something */
    public TlsConfig {
        versions = Collections.unmodifiableSet(EnumSet.copyOf(versions));
        if (clientAuth != ClientAuth.NONE && trust instanceof TlsTrust.PublicAuthorities) {
            throw new IllegalArgumentException("certificates of clients are asked for, but none is trusted:"
                    + " give the authorities that sign them, or their fingerprints");
        }
        if (!provider.isAvailable()) {
            throw new IllegalArgumentException("TLS by " + provider.description());
        }
    }

    /** For listening, to whoever dials. */
    public static TlsConfig server(TlsIdentity identity) {
        return defaults(identity, TlsTrust.publicAuthorities());
    }

    /** For dialling, without a certificate of our own. */
    public static TlsConfig client(TlsTrust trust) {
        return defaults(null, trust);
    }

    private static TlsConfig defaults(@Nullable TlsIdentity identity, TlsTrust trust) {
        return new TlsConfig(
                identity, trust, ClientAuth.NONE, null, EnumSet.allOf(TlsVersion.class), TlsProvider.best());
    }

    public TlsConfig withIdentity(TlsIdentity own) {
        return new TlsConfig(own, trust, clientAuth, serverName, versions, provider);
    }

    public TlsConfig withTrust(TlsTrust believed) {
        return new TlsConfig(identity, believed, clientAuth, serverName, versions, provider);
    }

    /** Asks those who dial for certificates. */
    public TlsConfig withClientAuth(ClientAuth auth, TlsTrust believed) {
        return new TlsConfig(identity, believed, auth, serverName, versions, provider);
    }

    public TlsConfig withServerName(String name) {
        return new TlsConfig(identity, trust, clientAuth, name, versions, provider);
    }

    public TlsConfig withVersions(Set<TlsVersion> spoken) {
        return new TlsConfig(identity, trust, clientAuth, serverName, spoken, provider);
    }

    public TlsConfig withProvider(TlsProvider by) {
        return new TlsConfig(identity, trust, clientAuth, serverName, versions, by);
    }
}
