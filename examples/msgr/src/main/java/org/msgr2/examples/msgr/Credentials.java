package org.msgr2.examples.msgr;

import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityName;
import org.msgr2.core.address.EntityType;
import org.msgr2.crypto.auth.AuthClient;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.AuthProvider;
import org.msgr2.crypto.auth.AuthServer;
import org.msgr2.crypto.auth.ConnectionMode;
import org.msgr2.crypto.auth.Errno;
import org.msgr2.crypto.auth.MethodRefusedException;
import org.msgr2.crypto.auth.cephx.CephxClient;
import org.msgr2.crypto.auth.cephx.CephxConfig;
import org.msgr2.crypto.auth.none.NoneAuth;
import org.msgr2.crypto.tls.UntrustedCertificateException;

/**
 * What a command shows to its peers, and what to tell the user when that is not enough. Never prints a key or a ticket.
 * Thread-safe.
 */
final class Credentials implements AuthProvider {
    private final EntityName self;
    private final NoneAuth none;
    private final @Nullable CephxClient cephx;
    private final @Nullable Path keyring;

    /** What the last peer said it is; null until one did. */
    private volatile @Nullable EntityType peer;

    private Credentials(EntityName self, @Nullable CephxClient cephx, @Nullable Path keyring) {
        this.self = self;
        this.none = new NoneAuth(self);
        this.cephx = cephx;
        this.keyring = keyring;
    }

    /** A name, without proof. */
    static Credentials none(EntityName self) {
        return new Credentials(self, null, null);
    }

    /**
     * A key.
     *
     * @param methods CEPHX, and NONE if whoever answers may do without
     * @param monModes towards monitors, in order of preference
     * @param serviceModes towards all others
     */
    static Credentials cephx(
            EntityName self,
            KeyringSearch.Found found,
            List<AuthMethod> methods,
            List<ConnectionMode> monModes,
            List<ConnectionMode> serviceModes) {
        CephxConfig config =
                CephxConfig.of(self, found.key()).withMethods(methods).withModes(monModes, serviceModes);
        CephxClient client = new CephxClient(config, InstantSource.system(), new SecureRandom()::nextBytes);
        return new Credentials(self, client, found.file());
    }

    /** Whether daemons other than monitors want a ticket of us. */
    boolean needTickets() {
        return cephx != null;
    }

    @Override
    public AuthClient client(EntityType peerType) {
        peer = peerType;
        return cephx == null ? none.client(peerType) : cephx.client(peerType);
    }

    /** A command does not listen. */
    @Override
    public AuthServer server(EntityType peerType) {
        return none.server(peerType);
    }

    /** What the user could do about a failed connection; empty if nothing can be said. */
    String advice(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MethodRefusedException refused) {
                return advice(refused);
            }
            if (cause instanceof UntrustedCertificateException) {
                return "give --tls-ca FILE or, after a look at the node's own fingerprint, --tls-pin SHA256";
            }
        }
        EntityType type = peer;
        if (cephx == null || type == null || type == EntityType.MON || cephx.hasTicket(type)) {
            return "";
        }
        return cephx.globalId() == 0
                ? "name a monitor with --mon ADDR or --conf FILE, or give --auth none if the peer allows it"
                : "the monitor gives " + self + " none for this type of peer";
    }

    private String advice(MethodRefusedException refused) {
        AuthMethod offered = refused.method();
        if (refused.result() != -Errno.EOPNOTSUPP && offered == AuthMethod.CEPHX) {
            return whoWeAre(refused.result());
        }
        if (!refused.allowedMethods().contains(offered)) {
            return offered == AuthMethod.CEPHX
                    ? adviceToAllow(refused, AuthMethod.NONE, "give --auth none to go without proof and encryption")
                    : adviceToAllow(refused, AuthMethod.CEPHX, "give --auth cephx and --keyring FILE");
        }
        if (offered == AuthMethod.NONE) {
            return refused.allowedModes().contains(ConnectionMode.CRC)
                    ? ""
                    : "encryption takes a key: give --auth cephx and --keyring FILE";
        }
        return refused.allowedModes().stream()
                .filter(mode -> mode != ConnectionMode.UNKNOWN)
                .findFirst()
                .map(mode -> "give --mode " + mode + " or leave --mode out")
                .orElse("");
    }

    private static String adviceToAllow(MethodRefusedException refused, AuthMethod other, String advice) {
        return refused.allowedMethods().contains(other) ? advice : "";
    }

    /** A monitor does not tell an unknown name from a wrong key (spec/msgr2 §3.8); older ones do. */
    private String whoWeAre(int result) {
        if (peer != EntityType.MON) {
            return "it does not believe the ticket of " + self;
        }
        if (result == -Errno.ENOENT) {
            return "the monitor knows no " + self + ": choose another with --name";
        }
        return Errno.isDenial(result)
                ? "the monitor knows no " + self + ", or another key than " + keyring
                        + " has, or gives it no mon capabilities: compare with 'ceph auth get " + self + "'"
                : "";
    }
}
