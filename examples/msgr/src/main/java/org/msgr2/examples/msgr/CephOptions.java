package org.msgr2.examples.msgr;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.msgr2.core.address.EntityAddr;
import org.msgr2.core.address.EntityAddrVec;
import org.msgr2.core.address.EntityName;
import org.msgr2.crypto.auth.AuthMethod;
import org.msgr2.crypto.auth.ConnectionMode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a client command finds a monitor, says who it is, and wants to be protected. */
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class CephOptions {
    @Option(
            names = "--mon",
            paramLabel = "ADDR",
            description =
                    "A monitor, v2:HOST:PORT or [v2:HOST:PORT,v1:HOST:PORT]; repeat it for more, which are tried in order.")
    private List<EntityAddrVec> mons = new ArrayList<>();

    @Option(
            names = "--conf",
            paramLabel = "FILE",
            description = "A ceph.conf, for what the other options do not say: 'mon host', 'keyring',"
                    + " 'auth client required', 'ms mon client mode', 'ms client mode'.")
    private @Nullable Path conf;

    @Option(
            names = "--name",
            paramLabel = "TYPE.ID",
            defaultValue = "client.admin",
            description = "Our own name. Default: ${DEFAULT-VALUE}.")
    private EntityName name;

    @Option(
            names = "--auth",
            paramLabel = "METHOD",
            description = "cephx: both ends prove who they are; none: they only claim it. Default: cephx.")
    private @Nullable Auth auth;

    @Option(
            names = "--keyring",
            paramLabel = "FILE",
            description = "Where our key is. Default: the first that exists of"
                    + " /etc/ceph/ceph.NAME.keyring, /etc/ceph/ceph.keyring, /etc/ceph/keyring.")
    private @Nullable Path keyring;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            description = "Nothing but crc (checksums) or secure (encryption). Default, as Ceph's: both, secure"
                    + " preferred towards monitors, crc towards others.")
    private @Nullable Mode mode;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            defaultValue = "5s",
            description = "Longest wait for a connection and for an answer. Default: ${DEFAULT-VALUE}.")
    private Duration timeout;

    @Mixin
    private TlsOptions tls;

    /** Authentication methods that can be asked for. */
    enum Auth {
        none,
        cephx
    }

    /** Connection modes that can be insisted on. */
    private enum Mode {
        crc(ConnectionMode.CRC),
        secure(ConnectionMode.SECURE);

        private final ConnectionMode mode;

        Mode(ConnectionMode mode) {
            this.mode = mode;
        }
    }

    /** Reads what is needed, keyring and certificates included, before anything is tried. */
    ClusterAccess access() throws Failure {
        CephConf file = conf == null ? null : CephConf.read(conf);
        return new ClusterAccess(name, credentials(file), tls.context(), timeout());
    }

    /** Daemons want to see a ticket; a peer that turns out to be a monitor does not, and costs a login too many. */
    void fetchTickets(ClusterAccess access) throws Failure, InterruptedException {
        if (!access.credentials().needTickets()) {
            return;
        }
        List<EntityAddr> monitors = monitorsIfNamed();
        if (!monitors.isEmpty()) {
            MonSession.connect(access, monitors).close();
        }
    }

    /** The longest wait for a connection, and for an answer. */
    Duration timeout() throws Failure {
        if (timeout.isZero()) {
            throw Failure.usage("--timeout must be longer than 0");
        }
        return timeout;
    }

    private Credentials credentials(@Nullable CephConf file) throws Failure {
        List<AuthMethod> methods = methods(file);
        if (!methods.contains(AuthMethod.CEPHX)) {
            if (keyring != null) {
                throw Failure.usage("--keyring goes with --auth cephx; without authentication there is no key");
            }
            if (mode == Mode.secure) {
                throw Failure.usage("--mode secure goes with --auth cephx; without it there is no key to encrypt with");
            }
            return Credentials.none(name);
        }
        KeyringSearch.Found found = KeyringSearch.of(keyring, file, name).find(name);
        return Credentials.cephx(
                name,
                found,
                methods,
                modes(file, "ms mon client mode", List.of(ConnectionMode.SECURE, ConnectionMode.CRC)),
                modes(file, "ms client mode", List.of(ConnectionMode.CRC, ConnectionMode.SECURE)));
    }

    private List<AuthMethod> methods(@Nullable CephConf file) throws Failure {
        if (auth != null) {
            return List.of(auth == Auth.none ? AuthMethod.NONE : AuthMethod.CEPHX);
        }
        return file == null ? List.of(AuthMethod.CEPHX) : file.authMethods(name);
    }

    private List<ConnectionMode> modes(@Nullable CephConf file, String key, List<ConnectionMode> base) throws Failure {
        if (mode != null) {
            return List.of(mode.mode);
        }
        return file == null ? base : file.modes(key, name, base);
    }

    /** The v2 addresses of the monitors, in the order in which they are to be tried; at least one. */
    List<EntityAddr> monitors() throws Failure {
        List<EntityAddr> monitors = monitorsIfNamed();
        if (monitors.isEmpty()) {
            throw conf == null
                    ? Failure.usage("which monitor? give --mon ADDR or --conf FILE")
                    : Failure.of(conf + " has no 'mon host'; give --mon ADDR as well");
        }
        return monitors;
    }

    /** The same; empty if neither the options nor the file name any. */
    List<EntityAddr> monitorsIfNamed() throws Failure {
        List<EntityAddrVec> all =
                mons.isEmpty() && conf != null ? CephConf.read(conf).monHosts(name) : mons;
        List<EntityAddr> v2 = all.stream()
                .flatMap(vector -> vector.addrs().stream())
                .filter(addr -> addr.type() == EntityAddr.Type.MSGR2)
                .toList();
        if (v2.isEmpty() && !all.isEmpty()) {
            throw Failure.usage("no v2 address among the monitors " + all);
        }
        return v2;
    }
}
