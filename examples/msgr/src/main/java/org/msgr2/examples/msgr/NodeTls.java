package org.msgr2.examples.msgr;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.crypto.tls.ClientAuth;
import org.msgr2.crypto.tls.PemFiles;
import org.msgr2.crypto.tls.SelfSigned;
import org.msgr2.crypto.tls.TlsConfig;
import org.msgr2.crypto.tls.TlsContext;
import org.msgr2.crypto.tls.TlsIdentity;
import org.msgr2.crypto.tls.TlsTrust;

/**
 * A listener with TLS.
 *
 * @param files null is a pair for development, made anew at each start
 */
record NodeTls(EntityAddr addr, @Nullable Files files) {

    /**
     * PEM files.
     *
     * @param authority whose certificates clients must have; null if they need none
     */
    record Files(Path certificates, Path key, @Nullable Path authority) {}

    /** Reads the files. */
    TlsContext open() throws Failure {
        try {
            if (files == null) {
                return TlsContext.of(TlsConfig.server(SelfSigned.local(Instant.now())));
            }
            TlsConfig config = TlsConfig.server(TlsIdentity.read(files.certificates, files.key, null));
            return TlsContext.of(
                    files.authority == null
                            ? config
                            : config.withClientAuth(
                                    ClientAuth.REQUIRED, TlsTrust.authorities(PemFiles.certificates(files.authority))));
        } catch (IOException e) {
            throw Failure.of("cannot listen with TLS: " + Faults.oneLine(e.getMessage()), e);
        }
    }
}
