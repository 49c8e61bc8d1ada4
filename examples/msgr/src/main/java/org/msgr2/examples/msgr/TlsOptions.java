package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.crypto.tls.Fingerprint;
import org.msgr2.crypto.tls.PemFiles;
import org.msgr2.crypto.tls.TlsConfig;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsIdentity;
import org.msgr2.crypto.tls.TlsTrust;
import picocli.CommandLine.Option;

/** How a client command dials nodes that listen inside TLS. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class TlsOptions {
    @Option(
            names = "--tls",
            description = "Connect inside TLS; no Ceph daemon listens so. Certificates of public authorities are"
                    + " believed, or those that --tls-ca or --tls-pin say. The other --tls options imply it.")
    private boolean tls;

    @Option(names = "--tls-ca", paramLabel = "FILE", description = "PEM certificates of the authorities to believe.")
    private @Nullable Path ca;

    @Option(
            names = "--tls-pin",
            paramLabel = "SHA256",
            description = "Believe the certificate with this fingerprint and no other; repeatable.")
    private List<Fingerprint> pins = List.of();

    @Option(
            names = "--tls-name",
            paramLabel = "NAME",
            description = "The name in the peer's certificate. Default: the IP that is dialled.")
    private @Nullable String peerName;

    @Option(names = "--tls-cert", paramLabel = "FILE", description = "Our own certificate, PEM, for nodes that ask.")
    private @Nullable Path certificate;

    @Option(names = "--tls-key", paramLabel = "FILE", description = "The private key to it, PEM.")
    private @Nullable Path key;

    /** Reads the files; null without TLS. */
    @Nullable TlsContext context() throws Failure {
        if (ca != null && !pins.isEmpty()) {
            throw Failure.usage("give --tls-ca or --tls-pin: a pinned certificate needs no authority");
        }
        if ((certificate == null) != (key == null)) {
            throw Failure.usage("--tls-cert and --tls-key go together");
        }
        if (!tls && ca == null && pins.isEmpty() && peerName == null && certificate == null) {
            return null;
        }
        try {
            TlsConfig config = TlsConfig.client(trust());
            if (certificate != null && key != null) {
                config = config.withIdentity(TlsIdentity.read(certificate, key, null));
            }
            return TlsContext.of(peerName == null ? config : config.withServerName(peerName));
        } catch (IOException e) {
            throw Failure.of(String.valueOf(e.getMessage()), e);
        }
    }

    private TlsTrust trust() throws IOException {
        if (ca != null) {
            return TlsTrust.authorities(PemFiles.certificates(ca));
        }
        return pins.isEmpty() ? TlsTrust.publicAuthorities() : TlsTrust.pinned(pins.toArray(Fingerprint[]::new));
    }
}
